"""Equations: equal up to a nonzero constant factor, different by a point that solves only one of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import sympy as sp

from . import _exact, _inequalities, _numeric, _scalars
from ._cap import CpuCap
from ._evaluate import FAILURES, Evaluation
from ._terms import (
    FAIL,
    OPEN,
    PASS,
    Apply,
    Finding,
    Found,
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
from ._values import LABEL, Value

_WITNESS_GAP = mpmath.mpf(10) ** -15


class Side(NamedTuple):
    """An equation, or the expression that a solved one gives; `value` is None where it is not solved."""

    equation: Relation | None
    value: Value | None


def read_side(text: str) -> Side:
    """Read `x^2 + y^2 = 9`, `y = x + 1`, `f(x) = x + 1` or `x + 1`.

    Raises:
        Unreadable: a chain, an inequality, or something that is no scalar.
    """
    body = plain(bare(text))
    if label := LABEL.match(body):
        name = label[0].rstrip("= ").replace(" ", "")
        return Side(None, Value(name, read(body[label.end() :]))) if "(" in name else _side(read(body))
    return _side(read(body))


def _side(term: Term) -> Side:
    if isinstance(term, Group):
        raise NoAnswer("gives several values")
    if not isinstance(term, Relation):
        return Side(None, Value("", term))
    if set(term.ops) != {"="}:
        return Side(term, None)
    left, right = term.items[0], term.items[-1]
    solved_for = isinstance(left, Name) and left.name in symbols(left) and left.name not in symbols(right)
    value = (
        Value(left.name, right) if isinstance(left, Name) and solved_for and len(term.items) == 2 else None
    )
    return Side(term, value)


def compare_sides(a: Side, b: Side) -> Finding:
    """Two equations as such; a solved one and an expression by their values."""
    if a.equation is not None and b.equation is not None:
        if set(a.equation.ops) == set(b.equation.ops) == {"="}:
            return compare(a.equation, b.equation)
        return _inequalities.compare(a.equation, b.equation)
    if a.value is None or b.value is None:
        return undecided("an equation on one side only")
    if a.value.label and b.value.label and a.value.label != b.value.label:
        finding = _scalars.compare(a.value.term, b.value.term)
        alike = _is_y_of(a.value, b.value) or _is_y_of(b.value, a.value)
        return finding if alike or finding.outcome != PASS else undecided("equal, but named differently")
    return _scalars.compare(a.value.term, b.value.term)


def _is_y_of(one: Value, other: Value) -> bool:
    """Whether one is `y` and the other `f(x)` of the only symbol: two names for a graph."""
    return one.label == "y" and other.label[1:] in {f"({name})" for name in symbols(other.term)}


def show(side: Side) -> str:
    if side.equation is not None:
        ops = ("", *side.equation.ops)
        parts = (f"{op} {_exact.show(item)}" for op, item in zip(ops, side.equation.items, strict=True))
        return " ".join(parts).strip()
    if side.value is None:
        return ""
    return f"{side.value.label} = {_exact.show(side.value.term)}".removeprefix(" = ")


def compare(a: Relation, b: Relation) -> Finding:
    """Compare two equations with `=`.

    Raises:
        Unreadable: a chain, or sides that are not scalars.
    """
    left, right = _difference(a), _difference(b)
    names = symbols(left), symbols(right)
    if names[0] != names[1] and len(names[0]) == len(names[1]):
        return undecided("the two sides use different symbols")
    numeric = _numeric_ratio(left, right)
    if numeric != PASS and (_has_witness(left, right) or _has_witness(right, left)):
        numeric = FAIL
    symbolic = OPEN if numeric == FAIL else _exact_ratio(left, right)
    if numeric == FAIL:
        return Finding(symbolic, numeric, "a point solves one equation and not the other")
    if symbolic == numeric == PASS:
        return Finding(symbolic, numeric, "the equations agree up to a constant factor")
    return Finding(
        symbolic, numeric, "the equations are not multiples of each other, and no point tells them apart"
    )


def _difference(equation: Relation) -> Term:
    if equation.ops != ("=",):
        raise Unreadable("is not one equation with one equals sign")
    return Apply("sub", equation.items)


def _exact_ratio(left: Term, right: Term) -> Found:
    a, b = _exact.build(left), _exact.build(right)
    if a == 0 or b == 0:
        return OPEN
    if a in (b, -b):
        return PASS
    with CpuCap(_exact.SECONDS):
        for normal in (lambda e: sp.cancel(sp.together(e)), sp.simplify):
            ratio = normal(a / b)
            if not ratio.free_symbols and ratio.is_finite and ratio.is_nonzero:
                return PASS
    return OPEN


def _numeric_ratio(left: Term, right: Term) -> Found:
    names = tuple(sorted({*symbols(left), *symbols(right)}))
    ratios: list[Any] = []
    for point in _numeric.points(names):
        x, y = _numeric.sample(left, point), _numeric.sample(right, point)
        if (
            x is None
            or y is None
            or not (x.real and y.real)
            or mpmath.isinf(x.value)
            or mpmath.isinf(y.value)
        ):
            continue
        with mpmath.workprec(1_000):
            if abs(x.value) > 2 * x.slack and abs(y.value) > 2 * y.slack:
                ratios.append(x.value / y.value)
    with mpmath.workprec(1_000):
        alike = [abs(r - ratios[0]) <= abs(ratios[0]) * mpmath.mpf(10) ** -60 for r in ratios]
    return PASS if len(ratios) >= _numeric.ENOUGH_POINTS and all(alike) else OPEN


def _has_witness(left: Term, right: Term) -> bool:
    """Whether some real point solves `left` = 0 and certainly not `right` = 0.

    One symbol at a time is solved for while the others stay at the fixed points.
    """
    names = tuple(sorted({*symbols(left), *symbols(right)}))
    for point in _numeric.points(names)[:4]:
        for name in symbols(left):
            others = {k: v for k, v in point if k != name}
            roots = _roots(left, name, others, start=dict(point)[name])
            if any(_clearly_nonzero(right, {**others, name: root}) for root in roots):
                return True
    return False


def _roots(term: Term, name: str, others: dict[str, Any], *, start: Fraction) -> Iterator[Any]:
    """Real roots in one symbol that the secant method finds from a few starts on both sides of 0."""

    def at(x: Any) -> Any:
        return Evaluation({**others, name: x}, mpmath.mp.prec).run(term)

    for guess in (start, -start, 3 * start, -3 * start):
        with mpmath.workdps(50):
            first = mpmath.mpf(guess.numerator) / guess.denominator
            try:
                root = mpmath.findroot(at, (first, first + 1), tol=mpmath.mpf(10) ** -80, maxsteps=60)
            except FAILURES:
                continue
        if isinstance(root, mpmath.mpf) and abs(root) < 10**6:
            yield root


def _clearly_nonzero(term: Term, point: dict[str, Any]) -> bool:
    with mpmath.workdps(50):
        run = Evaluation(point, mpmath.mp.prec)
        try:
            value = run.run(term)
        except FAILURES:
            return False
        return run.real and not mpmath.isinf(value) and abs(value) > _WITNESS_GAP
