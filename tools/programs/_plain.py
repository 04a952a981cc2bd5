"""Plain values as tagged JSON: the one form in which values cross between processes.

    null, true, 3, 0.5, "text"                 themselves; integers up to 2**53, finite floats
    ["i", hex]  ["x", bits]  ["u", hex]        other integers, floats, and texts with surrogates
    ["c", re, im]  ["b", hex]  ["B", hex]      complex (two floats), bytes, bytearray
    ["l", …]  ["t", …]  ["s", …]  ["f", …]     list, tuple, set, frozenset
    ["d", [key, value], …]  ["r", a, b, c]     dict in its order, range
    ["e"]                                      Ellipsis

Only exact builtin types have a form: what a subclass does on `==` is its own affair. Both ends use this
file, and neither trusts the other: whatever is not exactly of this form is an error.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Callable, Iterable

MAX_DEPTH = 100
MAX_NODES = 200_000
MAX_BITS = 1_000_000
MAX_RANGE = 1_000_000
MAX_COLLISIONS = 64
"""Of elements of one set or dict: equal hashes make building it quadratic."""
_SMALL = 2**53


class NotPlain(Exception):
    """A value that cannot cross; the message says which type, or which bound."""


class Malformed(Exception):
    """JSON that is no plain value."""


def type_name(value: object) -> str:
    """The name of a value's true type, whatever its class claims."""
    return str(type.__dict__["__name__"].__get__(type(value)))[:80]


def scalar_to_json(value: object) -> object:
    """The form of a value that holds no others. Raises NotPlain for containers and all else."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int and isinstance(value, int):
        if -_SMALL <= value <= _SMALL:
            return value
        if value.bit_length() > MAX_BITS:
            raise NotPlain(f"an integer of more than {MAX_BITS} bits")
        return ["i", hex(value)]
    if kind is float and isinstance(value, float):
        return value if math.isfinite(value) else ["x", struct.pack(">d", value).hex()]
    if kind is str and isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            # JSON would join two surrogates that stand side by side.
            return ["u", value.encode("utf-32-be", "surrogatepass").hex()]
        return value
    if kind is complex and isinstance(value, complex):
        return ["c", scalar_to_json(value.real), scalar_to_json(value.imag)]
    if kind is bytes and isinstance(value, bytes):
        return ["b", value.hex()]
    if kind is range and isinstance(value, range):
        check_range(value)
        return ["r", *(scalar_to_json(part) for part in (value.start, value.stop, value.step))]
    if value is Ellipsis:
        return ["e"]
    raise NotPlain(f"a value of type {type_name(value)}")


def to_json(value: object) -> object:
    """The form of a plain value. Raises NotPlain."""
    count = 0

    def node(value: object, depth: int) -> object:
        nonlocal count
        count += 1
        if count > MAX_NODES:
            raise NotPlain(f"a value of more than {MAX_NODES} parts")
        if depth > MAX_DEPTH:
            raise NotPlain(f"a value nested deeper than {MAX_DEPTH}")
        if type(value) is dict:
            return ["d", *([node(key, depth + 1), node(item, depth + 1)] for key, item in value.items())]
        tag = _TAGS.get(type(value))
        if tag is not None and isinstance(value, list | tuple | set | frozenset):
            return [tag, *(node(item, depth + 1) for item in value)]
        if type(value) is bytearray:
            return ["B", value.hex()]
        return scalar_to_json(value)

    return node(value, 0)


def from_json(node: object) -> object:
    """The plain value of a form. Raises Malformed."""
    try:
        return _value(node, 0)
    except (TypeError, ValueError, OverflowError, RecursionError, MemoryError, struct.error) as error:
        raise Malformed(f"no plain value: {type_name(error)}") from None


def scalar_from_json(node: object) -> object:
    """The value of a form without other values in it. Raises Malformed, or a ValueError or TypeError."""
    if node is None or isinstance(node, bool | str):
        return node
    if isinstance(node, int):
        return node
    if isinstance(node, float):
        if not math.isfinite(node):
            raise Malformed("a number out of range")
        return node
    if isinstance(node, list) and node and isinstance(node[0], str):
        read = _SCALARS.get(node[0])
        if read is not None:
            return read(node[1:])
    raise Malformed("an unknown form")


def check_range(value: range) -> None:
    """Raises NotPlain for a range too long to be walked."""
    if value[MAX_RANGE : MAX_RANGE + 1]:
        raise NotPlain(f"a range of more than {MAX_RANGE} numbers")


def check_hashes(items: Iterable[object]) -> None:
    """Raises Malformed where so many elements share a hash that a set of them is slow to build."""
    counted = Counter(map(hash, items))
    if counted and max(counted.values()) > MAX_COLLISIONS:
        raise Malformed("too many elements with the same hash")


def make_set(kind: type[set[object]] | type[frozenset[object]], items: list[object]) -> object:
    """A set of distinct items. Raises Malformed where two are equal, TypeError where one has no hash."""
    check_hashes(items)
    made = kind(items)
    if len(made) != len(items):
        raise Malformed("a set with an element twice")
    return made


def make_dict(pairs: list[tuple[object, object]]) -> dict[object, object]:
    """A dict of distinct keys. Raises Malformed where two are equal, TypeError where one has no hash."""
    check_hashes([key for key, _ in pairs])
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed("a dict with a key twice")
    return made


def pair_of(node: object) -> tuple[object, object]:
    """The two parts of a dict's item. Raises Malformed."""
    if not isinstance(node, list) or len(node) != 2:
        raise Malformed("an item that is no pair")
    return node[0], node[1]


