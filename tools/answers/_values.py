"""Single values: how a scalar or a quantity is read for its type, and compared."""

from __future__ import annotations

import re
from typing import NamedTuple

from . import _exact, _scalars
from ._terms import (
    PASS,
    Apply,
    Finding,
    Group,
    Name,
    NoAnswer,
    Relation,
    Term,
    Unreadable,
    symbols,
    undecided,
)
from ._text import bare, plain
from ._tree import read

_CONSTANT_TYPES = frozenset({"integer", "rational", "closed_form", "quantity"})
_THOUSANDS = re.compile(r"([-+]?)([0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?(\s*%)?")
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_MONEY = re.compile(r"([-+]?)\s*\$\s*(?=[0-9.])")
LABEL = re.compile(r"[A-Za-z][A-Za-z_]+[A-Za-z0-9]*\s*=(?!=)\s*(?=\S)")
OR = re.compile(r"\bor\b", re.IGNORECASE)
AND = re.compile(r"\band\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:either|or|and)\b", re.IGNORECASE)
_QUANTITY = re.compile(
    r"(?P<number>[-+]?\s*\$?\s*[0-9.][0-9.,]*(?:[eE][-+]?[0-9]+)?(?:\s+[0-9]+/[0-9]+|/[0-9]+)?)\s*(?P<unit>\S.*)?",
    re.DOTALL,
)


class Value(NamedTuple):
    label: str
    """What the text calls it: the `x` of `x = 5`; empty without one."""
    term: Term


class Quantity(NamedTuple):
    value: Value
    unit: str


def read_value(text: str, kind: str) -> Value:
    """One number or expression: without its currency sign and thousands separators, its label aside.

    Raises:
        NoAnswer: several values, or an equation that is not solved.
        Unreadable: as `_tree.read`.
    """
    body = plain(bare(text))
    _refuse_alternatives(body)
    if label := LABEL.match(body):
        body = body[label.end() :]
    body = _MONEY.sub(r"\1", body, count=1) if _MONEY.match(body) else body
    if _THOUSANDS.fullmatch(body):
        body = body.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(body):
        raise Unreadable("has a comma that can be a decimal sign or divide two values")
    name, term = solved(read(body))
    if isinstance(term, Group):
        if len(term.items) > 1:
            raise NoAnswer("gives several values")
        raise Unreadable("is a collection and not a value")
    if isinstance(term, Relation):
        raise Unreadable("is a relation and not a value")
    name = label[0].rstrip("= ") if label else name
    return Value(name, with_imaginary(term) if kind in _CONSTANT_TYPES else term)


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
    if kind in _CONSTANT_TYPES:
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


def read_quantity(text: str) -> Quantity:
    body = plain(bare(text))
    found = _QUANTITY.fullmatch(body)
    if found is None or OR.search(body):
        raise Unreadable("is not a number followed by its unit")
    return Quantity(read_value(found["number"], "quantity"), " ".join((found["unit"] or "").split()))


def same_quantities(a: Quantity, b: Quantity) -> Finding:
    if a.unit != b.unit:
        return undecided(
            f"the units differ ({a.unit[:30] or 'none'} and {b.unit[:30] or 'none'}): not supported yet"
        )
    return _scalars.compare(a.value.term, b.value.term)


def show_quantity(quantity: Quantity) -> str:
    return f"{_exact.show(quantity.value.term)} {quantity.unit}".strip()
