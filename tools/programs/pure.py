"""The few functions and operators that tests put round a call: evaluated here, on exact builtin values.

All arguments are plain values, so no code but the interpreter's own runs. What could take much time or
memory is refused before it is begun.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from types import MappingProxyType

from ._plain import NotPlain, check_hashes, check_range

MAX_ITEMS = 200_000
MAX_RESULT_BITS = 200_000
_SHORT = 4_000


class TooLarge(Exception):
    """A result that would take much time or memory; the message says which bound it breaks."""


def apply_binary(kind: type[ast.operator], left: object, right: object) -> object:
    """`left kind right`. Raises TooLarge, or what Python raises; TypeError for other operands too."""
    numbers = (int, float, complex, bool)
    if type(left) in numbers and type(right) in numbers:
        _bound_number(kind, left, right)
        return BINARY[kind](left, right)
    if kind is ast.Add and type(left) is type(right) and isinstance(left, str | bytes | list | tuple):
        return BINARY[kind](left, right)
    if kind is ast.Mult:
        # Not by `isinstance` alone: True is an int too.
        times, items = (left, right) if type(left) is int else (right, left)
        if type(times) is int and isinstance(items, str | bytes | list | tuple):
            if len(items) * times > MAX_ITEMS:
                raise TooLarge(f"a repetition of more than {MAX_ITEMS} items")
            return BINARY[kind](items, times)
    if type(left) in (set, frozenset) and type(right) in (set, frozenset) and kind in _SETS:
        return BINARY[kind](left, right)
    raise TypeError(f"no {kind.__name__} of {type(left).__name__} and {type(right).__name__} here")


def _bound_number(kind: type[ast.operator], left: object, right: object) -> None:
    if not isinstance(left, int) or not isinstance(right, int):
        return
    bits, more = left.bit_length(), right.bit_length()
    if kind is ast.Pow:
        result = bits * max(right, 0) if more < 64 else (MAX_RESULT_BITS + 1 if bits > 1 else 0)
    elif kind is ast.LShift:
        result = bits + (max(right, 0) if more < 64 else MAX_RESULT_BITS)
    else:
        result = bits + more
    if result > MAX_RESULT_BITS:
        raise TooLarge(f"a number of more than {MAX_RESULT_BITS} bits")


def _items(value: object) -> Sequence[object]:
    if isinstance(value, range | str | bytes | list | tuple):
        if len(value) > MAX_ITEMS:
            raise TooLarge(f"more than {MAX_ITEMS} items")
        return value
    if isinstance(value, set | frozenset | dict | bytearray):
        return list(value)
    raise TypeError(f"{type(value).__name__!r} object is not iterable")


def _distinct(value: object) -> Sequence[object]:
    items = _items(value)
    check_hashes(items)
    return items


def _mapping(value: object = ()) -> dict[object, object]:
    if isinstance(value, dict):
        return dict(value)
    pairs = [tuple(_items(item)) for item in _items(value)]
    check_hashes([pair[0] for pair in pairs if pair])
    return dict(pairs)  # type: ignore[arg-type]  # Python's own error tells of an item that is no pair


def _sum(value: object) -> object:
    items = _items(value)
    if any(type(item) not in (int, float, complex, bool) for item in items):
        raise TypeError("sum of other things than numbers")
    return sum(items)  # type: ignore[arg-type]


def _round(value: object, digits: object = None) -> object:
    if digits is not None and (type(digits) is not int or abs(digits) > 400):
        raise TooLarge("rounding to more than 400 digits")
    return round(value, digits)  # type: ignore[call-overload]


def _sorted(value: object, *, reverse: object = False) -> list[object]:
    return sorted(_items(value), reverse=bool(reverse))  # type: ignore[type-var]


def _number(kind: type) -> Callable[..., object]:
    def make(value: object = 0, *more: object) -> object:
        if isinstance(value, str | bytes | bytearray) and len(value) > _SHORT:
            raise TooLarge(f"a number written with more than {_SHORT} characters")
        return kind(value, *more)

    return make


def _binary(kind: type) -> Callable[..., object]:
    def make(value: object = b"") -> object:
        if not isinstance(value, bytes | bytearray | list | tuple):
            raise TypeError(f"{kind.__name__} of {type(value).__name__} is not supported here")
        return kind(value)

    return make


def _range(*bounds: object) -> range:
    # Python's own error tells of bounds that are no integers.
    made: range = range(*bounds)  # type: ignore[call-overload]
    try:
        check_range(made)
    except NotPlain as refusal:
        # Looking for a float in it walks all of it.
        raise TooLarge(str(refusal)) from None
    return made


def _extreme(choose: Callable[..., object]) -> Callable[..., object]:
    return lambda *values: choose(_items(values[0]) if len(values) == 1 else values)


FUNCTIONS: MappingProxyType[str, Callable[..., object]] = MappingProxyType(
    {
        "abs": abs,
        "all": lambda value: all(_items(value)),
        "any": lambda value: any(_items(value)),
        "bool": bool,
        "bytearray": _binary(bytearray),
        "bytes": _binary(bytes),
        "complex": _number(complex),
        "dict": _mapping,
        "float": _number(float),
        "frozenset": lambda value=(): frozenset(_distinct(value)),
        "int": _number(int),
        "len": len,
        "list": lambda value=(): list(_items(value)),
        "max": _extreme(max),
        "min": _extreme(min),
        "range": _range,
        "repr": repr,
        "round": _round,
        "set": lambda value=(): set(_distinct(value)),
        "sorted": _sorted,
        "str": lambda value="": str(value),
        "sum": _sum,
        "tuple": lambda value=(): tuple(_items(value)),
    }
)
MATH: MappingProxyType[str, Callable[..., object]] = MappingProxyType(
    {name: getattr(math, name) for name in ("ceil", "fabs", "floor", "isclose", "isinf", "isnan", "sqrt")}
)
MATH_CONSTANTS = MappingProxyType({name: getattr(math, name) for name in ("e", "inf", "nan", "pi", "tau")})
TYPES: MappingProxyType[str, type] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            *(bool, int, float, complex, str, bytes, bytearray),
            *(list, tuple, set, frozenset, dict, range, object),
        )
    }
)
BINARY: MappingProxyType[type[ast.operator], Callable[..., object]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
        ast.Mod: operator.mod,
        ast.Pow: operator.pow,
        ast.LShift: operator.lshift,
        ast.RShift: operator.rshift,
        ast.BitAnd: operator.and_,
        ast.BitOr: operator.or_,
        ast.BitXor: operator.xor,
    }
)
_SETS = frozenset({ast.Sub, ast.BitAnd, ast.BitOr, ast.BitXor})
UNARY: MappingProxyType[type[ast.unaryop], Callable[..., object]] = MappingProxyType(
    {ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}
)
COMPARISONS: MappingProxyType[type[ast.cmpop], Callable[..., object]] = MappingProxyType(
    {
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.Is: operator.is_,
        ast.IsNot: operator.is_not,
        ast.In: lambda item, among: item in among,
        ast.NotIn: lambda item, among: item not in among,
    }
)