def _value(node: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise Malformed("nested too deep")
    if not isinstance(node, list) or not node:
        return scalar_from_json(node)
    tag, *parts = node
    if tag == "d":
        pairs = map(pair_of, parts)
        return make_dict([(_value(key, depth + 1), _value(item, depth + 1)) for key, item in pairs])
    make = _CONTAINERS.get(tag) if isinstance(tag, str) else None
    if make is not None:
        return make([_value(part, depth + 1) for part in parts])
    if tag == "B":
        return bytearray(_hex(parts))
    return scalar_from_json(node)


def _hex(parts: list[object]) -> bytes:
    (text,) = parts
    if not isinstance(text, str):
        raise Malformed("bytes that are no text")
    return bytes.fromhex(text)


def _integer(parts: list[object]) -> int:
    (text,) = parts
    if not isinstance(text, str) or len(text) > MAX_BITS // 4 + 4:
        raise Malformed("an integer that is no text, or too long")
    return int(text, 16)


def _float(parts: list[object]) -> float:
    (value,) = struct.unpack(">d", _hex(parts))
    return float(value)


def _complex(parts: list[object]) -> complex:
    real, imaginary = map(scalar_from_json, parts)
    if not isinstance(real, float) or not isinstance(imaginary, float):
        raise Malformed("a complex number of other parts than floats")
    return complex(real, imaginary)


def _range(parts: list[object]) -> range:
    start, stop, step = map(scalar_from_json, parts)
    if type(start) is not int or type(stop) is not int or type(step) is not int:
        raise Malformed("a range of other parts than integers")
    made = range(start, stop, step)
    try:
        check_range(made)
    except NotPlain as refusal:
        raise Malformed(str(refusal)) from None
    return made


def _ellipsis(parts: list[object]) -> object:
    if parts:
        raise Malformed("an ellipsis with parts")
    return ...


_TAGS: dict[type, str] = {list: "l", tuple: "t", set: "s", frozenset: "f"}
_CONTAINERS: dict[str, Callable[[list[object]], object]] = {
    "l": list,
    "t": tuple,
    "s": lambda items: make_set(set, items),
    "f": lambda items: make_set(frozenset, items),
}
_SCALARS: dict[str, Callable[[list[object]], object]] = {
    "i": _integer,
    "x": _float,
    "u": lambda parts: _hex(parts).decode("utf-32-be", "surrogatepass"),
    "c": _complex,
    "b": _hex,
    "r": _range,
    "e": _ellipsis,
}
