"""Values with units: read as one number and one unit, compared after conversion to the same base units.

A unit that stands on one side only leaves the pair open, unless the problem asks for just that unit (`how
many cm`, `in degrees`), it is whole currency, or the other side is an angle written with pi.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from . import _exact
from ._clock import Marked, against_number
from ._terms import PASS, Apply, Finding, Name, Number, Term, Unreadable, misshapen, undecided, walk
from ._units import NONE, Unit, parse_unit, singular_words
from ._values import Value, same_values, value_of

_STARTS = re.compile(r"(?<=[0-9)%a-z\s])(?<![a-z](?=[a-z]))[A-Za-zμµ]|°|[¢€£¥₹]|(?<=[0-9\s])\$")
_CURRENCY = re.compile(
    r"(?P<sign>-?)\s*(?P<unit>[$€£¥₹]|USD|EUR|GBP|US\$|Rs\.?)\s*(?P<rest>-?[0-9.(].*)", re.DOTALL
)
_TRIGONOMETRY = re.compile(r"sin|cos|tan|sec|csc|cot")
_LETTER_LABEL = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_ ]{0,40})\s*=\s*(?P<rest>[^=<>!]+)", re.DOTALL)
_PART = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[A-Za-z]+)\.?")
# As LaTeX fractions are spelled: `72((km)/(h))`.
_UNIT_FRACTION = re.compile(
    r"\s*\(\(\s*(?P<top>[A-Za-zμµ]{1,15})\s*\)/\(\s*(?P<below>[A-Za-zμµ]{1,15})\s*(?P<power>\^\s*\(?[23]\)?)?\s*\)\)\Z"
)
_ASKED = re.compile(
    r"(?:how (?:many|much)|\bin|number of|to the nearest|express\w* (?:\w+ ){0,4}as)\s+([a-z°/^0-9 ]{1,40})"
)
_HOW_MANY = re.compile(r"(?:how many|number of)((?:\s+[a-z]+){1,4})")
_PERCENT_ASKED = re.compile(r"percent(?!\w* (?:off|discount|tax|raise|interest))")
_TEMPERATURES = frozenset({"celsius", "fahrenheit", "kelvin"})
_CURRENCIES = frozenset({"usd", "eur", "gbp", "yen", "inr"})


class Measured(NamedTuple):
    value: Value
    unit: Unit
    shown: str


def read_measured(body: str, kind: str) -> Measured:
    """A number with or without its unit, in plain notation.

    Raises:
        NoAnswer: several values, or an equation that is not solved.
        Unreadable: neither a value nor a value with a unit.
    """
    if kind == "expression":
        return Measured(value_of(body, kind), NONE, "")
    if labelled := _LETTER_LABEL.fullmatch(body):
        # A left side with letters alone is a name only where it could not be a product that equals something.
        name = labelled["name"].strip()
        if len(name) == 1 or " " in name:
            inner = _with_unit(labelled["rest"].strip(), kind)
            if inner is not None and inner.unit != NONE:
                return Measured(Value(name, inner.value.term), inner.unit, inner.shown)
    found = _with_unit(body, kind) or _compound(body)
    return found if found is not None else Measured(value_of(body, kind), NONE, "")


def _with_unit(body: str, kind: str) -> Measured | None:
    if money := _CURRENCY.fullmatch(body):
        unit, rest = money["unit"].removeprefix("US").rstrip("."), money["rest"]
        rest = re.sub(r"(?i)(?<=[0-9])\s*(?:dollars|usd)\Z", "", rest) if unit == "$" else rest
        parsed = parse_unit({"Rs": "₹", "D": "USD"}.get(unit, unit))
        try:
            return Measured(value_of(money["sign"] + rest, kind), parsed, unit)
        except Unreadable:
            return None
    body = _UNIT_FRACTION.sub(lambda m: f" {m['top']}/{m['below']}{m['power'] or ''}", body)
    for start in list(_STARTS.finditer(body))[:12]:
        number, rest = body[: start.start()].strip(), body[start.start() :].strip()
        if not number or number[-1] in "+-*/^(,_=<>" or (rest[0] == "°" and _TRIGONOMETRY.search(number)):
            continue
        if re.match(r"(?:pi|[A-Za-z]|sqrt|oo)(?![A-Za-z])", rest) and not _is_symbol_unit(rest):
            continue
        try:
            unit = parse_unit(re.sub(r"\A\(|\)\Z", "", rest) if rest.startswith("(") else rest)
            value = value_of(number, kind)
        except Unreadable:
            continue
        # `3abc` is a product; only what stands apart is counted.
        if unit.counted and not body[start.start() - 1].isspace():
            continue
        if not any(isinstance(t, Name) and t.name not in ("pi", "E", "I", "oo") for t in walk(value.term)):
            return Measured(value, unit, rest)
    return None


def _is_symbol_unit(rest: str) -> bool:
    return re.match(r"(?:m|g|s|h|L|l|K|N|J|W|V|A)(?![A-Za-z])", rest) is not None


def _compound(body: str) -> Measured | None:
    """`1 hour 30 minutes`: units of one dimension, each smaller than the one before."""
    parts = list(_PART.finditer(body))
    between = _PART.sub(" ", body).replace(",", " ").split()
    if not 2 <= len(parts) <= 4 or set(between) - {"and"}:
        return None
    units = [parse_unit(part["unit"]) for part in parts]
    factors = [unit.factor for unit in units]
    alike = len({unit.dimensions for unit in units}) == 1 and not any(u.counted or u.degrees for u in units)
    if not alike or factors != sorted(set(factors), reverse=True):
        raise Unreadable("has several units that do not add up to one quantity")
    terms = [value_of(part["number"], "quantity").term for part in parts]
    total = sum(t.value * f for t, f in zip(terms, factors, strict=True) if isinstance(t, Number))
    last = units[-1]
    return Measured(Value("", Number(total / last.factor)), last, parts[-1]["unit"])


def same_measured(a: Measured, b: Measured, kind: str, problem: str) -> Finding:
    """Compare two values with or without units; `problem` may say which unit goes without saying."""
    one, other = _effective(a.unit), _effective(b.unit)
    if one == other == NONE != a.unit != b.unit != NONE:
        return misshapen(f"the units measure different things: {a.shown[:30]} and {b.shown[:30]}")
    if one == other:
        return _same(a.value, b.value, kind, problem)
    if one == NONE or other == NONE:
        return _one_sided(a, b, kind, problem)
    if one.dimensions == other.dimensions:
        if one.degrees == other.degrees and one.factor == other.factor:
            return _same(a.value, b.value, kind, problem)
        return same_values(_in_base(a), _in_base(b), "quantity")
    if one.counted or other.counted:
        return undecided(f"what is counted differs: {a.shown[:30]} and {b.shown[:30]}")
    names = [{base for base, _ in unit.dimensions} for unit in (one, other)]
    if all(n <= _TEMPERATURES for n in names):
        return undecided("two scales of temperature: a reading or a difference")
    if any(n & _CURRENCIES for n in names) and any("kg" in n for n in names):
        return undecided("pounds can be money or weight")
    return misshapen(f"the units measure different things: {a.shown[:30]} and {b.shown[:30]}")


def _effective(unit: Unit) -> Unit:
    """`units` and `square units` say no more than a bare number."""
    return NONE if [base for base, _ in unit.dimensions] == ["unit"] else unit


def _same(a: Value, b: Value, kind: str, problem: str) -> Finding:
    finding = same_values(a, b, kind)
    one, other = (isinstance(v.term, Apply) and v.term.op == "percent" for v in (a, b))
    if finding.outcome != PASS and one != other and _PERCENT_ASKED.search(_question(problem)):
        asked = same_values(_without_percent(a), _without_percent(b), "closed_form")
        return asked if asked.outcome == PASS else finding
    return finding


def _without_percent(value: Value) -> Value:
    term = value.term
    return Value(value.label, term.args[0]) if isinstance(term, Apply) and term.op == "percent" else value


def _question(problem: str) -> str:
    """The sentence that asks, lower-case: the last one with a question mark or a command to answer."""
    sentences = re.split(r"(?<=[.?!])\s+", problem.lower())
    asking = [
        s
        for s in sentences
        if "?" in s or re.search(r"\b(?:find|express|compute|calculate|give|determine|what|how)\b", s)
    ]
    return asking[-1] if asking else ""


def _one_sided(a: Measured, b: Measured, kind: str, problem: str) -> Finding:
    with_unit, without = (a, b) if _effective(a.unit) != NONE else (b, a)
    unit = with_unit.unit
    angle = [base for base, _ in unit.dimensions] == ["rad"]
    if angle and any(isinstance(t, Name) and t.name == "pi" for t in walk(without.value.term)):
        return same_values(_in_base(a), _in_base(b), "quantity")
    names = {base for base, _ in unit.dimensions}
    money = len(unit.dimensions) == 1 and names <= _CURRENCIES and unit.factor == 1
    if money or _asks_for(problem, with_unit):
        return same_values(a.value, b.value, "closed_form")
    return undecided(f"a unit on one side only ({with_unit.shown[:30]})")


def _asks_for(problem: str, measured: Measured) -> bool:
    """Whether a problem says which unit its answer is in, and it is this one."""
    if not problem:
        return False
    unit, question = measured.unit, _question(problem).replace("\\", " ").replace("$", " ")
    if "how old" in question and unit.dimensions == (("year", 1),):
        return True
    if unit.counted:
        # `how many red apples` asks for apples, though it may also name who gets them.
        counted = singular_words(measured.shown)
        asked = _HOW_MANY.findall(question)
        named = singular_words(" ".join(asked) if asked else question)
        return all(base.startswith("“") for base, _ in unit.dimensions) and counted <= named
    return any(_begins_with(match[1], unit) for match in _ASKED.finditer(question))


def _begins_with(text: str, unit: Unit) -> bool:
    """Whether a text begins with the name of this unit: its first four words or fewer."""
    words = text.split()
    for count in range(min(len(words), 4), 0, -1):
        try:
            named = parse_unit(" ".join(words[:count]))
        except Unreadable:
            continue
        if named.dimensions == unit.dimensions and named.factor == unit.factor:
            return True
    return False


def _in_base(measured: Measured) -> Value:
    term: Term = measured.value.term
    if measured.unit.degrees:
        term = Apply("degrees", (term,))
    factor = measured.unit.factor
    if factor != 1:
        term = (
            Number(term.value * factor) if isinstance(term, Number) else Apply("mul", (term, Number(factor)))
        )
    return Value(measured.value.label, term)


def show_measured(measured: Measured) -> str:
    return f"{_exact.show(measured.value.term)} {measured.shown}".strip()


def against_marked(marked: Marked, measured: Measured, problem: str) -> Finding:
    """A time, a ratio or a numeral with a base, against a number."""
    term = measured.value.term
    if measured.unit == NONE and isinstance(term, Number):
        return against_number(marked, term.value, problem)
    return undecided("a time, a ratio or a numeral on one side only")
