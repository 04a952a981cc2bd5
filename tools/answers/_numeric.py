"""The numeric path: terms evaluated with mpmath, straight from the text and without sympy.

A value comes with a bound of its rounding error. It is computed twice at different precisions, both
raised by the largest and smallest magnitudes met on the way, so that cancellation cannot hide in it;
where the two disagree beyond the bound there is no value. All bounds are below 1e-85 relative to the
largest intermediate. Expressions with symbols are compared at fixed rational points on both sides of 0.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import mpmath

from ._evaluate import MAX_SPAN_BITS, Evaluation, Undefined
from ._terms import FAIL, OPEN, PASS, Found, Name, Number, Term, symbols, walk

POINTS = 8
ENOUGH_POINTS = 4
_BASE_BITS = 330
_SAFETY_BITS = 32


class Sample(NamedTuple):
    """A value, its error bound, and whether no intermediate left the reals."""

    value: Any
    slack: Any
    real: bool


@lru_cache(maxsize=1024)
def sample(term: Term, point: tuple[tuple[str, Fraction], ...] = ()) -> Sample | None:
    """The value of a term at a point, or None where it has none that is certain.

    Raises:
        Unreadable: the term is not a number, or too large.
    """
    where = dict(point)
    try:
        scout = Evaluation(where, _BASE_BITS)
        scout.run(term)
        first = Evaluation(where, _BASE_BITS + 2 * scout.span + _SAFETY_BITS)
        second = Evaluation(where, first.bits + 160)
        rough, fine = first.run(term), second.run(term)
    except Undefined:
        return None
    with mpmath.workprec(second.bits):
        if mpmath.isinf(fine):
            return Sample(fine, mpmath.mpf(0), second.real)
        slack = mpmath.ldexp(1, scout.span + _SAFETY_BITS - first.bits)
        return Sample(fine, slack, first.real and second.real) if abs(rough - fine) <= slack else None


@lru_cache(maxsize=128)
def points(names: tuple[str, ...]) -> tuple[tuple[tuple[str, Fraction], ...], ...]:
    """Fixed rational points for these symbols: half with all coordinates positive, half mixed."""
    if not names:
        return ((),)
    return tuple(tuple((name, _coordinate(name, k)) for name in names) for k in range(POINTS))


def _coordinate(name: str, k: int) -> Fraction:
    drawn = int.from_bytes(hashlib.sha256(f"{name}/{k}".encode()).digest()[:8])
    size = Fraction(23 + drawn % 397, 101)
    return -size if k >= POINTS // 2 and (k == POINTS - 1 or drawn >> 63) else size


def compare_at(a: Sample, b: Sample) -> Found:
    """Same within the error bounds, different well beyond them, or open in between."""
    if mpmath.isinf(a.value) or mpmath.isinf(b.value):
        return PASS if a.value == b.value else FAIL
    with mpmath.workprec(4 * MAX_SPAN_BITS):
        gap, slack = abs(a.value - b.value), a.slack + b.slack
        return PASS if gap <= slack else FAIL if gap > slack * 2**_SAFETY_BITS else OPEN


def compare(a: Term, b: Term) -> Found:
    """Compare two scalars at every point; one certain difference proves them different.

    Without the imaginary unit, symbols stand for reals, and a point where an expression leaves the
    reals counts as outside its domain: there two expressions cannot differ, but when only one of
    them is defined the result stays open.
    """
    names = symbols(a, b)
    imaginary = any(isinstance(t, Name) and t.name == "I" for term in (a, b) for t in walk(term))
    everywhere = imaginary or not names
    agreed = doubtful = 0
    for point in points(names):
        x, y = sample(a, point), sample(b, point)
        defined_x = x is not None and (everywhere or x.real)
        defined_y = y is not None and (everywhere or y.real)
        if x is None or y is None or not (defined_x and defined_y):
            doubtful += defined_x != defined_y
            continue
        found = compare_at(x, y)
        if found == FAIL:
            return FAIL
        agreed += found == PASS
        doubtful += found == OPEN
    return PASS if not doubtful and agreed >= (ENOUGH_POINTS if names else 1) else OPEN


def constant(term: Term) -> Sample | None:
    """The value of a term without symbols; None with symbols or without a certain value."""
    return None if symbols(term) else sample(term)


def within(term: Term, rounded: Number, *, negative: bool, digits: int) -> bool:
    """Whether a constant is within one unit of the last digit of what it is rounded to."""
    value = constant(term)
    if value is None or not value.real or mpmath.isinf(value.value):
        return False
    with mpmath.workprec(400):
        shown = mpmath.mpf(rounded.value.numerator) / rounded.value.denominator
        return bool(abs(value.value - (-shown if negative else shown)) <= mpmath.mpf(10) ** -digits)
