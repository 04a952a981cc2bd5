"""Tampering: what a file holds now against the chain that was written with it, line by line.

every line ─▶ in the chain, and still to come? ─▶ intact; out of order where its neighbours are others
                 │ no
              in the chain, and taken already ─▶ duplicated
              its id, or else its place, in the chain with another content ─▶ edited
              else ─▶ added
what the chain has besides ─▶ truncated where it is the end of the chain, else removed
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..records.seal import Link
from .faults import Fault


class Seen(NamedTuple):
    """One line of the file as it is; `sha256` is empty where it cannot be read."""

    number: int
    id: str
    sha256: str


class Missing(NamedTuple):
    """A row that the chain has and the file has not."""

    row: int
    id: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found; `faults` by line number."""

    faults: dict[int, Fault] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    @property
    def intact(self) -> bool:
        return not self.faults and not self.missing


def compare(seen: Sequence[Seen], chain: Sequence[Link]) -> Compared:
    """The differences between a file and its chain."""
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, link in enumerate(chain):
        places[link.sha256].append(place)
    known = {link.sha256 for link in chain}
    faults: dict[int, Fault] = {}
    matched: list[tuple[Seen, int]] = []
    others: list[tuple[int, Seen]] = []
    for index, line in enumerate(seen):
        if places.get(line.sha256):
            matched.append((line, places[line.sha256].popleft()))
        elif line.sha256 in known:
            faults[line.number] = Fault("duplicated", f"row {_called(line.id)} is in the file more than once")
        else:
            others.append((index, line))
    left = {place for waiting in places.values() for place in waiting}
    by_id: dict[str, int] = {chain[place].id: place for place in left if chain[place].id}
    for index, line in others:
        taken: int | None = by_id.pop(line.id, None) if line.id else None
        if taken is None and index in left:
            taken = index
        if taken is None:
            faults[line.number] = Fault(
                "added", f"row {_called(line.id)} is not one of those that were sealed"
            )
            continue
        left.discard(taken)
        by_id.pop(chain[taken].id, None)
        was = f"row {taken + 1}, {_called(chain[taken].id)}"
        faults[line.number] = Fault("edited", f"what was sealed as {was}, says something else")
    for (line, place), expected in zip(matched, sorted(place for _, place in matched), strict=True):
        if place != expected:
            faults[line.number] = Fault(
                "moved", f"row {_called(line.id)} was sealed as row {place + 1} and stands elsewhere"
            )
    return Compared(faults, tuple(_missing(chain, left)))


def _missing(chain: Sequence[Link], left: set[int]) -> list[Missing]:
    end = len(chain)
    while end - 1 in left:
        end -= 1
    return [
        Missing(
            place + 1,
            chain[place].id,
            Fault(
                "truncated",
                f"the file ends before row {place + 1} of {len(chain)}, {_called(chain[place].id)}",
            )
            if place >= end
            else Fault("removed", f"row {place + 1}, {_called(chain[place].id)}, is gone"),
        )
        for place in sorted(left)
    ]


def _called(id: str) -> str:
    return id or "without an id"
