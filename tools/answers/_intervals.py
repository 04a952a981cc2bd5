"""Intervals and their unions: read from brackets, inequalities or sympy's own forms, ends included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import mpmath

from . import _exact, _numeric, _scalars
from ._span_words import everywhere, excluded
from ._terms import (
    FAIL,
    OPEN,
    PASS,
    Apply,
    Finding,
    Group,
    Name,
    Relation,
    Term,
    Truth,
    Unreadable,
    all_of,
    misshapen,
    symbols,
)
from ._tree import read

MAX_SPANS = 24

_BRACKETED = re.compile(r"[(\[\]].*[)\]\[]", re.DOTALL)
_UNION = re.compile(r"\u222a|(?<=[)\]}])\s*(?:[Uu]|or)\s*(?=[(\[{])")
_OR = re.compile(r"\bor\b")
_AND = re.compile(r"\band\b")
_OPEN_ENDS = {
    "Interval": (False, False), "IntervalOpen": (True, True),
    "IntervalLopen": (True, False), "IntervalRopen": (False, True),
}  # fmt: skip
_INFINITY = Name("oo")
_MINUS_INFINITY = Apply("neg", (Name("oo"),))


@dataclass(frozen=True, slots=True)
class Span:
    """One interval; an infinite end is open."""

    low: Term
    high: Term
    low_open: bool
    high_open: bool


def read_spans(text: str) -> tuple[Span, ...]:
    """Read `(1, 3]`, `1 < x <= 3`, `Interval(1, 3)`, `{1, 2}`, unions with `U` or `or`, and what is excluded.

    Raises:
        Unreadable: anything else, ends out of order, or inequalities in several unknowns.
    """
    text = everywhere(text)
    if taken := excluded(text):
        return _without(read_spans(taken[0]), read_spans(taken[1]))
    parts = _UNION.split(text)
    if len(parts) == 1 and _OR.search(text):
        parts = _OR.split(text)
        if any(not re.search("[<>∈]", part) for part in parts):
            raise Unreadable("offers alternatives that are not inequalities")
    spans = tuple(span for part in parts for span in _read_part(everywhere(part)))
    if len(spans) > MAX_SPANS:
        raise Unreadable(f"too large: more than {MAX_SPANS} intervals")
    return spans


def _read_part(text: str) -> tuple[Span, ...]:
    if "∩" in text:
        sides = text.split("∩")
        found = _read_part(everywhere(sides[0]))
        for side in sides[1:]:
            found = _intersection(found, _read_part(everywhere(side)))
        return found
    if _BRACKETED.fullmatch(text) and not re.search("[<>]", text):
        ends = read(f"[{text[1:-1].replace(';', ',')}]")
        if isinstance(ends, Group) and len(ends.items) == 2:
            return (_span(*ends.items, low_open=text[0] in "(]", high_open=text[-1] in ")["),)
    if text.startswith("{") and isinstance(points := read(text), Group):
        return tuple(_span(point, point, low_open=False, high_open=False) for point in points.items)
    if _AND.search(text) or ("," in text and re.search("[<>]", text)):
        text = " & ".join(f"({p})" for p in re.split(r"\band\b|,", text))
    return _spans(read(text))


def _without(whole: tuple[Span, ...], taken: tuple[Span, ...]) -> tuple[Span, ...]:
    for span in taken:
        if span.low != span.high:
            raise Unreadable("excludes an interval, which is not supported")
        below = Span(_MINUS_INFINITY, span.low, True, True)
        above = Span(span.high, _INFINITY, True, True)
        whole = _intersection(whole, (below, above))
    return whole


def _spans(term: Term) -> tuple[Span, ...]:
    match term:
        case Relation():
            return (_from_inequality(term),)
        case Apply(op="both", args=(a, b)):
            return _intersection(_spans(a), _spans(b))
        case Apply(op="either", args=(a, b)):
            return _spans(a) + _spans(b)
        case Apply(op="Union", args=args):
            return tuple(span for arg in args for span in _spans(arg))
        case Apply(op=op, args=(low, high, *flags)) if op in _OPEN_ENDS:
            if not all(isinstance(flag, Truth) for flag in flags):
                raise Unreadable("has an interval whose ends are not given as True or False")
            low_open, high_open = _OPEN_ENDS[op]
            given = [flag == Truth("True") for flag in flags]
            low_open = given[0] if given else low_open
            return (_span(low, high, low_open=low_open, high_open=given[1] if len(given) > 1 else high_open),)
    raise Unreadable("is not an interval")


def _span(low: Term, high: Term, *, low_open: bool, high_open: bool) -> Span:
    for end in (low, high):
        if isinstance(end, Group | Relation | Truth):
            raise Unreadable("has an end that is not a number")
    infinite = [_is_infinite(low), _is_infinite(high)]
    return Span(low, high, low_open or infinite[0], high_open or infinite[1])


def _is_infinite(end: Term) -> bool:
    return end in (_INFINITY, _MINUS_INFINITY)


def _from_inequality(relation: Relation) -> Span:
    """`x < 3`, `3 >= x`, `1 < x <= 3` and the same from right to left."""
    items, ops = relation.items, relation.ops
    if all(op in (">", ">=") for op in ops):
        items, ops = items[::-1], tuple(op.replace(">", "<") for op in ops[::-1])
    if not all(op in ("<", "<=") for op in ops) or len(items) > 3:
        raise Unreadable("is not a simple inequality")
    free = [bool(symbols(item)) for item in items]
    where = free.index(True) if True in free else -1
    if sum(free) != 1 or not isinstance(items[where], Name) or (len(items) == 3 and where != 1):
        raise Unreadable("is not an inequality solved for one unknown")
    low = items[where - 1] if where else _MINUS_INFINITY
    high = items[where + 1] if where + 1 < len(items) else _INFINITY
    return _span(
        low,
        high,
        low_open=where == 0 or ops[where - 1] == "<",
        high_open=where + 1 == len(items) or ops[where] == "<",
    )


def _at(end: Term) -> Any:
    value = _numeric.constant(end)
    if value is None or not value.real:
        raise Unreadable("has ends that cannot be put in order")
    return value


def _order(a: Term, b: Term) -> int:
    """-1, 0 or 1."""
    x, y = _at(a), _at(b)
    found = _numeric.compare_at(x, y)
    if found == OPEN:
        raise Unreadable("has ends that cannot be put in order")
    return 0 if found == PASS else -1 if x.value < y.value else 1


def _intersection(first: tuple[Span, ...], second: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(span for a in first for b in second if (span := _common(a, b)) is not None)


def _common(a: Span, b: Span) -> Span | None:
    low, high = _order(a.low, b.low), _order(a.high, b.high)
    span = Span(
        b.low if low < 0 else a.low,
        a.high if high < 0 else b.high,
        b.low_open if low < 0 else a.low_open if low > 0 else a.low_open or b.low_open,
        a.high_open if high < 0 else b.high_open if high > 0 else a.high_open or b.high_open,
    )
    order = _order(span.low, span.high)
    return None if order > 0 or (order == 0 and (span.low_open or span.high_open)) else span


def _normal(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Sorted, with what overlaps or touches merged. Needs ends without symbols."""
    todo = list(spans)
    if not todo:
        return ()
    for span in todo:
        order = _order(span.low, span.high)
        if order > 0 or (order == 0 and (span.low_open or span.high_open)):
            raise Unreadable("is an interval without points")
    todo.sort(key=lambda s: (mpmath.mpf(_at(s.low).value), s.low_open))
    merged = [todo[0]]
    for span in todo[1:]:
        last = merged[-1]
        gap = _order(span.low, last.high)
        if gap > 0 or (gap == 0 and span.low_open and last.high_open):
            merged.append(span)
            continue
        end = _order(span.high, last.high)
        furthest = span if end > 0 else last
        high_open = furthest.high_open if end else span.high_open and last.high_open
        same_low = _order(span.low, last.low) == 0
        merged[-1] = Span(
            last.low, furthest.high, last.low_open and (span.low_open or not same_low), high_open
        )
    return tuple(merged)


