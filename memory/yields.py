"""Yields: how often what a candidate was made from led to a kept record, as each slot may know it.

What is drawn by yield has to be drawn alike on every replay, so a slot knows whole blocks of slots only,
those that are settled whatever the timing:

    slots      0 … W-1    W … 2W-1    2W … 3W-1    3W … 4W-1       W = the run's window
    knows      nothing    nothing     block 0      blocks 0 and 1
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from ..records import Origin
from .ledger import Attempt, SlotOutcome

Part = Literal["operator", "topic"]


class Tried(NamedTuple):
    """Attempts, and how many of them were kept."""

    attempts: int
    kept: int


Yields = Mapping[str, Mapping[str, Tried]]
"""Part of the origin, its name, how it did."""


class YieldLog:
    """What every slot may know of the slots before it.

    Args:
        window: how far slots may run ahead of the oldest that is not settled.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._now: defaultdict[str, dict[str, Tried]] = defaultdict(dict)
        self._block = 0
        self._before: dict[int, Yields] = {}

    def add(self, slot: int, origin: Origin, *, kept: bool) -> None:
        """Take in an attempt of a settled slot. Slots come in their order."""
        while self._block < slot // self._window:
            self._block += 1
            self._before[self._block] = {part: dict(names) for part, names in self._now.items()}
            # Slots are open in two blocks at most.
            self._before.pop(self._block - 2, None)
        for part, name in _parts(origin):
            attempts, so_far = self._now[part].get(name, (0, 0))
            self._now[part][name] = Tried(attempts + 1, so_far + kept)

    def known_to(self, slot: int) -> Yields:
        """What an open slot may know."""
        block = slot // self._window - 1
        if block <= 0:
            return {}
        # The last block may be settled and none of the next one yet.
        return self._before.get(block, self._now)

    def take(self, outcome: SlotOutcome) -> None:
        """Take in a slot as it was settled."""
        for rejection in outcome.rejections:
            self.add(outcome.slot, rejection.origin, kept=False)
        if outcome.record is not None:
            self.add(outcome.slot, outcome.record.lineage, kept=True)

    def restore(self, attempts: Iterable[Attempt]) -> None:
        """Take in what a ledger has."""
        for attempt in attempts:
            self.add(attempt.slot, attempt.origin, kept=attempt.kept)


def _parts(origin: Origin) -> Iterable[tuple[Part, str]]:
    for operator in dict.fromkeys(origin.operators):
        yield "operator", operator
    if origin.topic:
        yield "topic", origin.topic
