"""What a straight program prints, followed step by step over exact numbers; nothing of it is run.

It tells whether a change of numbers keeps what divides, before anybody is asked to solve the changed text.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

_MAX_NODES = 400
_MAX_BITS = 2_000
_PLAIN = re.compile(r"\s*[-+]?\d+(?:\.\d*|/\d+)?\s*")
"""No exponent: `1e99999999` is short to write and long to work out."""


class Followed(NamedTuple):
    """The number that is printed; `rounds` once a division or conversion on the way left something over."""

    value: Fraction
    rounds: bool


class _Lost(Exception):
    """Something that is not followed here."""


def followed(source: str) -> Followed | None:
    """What the program prints, in exact numbers; None where it does more than arithmetic on names."""
    try:
        tree = ast.parse(source)
        if sum(1 for _ in ast.walk(tree)) > _MAX_NODES:
            return None
        return _Walk().through(tree)
    except (_Lost, SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        return None


class _Walk:
    def __init__(self) -> None:
        self.names: dict[str, Fraction] = {}
        self.rounds = False
        self.printed: list[Fraction] = []

    def through(self, tree: ast.Module) -> Followed | None:
        for node in tree.body:
            match node:
                case ast.Import() | ast.ImportFrom():
                    pass
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.names[name] = self.number(value)
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(
                    targets
                ) == len(values):
                    found = [self.number(value) for value in values]
                    for target, one in zip(targets, found, strict=True):
                        if not isinstance(target, ast.Name):
                            raise _Lost
                        self.names[target.id] = one
                case ast.AugAssign(target=ast.Name(id=name), op=sign, value=value) if name in self.names:
                    self.names[name] = self.joined(self.names[name], sign, self.number(value))
                case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[value], keywords=[])):
                    self.printed.append(self.number(value))
                case _:
                    raise _Lost
        return Followed(self.printed[0], self.rounds) if len(self.printed) == 1 else None

    def number(self, node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(value=bool()):
                raise _Lost
            case ast.Constant(value=int(whole)):
                return Fraction(whole)
            case ast.Constant(value=float(decimal)):
                return Fraction(repr(decimal))
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.number(inner)
            case ast.BinOp(left=left, op=sign, right=right):
                return self.joined(self.number(left), sign, self.number(right))
            case ast.Call(func=func, args=arguments, keywords=[]):
                return self.called(getattr(func, "id", getattr(func, "attr", "")), arguments)
        raise _Lost

    def joined(self, one: Fraction, sign: ast.operator, other: Fraction) -> Fraction:
        # Here and not in the sandbox: a line that squares, again and again, must end soon.
        if max(_bits(one), _bits(other)) > _MAX_BITS:
            raise _Lost
        match sign:
            case ast.Add():
                return one + other
            case ast.Sub():
                return one - other
            case ast.Mult():
                return one * other
            case ast.Div():
                return one / other
            case ast.FloorDiv():
                self.rounds = self.rounds or (one / other).denominator != 1
                return Fraction(one // other)
            case ast.Mod():
                return one % other
            case ast.Pow() if other.denominator == 1 and 0 <= other <= 64:
                if _bits(one) * other > _MAX_BITS:
                    raise _Lost
                return Fraction(one ** int(other))
        raise _Lost

    def called(self, name: str, arguments: Sequence[ast.expr]) -> Fraction:
        if name in ("Fraction", "Rational") and len(arguments) == 2:
            return self.number(arguments[0]) / self.number(arguments[1])
        values = [self._text_or_number(argument) for argument in arguments]
        if name in ("Fraction", "Rational", "float", "Integer", "Decimal") and len(values) == 1:
            return values[0]
        if name in ("int", "round") and len(values) == 1:
            self.rounds = self.rounds or values[0].denominator != 1
            return Fraction(int(values[0]) if name == "int" else round(values[0]))
        if name == "abs" and len(values) == 1:
            return abs(values[0])
        if name in ("min", "max") and values:
            return min(values) if name == "min" else max(values)
        if name not in _WHOLE or not values or any(v.denominator != 1 or not 0 <= v <= 1000 for v in values):
            raise _Lost
        found = _WHOLE[name](*map(int, values))
        self.rounds = self.rounds or (name == "isqrt" and found**2 != values[0])
        return Fraction(found)

    def _text_or_number(self, node: ast.expr) -> Fraction:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 40:
            if not _PLAIN.fullmatch(node.value):
                raise _Lost
            return Fraction(node.value)
        return self.number(node)


_WHOLE: dict[str, Callable[..., int]] = {
    "comb": math.comb,
    "perm": math.perm,
    "gcd": math.gcd,
    "lcm": math.lcm,
    "factorial": lambda n: math.factorial(min(n, 170)),
    "isqrt": math.isqrt,
}


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())
