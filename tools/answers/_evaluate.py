"""Evaluation of a term with mpmath at one precision, operation by operation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
from mpmath import mp

from ._terms import Apply, Name, Number, Term, Unreadable

MAX_SPAN_BITS = 20_000


class Undefined(Exception):
    """No value here: a pole, a branch point, or too much cancellation."""


class Evaluation:
    """One pass over a term at one precision, in bits; notes the magnitudes it meets."""

    def __init__(self, point: Mapping[str, Any], bits: int) -> None:
        self.point = point
        self.bits = bits
        self.span = 0
        self.real = True

    def run(self, term: Term) -> Any:
        with mpmath.workprec(self.bits):
            return self._value(term)

    def _value(self, term: Term) -> Any:
        if isinstance(term, Number):
            return self._noted(mpmath.mpf(term.value.numerator) / term.value.denominator)
        if isinstance(term, Name):
            return self._noted(self._name(term.name))
        if not isinstance(term, Apply) or term.op not in OPERATIONS:
            raise Unreadable("has no numeric value")
        args = [self._value(arg) for arg in term.args]
        try:
            return self._noted(OPERATIONS[term.op](self, *args))
        except (ZeroDivisionError, OverflowError, ValueError, TypeError):
            raise Undefined from None

    def _name(self, name: str) -> Any:
        match name:
            case "pi":
                return +mp.pi
            case "E":
                return +mp.e
            case "I":
                return mpmath.mpc(0, 1)
            case "oo":
                return mp.inf
        value = self.point[name]
        if isinstance(value, mpmath.mpf):
            return value
        return mpmath.mpf(value.numerator) / value.denominator

    def _noted(self, value: Any) -> Any:
        if mpmath.isnan(value):
            raise Undefined
        if mpmath.isinf(value) or value == 0:
            return value
        if isinstance(value, mpmath.mpc):
            if value.imag == 0:
                value = value.real
            else:
                self.real = False
        size = abs(int(mpmath.mag(value)))
        if size > MAX_SPAN_BITS:
            raise Unreadable("too large for the numeric path")
        self.span = max(self.span, size)
        return value

    def off_the_cut(self, value: Any) -> None:
        """Refuse a point so near the negative axis that rounding decides the branch."""
        negative = isinstance(value, mpmath.mpc) and value.real < 0
        if negative and abs(value.imag) < mpmath.ldexp(abs(value), -self.bits // 2):
            raise Undefined

    def whole(self, value: Any) -> int:
        if isinstance(value, mpmath.mpc) or value != mpmath.nint(value):
            raise Undefined
        return int(value)

    def near_step(self, value: Any) -> None:
        """Refuse a floor so near a whole number that rounding decides it."""
        if isinstance(value, mpmath.mpc):
            raise Undefined
        off = abs(value - mpmath.nint(value))
        if 0 < off < mpmath.ldexp(1, -self.bits // 3):
            raise Undefined


def _pow(run: Evaluation, base: Any, exponent: Any) -> Any:
    if mpmath.isinf(base) or mpmath.isinf(exponent):
        raise Undefined
    if abs(exponent) > MAX_SPAN_BITS:
        raise Unreadable("too large for the numeric path")
    run.off_the_cut(base)
    return mpmath.power(base, exponent)


def _cut(function: Callable[[Any], Any]) -> Callable[[Evaluation, Any], Any]:
    def applied(run: Evaluation, x: Any) -> Any:
        run.off_the_cut(x)
        return function(x)

    return applied


def _smooth(function: Callable[[Any], Any]) -> Callable[[Evaluation, Any], Any]:
    def applied(run: Evaluation, x: Any) -> Any:
        if abs(x) > mpmath.ldexp(1, MAX_SPAN_BITS):
            raise Undefined
        return function(x)

    return applied


def _log(run: Evaluation, x: Any, base: Any = None) -> Any:
    run.off_the_cut(x)
    if base is None:
        return mpmath.log(x)
    run.off_the_cut(base)
    return mpmath.log(x) / mpmath.log(base)


def _root(run: Evaluation, x: Any, degree: Any) -> Any:
    n = run.whole(degree)
    if not 2 <= n <= 1_000:
        raise Undefined
    if isinstance(x, mpmath.mpc) or (x < 0 and n > 2):
        raise Unreadable("has a root of a negative number, which can be the real or the principal one")
    return mpmath.root(x, n)


def _surd(run: Evaluation, x: Any, degree: Any) -> Any:
    """The root as the radical sign means it: real, also of a negative number where the degree is odd."""
    negative = not isinstance(x, mpmath.mpc) and x < 0 and run.whole(degree) % 2 == 1
    return -_root(run, -x, degree) if negative else _root(run, x, degree)


def _stepped(function: Callable[[Any], Any]) -> Callable[[Evaluation, Any], Any]:
    def applied(run: Evaluation, x: Any) -> Any:
        run.near_step(x)
        return function(x)

    return applied


def _factorial(run: Evaluation, x: Any) -> Any:
    if abs(x) > 3_000:
        raise Unreadable("too large: a factorial of more than 3,000")
    return mpmath.factorial(x)


def _binomial(run: Evaluation, n: Any, k: Any) -> Any:
    if abs(n) > 5_000 or abs(k) > 5_000:
        raise Unreadable("too large: a binomial of more than 5,000")
    return mpmath.binomial(n, k)


def _gcd(run: Evaluation, *values: Any) -> Any:
    return mpmath.mpf(math.gcd(*(run.whole(v) for v in values)))


def _lcm(run: Evaluation, *values: Any) -> Any:
    return mpmath.mpf(math.lcm(*(run.whole(v) for v in values)))


def _integer(run: Evaluation, x: Any) -> Any:
    return mpmath.mpf(run.whole(x))


def _divide(run: Evaluation, a: Any, b: Any = 1) -> Any:
    if b == 0 or mpmath.isinf(b):
        raise Undefined
    return a / b


def _extreme(choose: Callable[[Sequence[Any]], Any]) -> Callable[..., Any]:
    def applied(run: Evaluation, *values: Any) -> Any:
        return choose(values)

    return applied


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda run, a, b: a + b,
    "sub": lambda run, a, b: a - b,
    "mul": lambda run, a, b: a * b,
    "div": _divide,
    "Rational": _divide,
    "neg": lambda run, a: -a,
    "pow": _pow,
    "percent": lambda run, a: a / 100,
    "degrees": lambda run, a: a * mp.pi / 180,
    "sqrt": _cut(mpmath.sqrt),
    "cbrt": lambda run, x: _root(run, x, mpmath.mpf(3)),
    "root": _root,
    "surd": _surd,
    "log": _log,
    "log2": lambda run, x: _log(run, x, mpmath.mpf(2)),
    "log10": lambda run, x: _log(run, x, mpmath.mpf(10)),
    "exp": _smooth(mpmath.exp),
    "sin": _smooth(mpmath.sin),
    "cos": _smooth(mpmath.cos),
    "tan": _smooth(mpmath.tan),
    "sec": _smooth(mpmath.sec),
    "csc": _smooth(mpmath.csc),
    "cot": _smooth(mpmath.cot),
    "asin": _cut(mpmath.asin),
    "acos": _cut(mpmath.acos),
    "atan": _cut(mpmath.atan),
    "sinh": _smooth(mpmath.sinh),
    "cosh": _smooth(mpmath.cosh),
    "tanh": _smooth(mpmath.tanh),
    "factorial": _factorial,
    "binomial": _binomial,
    "Integer": _integer,
    "Abs": lambda run, x: abs(x),
    "floor": _stepped(mpmath.floor),
    "ceiling": _stepped(mpmath.ceil),
    "gcd": _gcd,
    "lcm": _lcm,
    "Max": _extreme(max),
    "Min": _extreme(min),
}


FAILURES = (Undefined, Unreadable, ZeroDivisionError, ValueError, TypeError, OverflowError)
"""What evaluating or solving at an arbitrary point may raise."""
