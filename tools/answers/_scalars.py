"""Two scalars: both paths, and what is known about decimals, percents and renamed symbols.

Decimals. A decimal stands for exactly what it shows: `2.75` is 11/4, and 0.333 is not 1/3. One
exception: when the other side has no finite decimal and the print is that value rounded or cut off at
its last digit (a print of 15 to 17 digits: within one unit of the 15th, the rest is float noise), then 12
digits and more are accepted, 5 to 11 stay open, and up to 4 are a rounding and so different. Against a
finite decimal a print never stands for anything else, but 15 digits and more that agree that far stay
open: float noise.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import sympy as sp

from . import _exact, _numeric
from ._cap import CpuCap
from ._terms import FAIL, OPEN, PASS, Apply, Finding, Name, Number, Term, Truth, symbols, undecided, walk

ROUNDED = 4
ACCEPTED = 12
_FLOAT_DIGITS = range(15, 18)
_NEAR = Fraction(1, 10**9)


class _Print(NamedTuple):
    value: Fraction
    digits: int
    unit: Fraction
    """One in the last digit that counts."""


def compare(a: Term, b: Term) -> Finding:
    """Compare two scalars by both paths.

    Raises:
        Unreadable: one of them is no scalar or too large.
    """
    if isinstance(a, Truth) or isinstance(b, Truth):
        equal = a == b
        return Finding(PASS, PASS, "the truth values are equal") if equal else _differ(FAIL, OPEN, a, b)
    numeric = _numeric.compare(a, b)
    symbolic = _exact.compare(a, b, effort="quick" if numeric == FAIL else "full")
    finding = Finding(symbolic, numeric, "")
    if finding.outcome == PASS:
        return Finding(PASS, PASS, "both paths find the values equal")
    if finding.outcome == FAIL:
        return _excused(a, b) or _differ(symbolic, numeric, a, b)
    return Finding(symbolic, numeric, _open_reason(finding))


def _differ(symbolic: Any, numeric: Any, a: Term, b: Term) -> Finding:
    return Finding(symbolic, numeric, f"the values differ: {_brief(a)} and {_brief(b)}")


def _brief(term: Term) -> str:
    text = _exact.show(term)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _open_reason(finding: Finding) -> str:
    if {finding.symbolic, finding.numeric} == {PASS, FAIL}:
        return "the exact and the numeric path contradict each other"
    if finding.numeric == PASS:
        return "the values agree numerically, but the exact path could not show it in its time"
    if finding.symbolic == PASS:
        return (
            "equal by simplification, but the numeric path could not confirm it, e.g. as the domains differ"
        )
    return "neither path could decide"


def _excused(a: Term, b: Term) -> Finding | None:
    """A proven difference that the notation explains."""
    if finding := _printed(a, b) or _printed(b, a):
        return finding
    one, other = isinstance(a, Apply) and a.op == "percent", isinstance(b, Apply) and b.op == "percent"
    if one != other:
        stripped = [t.args[0] if isinstance(t, Apply) and t.op == "percent" else t for t in (a, b)]
        if _numeric.compare(*stripped) == PASS:
            return undecided("equal but for a percent sign on one side")
    names = [set(symbols(t)) for t in (a, b)]
    if names[0] != names[1] and len(names[0]) == len(names[1]):
        return undecided("the two sides use different symbols")
    inside = (t for term in (a, b) if isinstance(term, Apply) for t in walk(term))
    if any(isinstance(t, Number) and t.digits >= ACCEPTED for t in inside) and _near(a, b):
        return undecided("a decimal inside an expression may be a rounding")
    if any(isinstance(t, Name) and t.name == "i" for term in (a, b) for t in walk(term)):
        return undecided("`i` can be a symbol or the imaginary unit")
    return None


def _near(a: Term, b: Term) -> bool:
    x, y = _numeric.constant(a), _numeric.constant(b)
    if x is None or y is None or mpmath.isinf(x.value) or mpmath.isinf(y.value):
        return False
    return bool(abs(x.value - y.value) <= abs(x.value) / _NEAR.denominator)


def _print_of(term: Term) -> _Print | None:
    """A decimal literal that stands alone."""
    if not isinstance(term, Number) or not term.digits or term.value == 0:
        return None
    exponent = 0
    size = abs(term.value)
    while size >= 10:
        size, exponent = size / 10, exponent + 1
    while size < 1:
        size, exponent = size * 10, exponent - 1
    counted = 15 if term.digits in _FLOAT_DIGITS else term.digits
    return _Print(term.value, term.digits, Fraction(10) ** (exponent - counted + 1))


def _printed(decimal: Term, other: Term) -> Finding | None:
    """Apply the policy for decimals where `decimal` is a print close to `other`; None where it is not."""
    shown = _print_of(decimal)
    value = None if shown is None else _numeric.constant(other)
    if shown is None or value is None or mpmath.isinf(value.value):
        return None
    with mpmath.workprec(4_000):
        printed = mpmath.mpf(shown.value.numerator) / shown.value.denominator
        cut_off = shown.digits in _FLOAT_DIGITS or abs(printed) < abs(value.value)
        reach = shown.unit if cut_off else shown.unit / 2
        if abs(value.value - printed) > mpmath.mpf(reach.numerator) / reach.denominator:
            return None
    exact = _exact.build(other)
    if exact.is_Rational and _finite(int(exact.q)):
        noisy = shown.digits >= _FLOAT_DIGITS.start
        return (
            undecided(f"equal but for the last of {shown.digits} digits, perhaps float noise")
            if noisy
            else None
        )
    if shown.digits <= ROUNDED:
        return None
    if shown.digits < ACCEPTED:
        return undecided(f"a rounding to {shown.digits} digits: {ACCEPTED} are needed")
    return _confirmed(shown, exact, reach)


def _confirmed(shown: _Print, exact: Any, reach: Fraction) -> Finding:
    """The same closeness, by sympy: exactly for rationals, else by its own evaluation of the sign."""
    printed, most = (sp.Rational(v.numerator, v.denominator) for v in (shown.value, reach))
    within = None
    with CpuCap(_exact.SECONDS):
        within = (sp.Abs(exact - printed) - most).is_nonpositive
    if within is not True:
        return Finding(OPEN, PASS, f"a print of {shown.digits} digits that only the numeric path confirms")
    return Finding(
        PASS, PASS, f"a decimal print that agrees with the value in the digits it shows ({shown.digits})"
    )


def _finite(denominator: int) -> bool:
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1
