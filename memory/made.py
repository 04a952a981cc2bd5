"""Made: instructions that were kept, to be shown again to whoever proposes, as each slot may know them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..records import rng

NEWEST = 10_000
"""So many of the newest are drawn from: a run of millions is not to hold them all."""


class MadeItem(NamedTuple):
    """An instruction that was kept; its output where a graph shows both."""

    id: str
    text: str
    output: str = ""


class Made:
    """What was kept, by slot.

    Args:
        window: how far slots may run ahead of the oldest that is not settled.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._slots: list[int] = []
        self._items: list[MadeItem] = []

    def add(self, slot: int, item_id: str, text: str, output: str = "") -> None:
        """Know one more; slots do not fall. Slot -1 is before the run."""
        self._slots.append(slot)
        self._items.append(MadeItem(item_id, text, output))
        spare = len(self._items) - 2 * (NEWEST + self._window)
        if spare > 0:
            # Half at a time, so that it costs nothing to speak of; open slots see the newest only.
            cut = len(self._items) - NEWEST - self._window
            del self._slots[:cut], self._items[:cut]

    def extend(self, items: Iterable[tuple[str, str]]) -> None:
        """Know what was made before the run."""
        for item_id, text in items:
            self.add(-1, item_id, text)

    def drawn(self, slot: int, key: str, count: int) -> Sequence[MadeItem]:
        """Up to `count` items, drawn by a key from those that every replay knows at that slot."""
        seen = bisect_left(self._slots, max(slot - self._window + 1, 0))
        return rng("made", key).sample(self._items[max(seen - NEWEST, 0) : seen], min(count, seen, NEWEST))
