"""Put a given number, text or length into a seen value, at each of its places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .constants import Constants
from .relations import Arguments

MAX_SIZE = 64
"""The greatest length to which a list or a text is brought."""
_MAX_DEPTH = 3
_PLACES = 2
"""Items of a container that are changed: its first ones and its last."""


def planted(calls: Sequence[Arguments], constants: Constants) -> Iterator[Arguments]:
    """The seen calls with one part of one argument at, just below or just above a constant.

    A number stands for itself and, in place of a length, for the size of a list or text. The calls come in
    turns, so that few of many meet different constants.
    """
    one_by_one = [_planted_in(call, constants) for call in calls]
    while one_by_one:
        for each in list(one_by_one):
            made = next(each, None)
            if made is None:
                one_by_one.remove(each)
            else:
                yield made


def _planted_in(call: Arguments, constants: Constants) -> Iterator[Arguments]:
    singles = [Constants((number,), ()) for number in constants.numbers]
    singles += [Constants((), (text,)) for text in constants.texts]
    for single in singles:
        for place, value in enumerate(call):
            for other in changed(value, single):
                yield (*call[:place], other, *call[place + 1 :])


def changed(value: object, constants: Constants, depth: int = 0) -> Iterator[object]:
    """Values like the given one, with a constant in it; the type at each place stays."""
    if isinstance(value, bool) or value is None or depth > _MAX_DEPTH:
        return
    if isinstance(value, int | float):
        yield from _numbers_like(value, constants)
    elif isinstance(value, str):
        yield from _texts_like(value, constants)
    elif isinstance(value, list | tuple):
        yield from _sized(value, constants)
        for place in _places(len(value)):
            for other in changed(value[place], constants, depth + 1):
                made = [*value[:place], other, *value[place + 1 :]]
                yield made if isinstance(value, list) else tuple(made)
    elif isinstance(value, dict):
        for key, item in list(value.items())[:_PLACES]:
            for other in changed(item, constants, depth + 1):
                yield {**value, key: other}
            for other in changed(key, constants, depth + 1):
                if isinstance(other, int | float | str | tuple):
                    yield {(other if name == key else name): item for name, item in value.items()}
    elif isinstance(value, set | frozenset):
        for other in changed(min(value, key=repr), constants, depth + 1) if value else ():
            if isinstance(other, int | float | str | tuple):
                yield type(value)({*value, other})


def _places(size: int) -> list[int]:
    return sorted({*range(min(size, _PLACES)), *([size - 1] if size else [])})


def _numbers_like(value: int | float, constants: Constants) -> Iterator[object]:
    for number in constants.numbers:
        if isinstance(value, float):
            yield from (float(number), number + 1.0, number - 1.0, number + 0.5)
        elif number == int(number):
            yield from (int(number), int(number) + 1, int(number) - 1)
        else:
            yield from (int(number), int(number) + 1)


def _texts_like(value: str, constants: Constants) -> Iterator[object]:
    yield from _sized(value, constants)
    for text in constants.texts:
        yield text
        if text and text != value:
            half = len(value) // 2
            yield value + text
            yield value[:half] + text + value[half:]
            if " " in value:
                yield " ".join([text, *value.split(" ")[1:]])


def _sized(value: list[object] | tuple[object, ...] | str, constants: Constants) -> Iterator[object]:
    """The value repeated or cut to lengths at and beside the constants, also with another item at the end."""
    if not value:
        return
    for number in constants.numbers:
        if number == int(number) and 0 <= number <= MAX_SIZE:
            for size in (int(number), int(number) + 1, int(number) - 1, int(number) + len(value)):
                if size >= 0 and size != len(value):
                    yield resized(value, size)
            yield from _ending(resized(value, int(number) + 1))


def _ending(value: object) -> Iterator[object]:
    """A list of numbers that ends with its greatest and with its least."""
    numbers = [item for item in value if type(item) in (int, float)] if isinstance(value, list) else []
    if isinstance(value, list) and numbers and len(numbers) == len(value):
        yield from ([*value[:-1], max(numbers) + 1], [*value[:-1], min(numbers) - 1])


def resized(value: list[object] | tuple[object, ...] | str, size: int) -> object:
    """A value cut to a length, or repeated until it has it."""
    if not value:
        return value
    return (value * (size // len(value) + 1))[:size]