def compare(a: tuple[Span, ...], b: tuple[Span, ...]) -> Finding:
    """Compare two unions of intervals; an open end never equals a closed one.

    Raises:
        Unreadable: a union whose ends hold symbols, or an interval without points.
    """
    if not symbols(*(end for s in (*a, *b) for end in (s.low, s.high))):
        a, b = _normal(a), _normal(b)
    elif len(a) > 1 or len(b) > 1:
        raise Unreadable("is a union of intervals with symbols, which is not supported yet")
    if len(a) != len(b):
        return misshapen(f"{len(a)} and {len(b)} separate intervals")
    ends = all_of(
        _scalars.compare(x, y)
        for s, t in zip(a, b, strict=True)
        for x, y in ((s.low, t.low), (s.high, t.high))
    )
    openness = [(s.low_open, s.high_open) == (t.low_open, t.high_open) for s, t in zip(a, b, strict=True)]
    if ends.outcome == PASS and not all(openness):
        return Finding(FAIL, OPEN, "an end is open on one side and closed on the other")
    return ends


def show(spans: tuple[Span, ...]) -> str:
    """How intervals were read, e.g. `(-oo, 1) U [3, oo)`."""
    return " U ".join(
        ("(" if span.low_open else "[")
        + f"{_exact.show(span.low)}, {_exact.show(span.high)}"
        + (")" if span.high_open else "]")
        for span in spans
    )
