"""What the arguments of all the seen calls have in common: lengths that are equal, an index that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

MIN_CALLS = 2
MIN_CALLS_FOR_ORDER = 5
"""Two numbers stand in some order in every call: with few calls that is an accident."""
Arguments = tuple[object, ...]


class Relation(NamedTuple):
    """A relation between two arguments by their places."""

    name: str
    left: int
    right: int

    def holds(self, arguments: Arguments) -> bool:
        """False also where the relation makes no sense for these arguments."""
        return _RELATIONS[self.name](arguments[self.left], arguments[self.right])


def relations_of(calls: Sequence[Arguments]) -> tuple[Relation, ...]:
    """The relations that every one of at least two calls keeps; all have the same number of arguments."""
    different = len({repr(arguments) for arguments in calls})
    if different < MIN_CALLS:
        return ()
    return tuple(
        relation
        for relation in _candidates(len(calls[0]))
        if (different >= MIN_CALLS_FOR_ORDER or relation.name not in _ORDERS)
        and all(relation.holds(arguments) for arguments in calls)
    )


def levelled(arguments: Arguments, relations: Sequence[Relation]) -> Arguments:
    """Cut sequences of which all seen calls had equally long ones to the shorter one's length."""
    made = list(arguments)
    for relation in relations:
        if relation.name == "as-long":
            left, right = made[relation.left], made[relation.right]
            if isinstance(left, list | str | tuple) and isinstance(right, list | str | tuple):
                size = min(len(left), len(right))
                made[relation.left], made[relation.right] = left[:size], right[:size]
    return tuple(made)


def _candidates(places: int) -> Iterator[Relation]:
    for left in range(places):
        for right in range(places):
            names = _RELATIONS.keys() - {"permutation"} if left != right else {"permutation"}
            yield from (Relation(name, left, right) for name in sorted(names))


def _size(value: object) -> int | None:
    return len(value) if isinstance(value, list | str | tuple | dict | set) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _as_long(left: object, right: object) -> bool:
    return _size(left) is not None and _size(left) == _size(right)


def _one_longer(left: object, right: object) -> bool:
    one, two = _size(left), _size(right)
    return one is not None and two is not None and one == two + 1


def _is_length(left: object, right: object) -> bool:
    return _whole(left) is not None and _whole(left) == _size(right)


def _within_length(left: object, right: object) -> bool:
    number, size = _whole(left), _size(right)
    return number is not None and size is not None and number <= size


def _below(left: object, right: object) -> bool:
    one, two = _number(left), _number(right)
    return one is not None and two is not None and one < two


def _at_most(left: object, right: object) -> bool:
    one, two = _number(left), _number(right)
    return one is not None and two is not None and one <= two


def _permutation(left: object, _: object) -> bool:
    """Whether a table holds each of 1, 2, … once."""
    if not isinstance(left, list) or not all(isinstance(row, list) for row in left):
        return False
    held = [item for row in left for item in row]
    return len(held) > 1 and sorted(held, key=repr) == sorted(range(1, len(held) + 1), key=repr)


_ORDERS = frozenset({"below", "at-most"})
_RELATIONS: dict[str, Callable[[object, object], bool]] = {
    "as-long": _as_long,
    "one-longer": _one_longer,
    "is-length": _is_length,
    "within-length": _within_length,
    "below": _below,
    "at-most": _at_most,
    "permutation": _permutation,
}
