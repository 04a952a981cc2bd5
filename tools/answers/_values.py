"""Single values: one number or expression, its label, its unit, and how two of them are compared."""

from __future__ import annotations

import re
from typing import NamedTuple

from . import _exact, _numeric, _scalars
from ._terms import (
    PASS,
    Apply,
    Finding,
    Group,
    Name,
    NoAnswer,
    Number,
    Relation,
    Term,
    Unreadable,
    symbols,
    undecided,
)
from ._tokens import number
from ._tree import read

CONSTANT_TYPES = frozenset({"integer", "rational", "closed_form", "quantity"})
THOUSANDS = re.compile(
    r"(?P<sign>[-+]?)(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+"
    r"|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?P<rest>(?:\.[0-9]+)?(?:\s*%)?)"
)
LABEL = re.compile(
    r"(?:\|[A-Z]{2}\||[A-Za-z][A-Za-z_]+[A-Za-z0-9]*"
    r"|[A-Za-z]\([A-Za-z](?:, ?[A-Za-z])*\)|[A-Za-z]\(-?[0-9]+\)"
    r"|[A-Za-z]\s*\^\s*\(-1\)\s*\([A-Za-z]\)|[A-Za-z][0-9]?'+)"
    r"\s*=(?!=)\s*(?=\S)"
)  # fmt: skip
"""The start of `area = 5`, `f(x) = x^2`, `f(3) = 5`; a single letter is read as an equation instead."""
OR = re.compile(r"\bor\b", re.IGNORECASE)
AND = re.compile(r"\band\b", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_MONEY = re.compile(r"([-+]?)\s*\$\s*(?=[-0-9.(])")
_BETWEEN = re.compile(r"\b(?:either|or|and)\b", re.IGNORECASE)
_MULTIPLE = re.compile(
    r"(?P<number>.*[0-9)])\s*(?P<word>dozen|hundred|thousand|million|billion|trillion)",
    re.IGNORECASE | re.DOTALL,
)
_MULTIPLES = {
    "dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SPOKEN = {word: n for n, word in enumerate(_ONES)} | {
    f"{tens}-{ones}" if k else tens: 10 * n + k
    for n, tens in enumerate(_TENS, start=2)
    for k, ones in enumerate(_ONES[:10])
}
"""Numbers in words, up to ninety-nine."""


class Value(NamedTuple):
    label: str
    """What the text calls it: the `x` of `x = 5`; empty without one."""
    term: Term


def value_of(body: str, kind: str) -> Value:
    """One number or expression in plain notation, without currency sign and separators, its label aside.

    Raises:
        NoAnswer: several values, or an equation that is not solved.
        Unreadable: as `_tree.read`.
    """
    _refuse_alternatives(body)
    body = str(_SPOKEN.get(body.lower(), body))
    label = LABEL.match(body)
    body = body[label.end() :] if label else body
    body = _MONEY.sub(r"\1", body, count=1) if _MONEY.match(body) else body
    if grouped := THOUSANDS.fullmatch(body):
        body = grouped["sign"] + grouped["digits"].replace(",", "").replace(" ", "") + grouped["rest"]
    elif _DECIMAL_COMMA.fullmatch(body):
        raise Unreadable("has a comma that can be a decimal sign or divide two values")
    if multiple := _MULTIPLE.fullmatch(body):
        inner = value_of(multiple["number"], kind)
        factor = number(str(_MULTIPLES[multiple["word"].lower()]))
        return Value(inner.label, _product(inner.term, factor))
    if "≈" in body:
        body = _exact_side(body)
    name, term = solved(read(body))
    if isinstance(term, Group):
        if len(term.items) > 1:
            raise NoAnswer("gives several values")
        raise Unreadable("is a collection and not a value")
    if isinstance(term, Apply) and term.op == "pm":
        raise NoAnswer("gives two values, with plus and with minus")
    if isinstance(term, Relation):
        term = _result(term)
    name = label[0].rstrip("= ").replace(" ", "") if label else name
    return Value(name, with_imaginary(term) if kind in CONSTANT_TYPES else term)


def _exact_side(body: str) -> str:
    """The left side of `1/3 ≈ 0.333`, where the right one is a rounding of it."""
    exact, _, rounded = (part.strip() for part in body.partition("≈"))
    shown = re.fullmatch(r"-?[0-9]*\.?([0-9]*)", rounded)
    left = solved(read(exact)).term if exact and shown else None
    if left is None or shown is None or symbols(left) or (isinstance(left, Number) and left.digits):
        raise Unreadable("is said to be about right")
    if not _numeric.within(
        left, number(rounded.lstrip("-")), negative=rounded.startswith("-"), digits=len(shown[1])
    ):
        raise Unreadable("is said to be about something else")
    return exact


def _product(term: Term, factor: Number) -> Term:
    if isinstance(term, Number):
        return Number(term.value * factor.value, term.digits)
    return Apply("mul", (term, factor))


def _result(relation: Relation) -> Term:
    """The last member of a true chain of equal numbers, `3 + 4 = 7`; it may begin with a name."""
    items = relation.items[1:] if isinstance(relation.items[0], Name) else relation.items
    if set(relation.ops) != {"="} or len(items) > 4 or symbols(*items):
        raise Unreadable("is a relation and not a value")
    if any(_scalars.compare(item, items[-1]).outcome != PASS for item in items[:-1]):
        raise Unreadable("has a calculation that is not shown to be true")
    return items[-1]


def _refuse_alternatives(body: str) -> None:
    """`5 or 6` is a hedge when both sides can be read, and else a sentence that nobody should guess at."""
    parts = [part for part in _BETWEEN.split(body) if part.strip()]
    if len(parts) == 1:
        return
    for part in parts:
        read(part)
    raise NoAnswer("offers several values")


def solved(term: Term) -> Value:
    """`x = 5` and `5 = x` are 5, labelled x; any other relation is returned as it is.

    Raises:
        NoAnswer: an equation that is not solved for one symbol.
    """
    if not isinstance(term, Relation) or term.ops != ("=",):
        return Value("", term)
    left, right = term.items
    for name, value in ((left, right), (right, left)):
        named = isinstance(name, Name) and name.name in symbols(name) and name.name not in symbols(value)
        # `x = y` names x: its right side is no label.
        if isinstance(name, Name) and named and (name is left or not isinstance(value, Name)):
            return Value(name.name, value)
    if symbols(left) or symbols(right):
        raise NoAnswer("is an equation that is not solved for one symbol")
    return Value("", term)


def with_imaginary(term: Term) -> Term:
    """`i` is the imaginary unit where no symbols are expected."""
    if isinstance(term, Name):
        return Name("I") if term.name == "i" else term
    if isinstance(term, Apply):
        return Apply(term.op, tuple(with_imaginary(arg) for arg in term.args))
    return term


def same_values(a: Value, b: Value, kind: str) -> Finding:
    """Compare two scalars of a type; labels that differ leave open whether the same thing is meant."""
    if kind in CONSTANT_TYPES:
        for side, value in (("expected", a), ("given", b)):
            if names := symbols(value.term):
                return undecided(
                    f"the {side} answer has symbols ({', '.join(names)[:60]}) where a number belongs"
                )
        exact = _exact.build(a.term)
        if (kind == "integer" and exact.is_integer is False) or (
            kind == "rational" and exact.is_rational is False
        ):
            return undecided(f"the expected answer is not of its type, {kind}")
    finding = _scalars.compare(a.term, b.term)
    if a.label and b.label and a.label != b.label and finding.outcome == PASS:
        return undecided(f"equal, but named {a.label[:30]} and {b.label[:30]}")
    return finding
