"""The exact path: terms built as sympy objects and compared by structure, normal forms and simplification.

Symbols stand for reals. Sizes are bounded before sympy sees them, since it evaluates powers of numbers
at once; simplification runs under a CPU-time cap, and what it cannot settle in time stays open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import sympy as sp

from ._cap import CpuCap
from ._terms import FAIL, OPEN, PASS, Apply, Found, Name, Number, Term, Truth, Unreadable

SECONDS = 1.0
_MAX_BITS = 40_000
_MAX_SYMBOLIC_POWER = 512

Domain = Literal["real", "positive"]


def _bits(value: Any) -> int:
    return max(int(value.p).bit_length(), int(value.q).bit_length())


def _pow(base: Any, exponent: Any) -> Any:
    if exponent.is_Rational:
        if base.is_Rational:
            if abs(exponent) * _bits(base) > _MAX_BITS:
                raise Unreadable("too large: a power with more than 12,000 digits")
            if base < 0 and exponent.q % 2 == 1 and exponent.q > 1:
                raise Unreadable(
                    "has a root of a negative number, which can be the real or the principal one"
                )
        elif abs(exponent) > _MAX_SYMBOLIC_POWER:
            raise Unreadable(f"too large: an exponent of more than {_MAX_SYMBOLIC_POWER}")
    elif exponent.is_number and any(abs(n) > _MAX_BITS for n in exponent.atoms(sp.Rational)):
        raise Unreadable("too large: an exponent of more than 12,000 digits")
    return sp.Pow(base, exponent)


def _exp(x: Any) -> Any:
    if any(abs(n) > _MAX_BITS for n in x.atoms(sp.Rational)):
        raise Unreadable("too large: an exponential with more than 12,000 digits")
    return sp.exp(x)


def _root(x: Any, degree: Any) -> Any:
    if not degree.is_Integer or not 2 <= degree <= 1_000:
        raise Unreadable("has a root whose degree is not a whole number from 2 to 1,000")
    if x.is_negative and degree > 2:
        raise Unreadable("has a root of a negative number, which can be the real or the principal one")
    return sp.root(x, degree)


def _surd(x: Any, degree: Any) -> Any:
    negative = x.is_negative and degree.is_Integer and degree % 2 == 1
    return -_root(-x, degree) if negative else _root(x, degree)


def _factorial(x: Any) -> Any:
    if x.is_Rational and abs(x) > 3_000:
        raise Unreadable("too large: a factorial of more than 3,000")
    return sp.factorial(x)


def _binomial(n: Any, k: Any) -> Any:
    if any(v.is_Rational and abs(v) > 5_000 for v in (n, k)):
        raise Unreadable("too large: a binomial of more than 5,000")
    return sp.binomial(n, k)


def _integer(x: Any) -> Any:
    if not x.is_Integer:
        raise Unreadable("calls Integer with something else")
    return x


def _of_integers(function: Callable[..., Any]) -> Callable[..., Any]:
    def applied(*values: Any) -> Any:
        return sp.Integer(function(*(_integer(v) for v in values)))

    return applied


_AS_IN_SYMPY = (
    "sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "Abs", "floor", "ceiling", "Max", "Min",
)  # fmt: skip
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "Rational": lambda a, b=sp.S.One: a / b,
    "neg": lambda a: -a,
    "pow": _pow,
    "percent": lambda a: a / 100,
    "degrees": lambda a: a * sp.pi / 180,
    "sqrt": sp.sqrt,
    "cbrt": lambda x: _root(x, sp.Integer(3)),
    "root": _root,
    "surd": _surd,
    "log": sp.log,
    "log2": lambda x: sp.log(x, 2),
    "log10": lambda x: sp.log(x, 10),
    "exp": _exp,
    "factorial": _factorial,
    "binomial": _binomial,
    "Integer": _integer,
    "gcd": _of_integers(sp.igcd),
    "lcm": _of_integers(sp.ilcm),
    **{name: getattr(sp, name) for name in _AS_IN_SYMPY},
}
_CONSTANTS = {"pi": sp.pi, "E": sp.E, "I": sp.I, "oo": sp.oo}


@lru_cache(maxsize=2048)
def build(term: Term, domain: Domain = "real") -> Any:
    """The sympy object of a scalar term.

    Raises:
        Unreadable: not a scalar, undefined (a division by zero), or too large.
    """
    match term:
        case Number(value=value):
            return sp.Rational(value.numerator, value.denominator)
        case Name(name=name):
            if name in _CONSTANTS:
                return _CONSTANTS[name]
            return sp.Symbol(name, positive=True) if domain == "positive" else sp.Symbol(name, real=True)
        case Truth(name=name):
            return sp.true if name == "True" else sp.false
        case Apply(op=op, args=args) if op in _OPERATIONS:
            values = tuple(build(arg, domain) for arg in args)
            try:
                result = _OPERATIONS[op](*values)
            except (TypeError, ValueError, ZeroDivisionError, AttributeError):
                raise Unreadable(f"has a value of {op} that is not defined") from None
            if result.has(sp.nan, sp.zoo):
                raise Unreadable(f"has a value of {op} that is not defined")
            return result
    raise Unreadable("is not a scalar")


def show(term: Term) -> str:
    """How a scalar was read, as sympy prints it."""
    return str(build(term))


def compare(a: Term, b: Term, *, effort: Literal["quick", "full"]) -> Found:
    """Compare two scalars exactly. `quick` stops before anything that simplifies."""
    x, y = build(a), build(b)
    if x == y:
        return PASS
    if x in (sp.oo, -sp.oo, sp.true, sp.false) or y in (sp.oo, -sp.oo, sp.true, sp.false):
        return FAIL
    gap = x - y
    if gap.is_Rational:
        return PASS if gap == 0 else FAIL
    if effort == "quick":
        return OPEN
    with CpuCap(SECONDS):
        return _settle(gap) or _settle_positive(a, b)
    return OPEN


def _settle(gap: Any) -> Found | None:
    """Whether a difference is zero, by ever dearer normal forms."""
    if gap.free_symbols and _over_the_rationals(gap):
        # There `cancel` is a normal form, so that anything but zero proves a difference.
        return PASS if sp.cancel(sp.together(gap)) == 0 else FAIL
    for normal in (sp.expand, sp.radsimp, sp.simplify, _denested):
        rest = normal(gap)
        if rest == 0:
            return PASS
        if rest.is_Rational:
            return FAIL
    if gap.is_number and gap.is_algebraic:
        return PASS if sp.minimal_polynomial(gap, sp.Dummy("t"), polys=False).is_Symbol else FAIL
    return None


def _over_the_rationals(gap: Any) -> bool:
    other = gap.atoms(sp.Function, sp.NumberSymbol, type(sp.I), sp.Abs)
    return not other and all(power.exp.is_Integer for power in gap.atoms(sp.Pow))


def _denested(gap: Any) -> Any:
    return sp.simplify(sp.sqrtdenest(sp.expand_log(sp.powdenest(gap, force=False))))


def _settle_positive(a: Term, b: Term) -> Found:
    """Equal where all symbols are positive; whether it holds beyond is the numeric path's part."""
    gap = build(a, "positive") - build(b, "positive")
    return PASS if sp.simplify(gap) == 0 else OPEN
