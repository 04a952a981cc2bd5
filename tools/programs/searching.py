"""Look for calls on which a program does what it has not done yet.

run it watched ──▶ outcomes of comparisons not met ──▶ the nearest calls, moved by the distance that is
missing ──▶ run it watched on these ──▶ keep what is new, and again
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..sandbox import Sandbox
from ._run_watched import EQUAL, GREATER, LESS
from .constants import Constants
from .expressions import Call
from .inputs import Inventor
from .planting import MAX_SIZE, changed, resized
from .relations import Arguments
from .sightings import Compared, Sighting, sightings_of
from .watching import Watched

ROUNDS = 3
PER_ROUND = 60
_GOALS = 16
"""Outcomes that one round goes for."""
_NEAREST = 3


class Found(NamedTuple):
    """The sightings of the given calls, and new arguments on which the program does something new."""

    sightings: tuple[Sighting, ...]
    arguments: tuple[Arguments, ...]


class _Tried(NamedTuple):
    arguments: Arguments
    sighting: Sighting


async def search(
    program: Watched, calls: Sequence[Call], entry_point: str, inventor: Inventor, sandbox: Sandbox
) -> Found:
    """At most three rounds; fewer where nothing is missing or nothing can be moved."""
    sightings = await sightings_of(program.source, calls, entry_point, sandbox)
    tried: list[_Tried] = []
    for call, sighting in zip(calls, sightings, strict=True):
        arguments = inventor.arguments(call)
        if arguments is not None:
            tried.append(_Tried(arguments, sighting))
    pieces = frozenset().union(*(sighting.pieces for sighting in sightings))
    goals = frozenset().union(*(sighting.goals for sighting in sightings))
    kept: list[Arguments] = []
    for _ in range(ROUNDS):
        moved = inventor.new(inventor.allowed(_moved(tried, goals)), PER_ROUND)
        if not moved:
            break
        news = await sightings_of(program.source, inventor.as_calls(moved), entry_point, sandbox)
        before = len(kept)
        for arguments, sighting in zip(moved, news, strict=True):
            tried.append(_Tried(arguments, sighting))
            if not (sighting.pieces <= pieces and sighting.goals <= goals):
                kept.append(arguments)
                pieces |= sighting.pieces
                goals |= sighting.goals
        if len(kept) == before:
            break
    return Found(sightings, tuple(kept))


def _moved(tried: Sequence[_Tried], met: frozenset[tuple[int, int]]) -> Iterator[Arguments]:
    """In turns for each outcome that is missing: calls that came near it, moved by what they lack."""
    ways = [_towards(number, outcome, tried) for number, outcome in list(_missing(tried, met))[:_GOALS]]
    while ways:
        for way in list(ways):
            made = next(way, None)
            if made is None:
                ways.remove(way)
            else:
                yield made


def _missing(tried: Sequence[_Tried], met: frozenset[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    numbers = sorted({each.number for one in tried for each in one.sighting.compared})
    for number in numbers:
        ordered = (number, LESS) in met or (number, GREATER) in met
        for outcome in (EQUAL, GREATER, LESS) if ordered else (EQUAL,):
            if (number, outcome) not in met:
                yield number, outcome


def _towards(number: int, outcome: int, tried: Sequence[_Tried]) -> Iterator[Arguments]:
    near: list[tuple[float, int, Compared]] = []
    for place, one in enumerate(tried):
        for each in one.sighting.compared:
            if each.number == number:
                gaps = [abs(gap) for gap in (each.below, each.above) if gap is not None]
                near.append((min(gaps, default=0.0), place, each))
    near.sort(key=lambda each: each[:2])
    for _, place, each in near[:_NEAREST]:
        for gap in (each.below, each.above):
            if gap is not None:
                step = {EQUAL: 0, GREATER: 1, LESS: -1}[outcome]
                yield from _shifted(tried[place].arguments, step - gap)
        for text in each.texts:
            yield from _with(tried[place].arguments, Constants((), (text,)))


def _with(arguments: Arguments, constants: Constants) -> Iterator[Arguments]:
    for place, value in enumerate(arguments):
        for other in changed(value, constants):
            yield (*arguments[:place], other, *arguments[place + 1 :])


def _shifted(arguments: Arguments, by: float) -> Iterator[Arguments]:
    """One number in the arguments moved by a difference, in either direction, or one size."""
    for place, value in enumerate(arguments):
        for other in _moves(value, by):
            yield (*arguments[:place], other, *arguments[place + 1 :])


def _moves(value: object, by: float) -> Iterator[object]:
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        whole = int(by)
        yield from (value + whole, value - whole)
    elif isinstance(value, float):
        yield from (value + by, value - by)
    elif isinstance(value, list | tuple | str):
        for size in (len(value) + int(by), len(value) - int(by)):
            if 0 <= size <= MAX_SIZE and size != len(value):
                yield resized(value, size)
        if not isinstance(value, str):
            for place in sorted({0, len(value) - 1} & set(range(len(value)))):
                for other in _moves(value[place], by):
                    made = [*value[:place], other, *value[place + 1 :]]
                    yield made if isinstance(value, list) else tuple(made)
    elif isinstance(value, dict):
        for key in list(value)[:1]:
            for other in _moves(value[key], by):
                yield {**value, key: other}
