"""Values with identity: what crosses the link of mode `two-sandbox`.

Lists, dicts, sets and bytearrays lie in a numbered heap, ["@", number], and not in one another: so what is
shared stays shared, cycles cross, and a callee's changes can be carried back into the caller's own objects.
All else is as in `_plain`, or is exported: what has no plain form stays where it is and crosses as a form of
its own, which the two ends agree on.

    heap: [[number, kind, [item, …]], …]      a dict's items are its keys and values by turns
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ._plain import (
    MAX_DEPTH,
    Malformed,
    NotPlain,
    check_hashes,
    make_set,
    scalar_from_json,
    scalar_to_json,
    type_name,
)

MAX_PARTS = 500_000
_KINDS: dict[type, str] = {list: "l", dict: "d", set: "s", bytearray: "B"}
_MAKE: dict[str, Callable[[], object]] = {"l": list, "d": dict, "s": set, "B": bytearray}
Export = Callable[[object], object]
Resolve = Callable[[list[object]], object]


class Packer:
    """Packs values for one message; `known` are the objects that the other end has already, by number."""

    def __init__(self, export: Export, known: Sequence[object] = ()) -> None:
        self._export = export
        self.objects = list(known)
        self._numbers = {id(value): number for number, value in enumerate(self.objects)}
        self._left = MAX_PARTS

    def node(self, value: object, depth: int = 0) -> object:
        """The form of a value. Raises NotPlain."""
        self._left -= 1
        if self._left < 0:
            raise NotPlain(f"a value of more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            raise NotPlain(f"a value nested deeper than {MAX_DEPTH}")
        kind = type(value)
        if kind in _KINDS:
            return ["@", self._number(value)]
        if kind is tuple and isinstance(value, tuple):
            return ["t", *[self.node(item, depth + 1) for item in value]]
        if kind is frozenset and isinstance(value, frozenset):
            return ["f", *[self.node(item, depth + 1) for item in value]]
        try:
            return scalar_to_json(value)
        except NotPlain:
            return self._export(value)

    def contents(self) -> list[list[object]]:
        """The heap: what each object holds now, with all that is reached from there."""
        heap: list[list[object]] = []
        while len(heap) < len(self.objects):
            value = self.objects[len(heap)]
            heap.append([len(heap), _KINDS[type(value)], self._items(value)])
        return heap

    def _items(self, value: object) -> object:
        if isinstance(value, bytearray):
            return value.hex()
        if isinstance(value, dict):
            return [self.node(part) for item in list(value.items()) for part in item]
        if isinstance(value, list | set):
            return [self.node(item) for item in list(value)]
        raise NotPlain(f"a value of type {type_name(value)}")

    def _number(self, value: object) -> int:
        number = self._numbers.setdefault(id(value), len(self.objects))
        if number == len(self.objects):
            self.objects.append(value)
        return number


class Unpacker:
    """Unpacks one message into new objects, or, those it names by a known number, into the known ones."""

    def __init__(self, resolve: Resolve, heap: object, known: Sequence[object] = ()) -> None:
        self._resolve = resolve
        self.objects = list(known)
        entries = [_entry(entry) for entry in _list(heap)]
        for number, kind, _ in entries:
            if number == len(self.objects):
                self.objects.append(_MAKE[kind]())
            elif number > len(self.objects) or _KINDS[type(self.objects[number])] != kind:
                raise Malformed("a heap that is out of order")
        for number, _, items in entries:
            self._fill(self.objects[number], items)

    def value(self, node: object, depth: int = 0) -> object:
        """The value of a form. Raises Malformed."""
        if depth > MAX_DEPTH:
            raise Malformed("nested too deep")
        if not isinstance(node, list) or not node:
            return scalar_from_json(node)
        tag, *parts = node
        if tag == "@":
            (number,) = parts
            if type(number) is not int or not 0 <= number < len(self.objects):
                raise Malformed("a number that is not in the heap")
            return self.objects[number]
        if tag == "t":
            return tuple([self.value(part, depth + 1) for part in parts])
        if tag == "f":
            return make_set(frozenset, [self.value(part, depth + 1) for part in parts])
        try:
            return scalar_from_json(node)
        except Malformed:
            return self._resolve(node)

    def _fill(self, target: object, items: object) -> None:
        if isinstance(target, bytearray):
            if not isinstance(items, str):
                raise Malformed("bytes that are no text")
            target[:] = bytes.fromhex(items)
            return
        values = [self.value(item) for item in _list(items)]
        if isinstance(target, list):
            target[:] = values
        elif isinstance(target, set):
            check_hashes(values)
            target.clear()
            target.update(values)
        elif isinstance(target, dict):
            keys = values[::2]
            check_hashes(keys)
            target.clear()
            target.update(zip(keys, values[1::2], strict=True))


def changed(before: Iterable[list[object]], after: Iterable[list[object]]) -> list[list[object]]:
    """The part of a heap that is not as it was."""
    old = {str(entry[0]): entry for entry in before}
    return [entry for entry in after if old.get(str(entry[0])) != entry]


def _list(node: object) -> list[object]:
    if not isinstance(node, list):
        raise Malformed("no list")
    return node


def _entry(node: object) -> tuple[int, str, object]:
    match node:
        case [int(number), str(kind), items] if number >= 0 and kind in _MAKE:
            return number, kind, items
    raise Malformed("a heap of another form")
