"""The value of plain arithmetic in a text, `3^5 - 2 * 7!`: parsed, bounded, added up exactly."""

from __future__ import annotations

import ast
import math
import re
from fractions import Fraction

_MAX_CHARS = 120
_MAX_BITS = 12_000
_SIGNS = re.compile(r"[\d\s+\-*/^!().]+")


def expression_value(text: str) -> Fraction | None:
    """The exact value; None where it is no plain arithmetic, divides by zero, or grows beyond 12,000 bits."""
    if len(text) > _MAX_CHARS or not _SIGNS.fullmatch(text):
        return None
    # Two numbers side by side are no arithmetic, and Python would not take them for it either.
    written = re.sub(r"(\d+|\([^()]*\))\s*!(?!=)", r"f(\1)", text).replace("^", "**").strip()
    try:
        return _value(ast.parse(written, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> Fraction | None:
    match node:
        case ast.Constant(value=int(whole)) if not isinstance(whole, bool):
            return Fraction(whole)
        case ast.Constant(value=float(decimal)):
            return Fraction(repr(decimal))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _value(inner)
            return None if value is None else -value
        case ast.Call(func=ast.Name(id="f"), args=[inner]):
            value = _value(inner)
            whole = value is not None and value.denominator == 1 and 0 <= value <= 300
            return Fraction(math.factorial(int(value))) if value is not None and whole else None
        case ast.BinOp(left=left, op=sign, right=right):
            one, other = _value(left), _value(right)
            return None if one is None or other is None else _joined(one, sign, other)
    return None


def _joined(one: Fraction, sign: ast.operator, other: Fraction) -> Fraction | None:
    match sign:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult():
            return one * other
        case ast.Div():
            return one / other
        case ast.Pow() if other.denominator == 1:
            bits = max(one.numerator.bit_length(), one.denominator.bit_length())
            return one ** int(other) if bits * abs(other) <= _MAX_BITS else None
    return None
