"""The type of an answer from its gold text alone, by the first of these signs that fits.

one capital letter A..J, perhaps in parentheses      choice
words and nothing else                               text (all real numbers: interval)
a matrix environment or rows in brackets             matrix
a time, a ratio, a numeral with its base, a unit     quantity
inequalities, ∪, ∈, infinite or half-open brackets,
two items in square brackets                         interval
braces, ±, items with commas, `and` or `or`          set (items with names of their own: tuple)
items in parentheses                                 tuple
`name = constant`, a constant                        integer, rational or closed_form
another equation                                     equation
anything with symbols                                expression
what cannot be read                                  text
"""

from __future__ import annotations

import re

from . import _exact
from ._clock import NAMED_TIMES, read_marked
from ._containers import read_collection
from ._quantities import read_measured
from ._terms import Apply, Group, Name, NoAnswer, Number, Relation, SeveralAnswers, Term, Unreadable, symbols
from ._text import bare, plain
from ._tree import read
from ._units import NONE
from ._values import AND, LABEL, OR, THOUSANDS, solved, with_imaginary

_CHOICE = re.compile(r"(?:\\(?:text|textbf|mathrm|mathbf)\{)?\(?[A-J]\)?\}?")
_WORDS = re.compile(r"[^\W\d_][^\W\d_.,'’&\- ]*(?:[ ,.'’&\-]+[^\W\d_][^\W\d_.,'’&\-]*)*\.?")
_NAMES = frozenset({"pi", "oo", "e", "i", "inf", "infinity", "Infinity", "EmptySet", "Reals"})
_MEMBER = re.compile(r"[A-Za-z]\s*∈\s*(?:\{|EmptySet)")
_REALS = re.compile(
    r"(?:x is )?(?:all|any) real(?: numbers?| values?)?(?: (?:of )?[a-z])?|ℝ|Reals", re.IGNORECASE
)
_INTERVAL = re.compile(r"[<>∪∩∈ℝ∖]|!=|Interval|Union\(|all real")
_HALF_OPEN = re.compile(
    r"\([^()\[\]]*,[^()\[\]]*\]|\[[^()\[\]]*,[^()\[\]]*\)|\[[^,\[\]]*,[^,\[\]]*\]|\].*,.*\["
)
_INFINITE = re.compile(r"[(\[].*\boo\b.*[)\]]")


def infer(gold: str) -> str:
    """The answer type of a gold text; deterministic, and `text` where nothing else fits."""
    try:
        body = bare(gold)
    except SeveralAnswers:
        return "set"
    except (Unreadable, NoAnswer):
        return "text"
    if _CHOICE.fullmatch(body):
        return "choice"
    try:
        text = plain(body)
    except NoAnswer:
        return "set" if body.strip() in ("\\emptyset", "∅", "EmptySet") else "text"
    except Unreadable:
        return "text"
    try:
        return _of(text, gold)
    except (Unreadable, NoAnswer):
        return "text"


def _of(text: str, gold: str) -> str:
    if _REALS.fullmatch(text):
        return "interval"
    if _WORDS.fullmatch(text) and not _is_symbols(text):
        return "quantity" if text.lower() in NAMED_TIMES else "text"
    if "Matrix(" in text or text.replace(" ", "").startswith("[["):
        return "matrix"
    if read_marked(text) is not None:
        return "quantity"
    compact = text.replace(" ", "")
    if _MEMBER.match(text) and not re.search("[<>|:∪∩∖]", text):
        return "set"
    if re.search("[<>]", text) and _in_several(text):
        return "equation"
    if _INTERVAL.search(text) or _HALF_OPEN.fullmatch(compact) or _INFINITE.fullmatch(compact):
        return "interval"
    if "±" in text or text == "EmptySet" or compact == "{}" or text.startswith("{"):
        return "set"
    if THOUSANDS.fullmatch(text):
        return "integer" if "." not in text and "%" not in text else "rational"
    if ", " not in text and _has_unit(text):
        return "quantity"
    if AND.search(text) or OR.search(text) or _has_comma(text):
        return _listed(gold)
    return _of_term(read(LABEL.sub("", text, count=1)), named=LABEL.match(text) is not None)


def _in_several(text: str) -> bool:
    """Whether this is an inequality that no interval can stand for: in no unknown, or in several."""
    try:
        term = read(text)
    except Unreadable:
        return False
    return isinstance(term, Relation) and len(symbols(*term.items)) != 1


def _is_symbols(text: str) -> bool:
    if re.fullmatch(r"[A-Za-z](?:\s*-\s*[A-Za-z])+", text):
        return True
    return text in _NAMES or len(text) == 1 or re.fullmatch(r"[b-df-hj-np-tv-z]{2}", text) is not None


def _has_unit(text: str) -> bool:
    try:
        return not LABEL.match(text) and read_measured(text, "quantity").unit != NONE
    except (Unreadable, NoAnswer):
        return False


def _has_comma(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "([{⟨") - (char in ")]}⟩")
        if char in ",;" and depth == 0:
            return True
    return False


def _listed(gold: str) -> str:
    try:
        read_collection(gold, "set", boxes_list=True)
    except Unreadable:
        read_collection(gold, "tuple")
        return "tuple"
    return "set"


def _of_term(term: Term, *, named: bool) -> str:
    if isinstance(term, Group):
        return "set" if term.kind == "set" else "tuple"
    if isinstance(term, Relation):
        value = (
            solved(term)
            if "=" in term.ops and len(term.ops) == 1 and isinstance(term.items[0], Name)
            else None
        )
        if value is None or isinstance(value.term, Group):
            whole = isinstance(term.items[-1], Group)
            return _of_term(term.items[-1], named=True) if whole else "equation"
        return "equation" if symbols(value.term) else _constant(value.term)
    if named and symbols(term):
        return "equation"
    if symbols(with_imaginary(term)):
        return "expression"
    return _constant(term)


def _constant(term: Term) -> str:
    term = with_imaginary(term)
    if isinstance(term, Number):
        return "integer" if term.value.denominator == 1 and not term.digits else "rational"
    if any(isinstance(t, Apply) and t.op == "percent" for t in (term,)):
        return "rational"
    value = _exact.build(term)
    return "integer" if value.is_Integer else "rational" if value.is_Rational else "closed_form"
