"""What a signature promises: the annotations of a function's parameters, and unusual values of such types."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .mutants import MAX_SOURCE_CHARS

INTEGERS = (
    *(0, 1, -1, 2, -2, 3, -5, 10, -17, 99, 100, 101, -128, 255, 1000, -1000, 12_345, 2**31, 10**17 + 3),
    *(24, 36, 49, 60, 77, 97, 120, 121, 128, 143, 144, 169, 210, 343, 360, 400, 720, 900, 997, 2024),
)
FLOATS = (0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 0.3, 1e-7, -3.75, 100.0, 12345.678, 1e10)
TEXTS = (
    *(
        "",
        " ",
        "a",
        "A",
        "aa",
        "aA",
        "Zz",
        "0",
        "7",
        "-1",
        "aba",
        "abcABC",
        "a b",
        "  a  b ",
        "a,b",
        "a\tb\n",
    ),
    *(
        "é",
        "ÀÉ",
        "Ünï cödé",
        "日本語",
        "ñ1",
        "😀",
        "!?.",
        "aaaaaaaaaa",
        "hello world hello",
        "The QUICK. brown?",
    ),
)
_BYTES = (b"", b"a", b"\x00\xff")
_MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Form:
    """A type as an annotation names it: `int`, `list` of a form, one of several."""

    name: str
    parts: tuple[Form, ...] = ()


UNKNOWN = Form("any")
_CONTAINERS = {
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection", "MutableSequence"), "list"),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping", "DefaultDict"), "dict"),
    **dict.fromkeys(("set", "Set", "AbstractSet", "MutableSet"), "set"),
    **{"tuple": "tuple", "Tuple": "tuple", "frozenset": "frozenset", "FrozenSet": "frozenset"},
}
_SCALARS = frozenset({"int", "float", "str", "bool", "bytes", "None"})


def forms_of(sources: Sequence[str], entry_point: str) -> tuple[Form, ...] | None:
    """The forms of the positional parameters, by the first source that annotates any of them.

    None where no source defines the function, or none says anything about its parameters.
    """
    for source in sources:
        node = _definition(source, entry_point)
        if node is None:
            continue
        parameters = [*node.args.posonlyargs, *node.args.args]
        forms = tuple(_form(each.annotation) if each.annotation else UNKNOWN for each in parameters)
        if any(form != UNKNOWN for form in forms):
            return forms
    return None


def _definition(source: str, entry_point: str) -> ast.FunctionDef | None:
    if len(source) > MAX_SOURCE_CHARS:
        return None
    # A problem that ends with a bare signature is a definition with no body yet.
    for text in (source, source.rstrip() + "\n    pass\n"):
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name == entry_point:
                return node
    return None


def _form(node: ast.expr, depth: int = 0) -> Form:
    if depth > _MAX_DEPTH:
        return UNKNOWN
    match node:
        case ast.Constant(value=None):
            return Form("None")
        case ast.Constant(value=str(text)) if len(text) < 200:
            try:
                return _form(ast.parse(text, mode="eval").body, depth + 1)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return UNKNOWN
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return Form(name) if name in _SCALARS else Form(_CONTAINERS.get(name, "any"))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return Form("union", (_form(left, depth + 1), _form(right, depth + 1)))
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            listed = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            many = len(listed) == 2 and isinstance(listed[1], ast.Constant) and listed[1].value is ...
            parts = tuple(_form(each, depth + 1) for each in listed[: 1 if many else None])
            if name == "Optional":
                return Form("union", (*parts, Form("None")))
            if name == "Union":
                return Form("union", parts)
            kind = _CONTAINERS.get(name, "any")
            return Form("list of tuple" if many else kind, parts)
    return UNKNOWN


def values_of(form: Form) -> Iterator[object]:
    """Unusual values of a form: empty, zero, negative, twice the same, large, of other alphabets."""
    parts = [list(values_of(part)) for part in form.parts]
    match form.name:
        case "int":
            yield from INTEGERS
        case "float":
            yield from FLOATS
        case "bool":
            yield from (True, False)
        case "str":
            yield from TEXTS
        case "bytes":
            yield from _BYTES
        case "None":
            yield None
        case "union":
            for turn in range(max(map(len, parts), default=0)):
                yield from (values[turn] for values in parts if turn < len(values))
        case "list" if parts:
            yield from _lists(parts[0])
        case "list of tuple" if parts:
            yield from map(tuple, _lists(parts[0]))
        case "set" | "frozenset" if parts:
            kind = set if form.name == "set" else frozenset
            yield from (kind(items) for items in _lists(parts[0]) if all(map(_hashable, items)))
        case "tuple" if parts:
            for turn in range(max(map(len, parts))):
                yield tuple(values[turn % len(values)] for values in parts if values)
        case "dict" if len(parts) == 2 and all(parts):
            keys, items = [key for key in parts[0] if _hashable(key)], parts[1]
            for size in (0, 1, 2, 3, 5):
                yield {key: items[place % len(items)] for place, key in enumerate(keys[:size])}


_PLAIN: dict[str, tuple[object, ...]] = {
    "int": (3, 12, 7),
    "float": (1.5, 4.25, 0.5),
    "bool": (True, False, True),
    "str": ("hello", "abcba", "some words"),
    "bytes": (b"abc", b"a", b"hello"),
    "None": (None, None, None),
}


def plain_values_of(form: Form) -> tuple[object, ...]:
    """Three ordinary values of a form; none where it does not say what it holds."""
    parts = [plain_values_of(part) for part in form.parts]
    if form.name in _PLAIN:
        return _PLAIN[form.name]
    if not parts or not all(parts):
        return ()
    one, two, three = parts[0]
    match form.name:
        case "list":
            return [one, two, three], [two, one], [three, one, one, two]
        case "list of tuple":
            return (one, two, three), (two, one), (three, one, one, two)
        case "union":
            return tuple(parts[turn % len(parts)][turn] for turn in range(3))
        case "tuple":
            return tuple(zip(*parts, strict=True))
        case "set" | "frozenset" if all(map(_hashable, parts[0])):
            kind = set if form.name == "set" else frozenset
            return kind([one, two]), kind([three]), kind([one, three])
        case "dict" if len(parts) == 2 and all(map(_hashable, parts[0])):
            four, five, six = parts[1]
            return {one: four, two: five}, {three: six}, {two: four, three: five}
    return ()


def _lists(items: Sequence[object]) -> Iterator[list[object]]:
    yield []
    for item in items[:12]:
        yield [item]
    for item in items[:6]:
        yield [item, item]
    below = [item for item in items if _is_negative(item)][:4]
    if len(below) > 1:
        yield from ([*below], [*below[::-1]], [*below, below[0]])
    some = list(items[:9])
    if len(some) > 2:
        one, two, three, *_ = some
        yield from ([one, two], [two, one], [one, two, one], [two, two, one, one], [three, two, one, three])
        yield from (some, some[::-1], [*some, *some], (some * 8)[:40])


def _is_negative(value: object) -> bool:
    return isinstance(value, int | float) and value < 0


def _hashable(value: object) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(_hashable, value))
    return value is None or isinstance(value, bool | int | float | str | bytes)
