"""Calculations of two whole numbers that a text writes out, worked out exactly: `12 * 4 = 48` holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

_CALCULATION = re.compile(
    r"(?P<a>\d{1,9}) ?(?P<sign>[-+*/×÷]) ?(?P<b>\d{1,9}) ?= ?(?P<result>\d{1,15})"
    r"(?![\d.,]*\d|%|\s*[-+*/×÷^(])",
    re.ASCII,
)
_GOES_ON = re.compile(r"[\d.,^+*/×÷(=)-]\s*$")
"""Before a calculation: then it is a part of a longer one."""


class Calculation(NamedTuple):
    """As it is written, and whether it is true."""

    text: str
    holds: bool


def calculations_in(text: str) -> Iterator[Calculation]:
    """Those that stand alone, in their order."""
    for found in _CALCULATION.finditer(text):
        if not _GOES_ON.search(text[: found.start()]):
            a, b, result = (Fraction(int(found[name])) for name in ("a", "b", "result"))
            yield Calculation(found[0], _value(a, found["sign"], b) == result)


def _value(a: Fraction, sign: str, b: Fraction) -> Fraction | None:
    match sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*" | "×":
            return a * b
    return a / b if b else None


def falsified(before: str, after: str) -> str:
    """A calculation of the text after that is false, where it was true in the one before; empty without."""
    for one, other in zip(calculations_in(before), calculations_in(after), strict=False):
        if one.holds and not other.holds:
            return f"{other.text}, where {one.text} was written"
    return ""
