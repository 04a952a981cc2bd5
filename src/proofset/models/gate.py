"""Gate: so many calls at once, the lowest slot first, so that old candidates finish before new ones start."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count
from typing import NamedTuple


class _Waiter(NamedTuple):
    slot: int
    number: int
    turn: asyncio.Future[None]


class Gate:
    """Admits `places` callers at once; those who wait come in by slot, then by arrival."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._inside = 0
        self._waiting: list[_Waiter] = []
        self._numbers = count()

    @property
    def places(self) -> int:
        return self._places

    def resize(self, places: int) -> None:
        """From now on, so many; whoever is inside stays."""
        self._places = places
        self._let_in()

    async def enter(self, slot: int) -> None:
        """Wait for a place. Whoever gets one gives it back by `leave`."""
        if self._inside < self._places and not self._waiting:
            self._inside += 1
        else:
            await self._wait(slot)

    def leave(self) -> None:
        """Give the place back, to the lowest slot that waits."""
        self._inside -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._inside < self._places:
            waiter = heapq.heappop(self._waiting)
            if not waiter.turn.done():
                self._inside += 1
                waiter.turn.set_result(None)

    async def _wait(self, slot: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Waiter(slot, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            # Given a place and cancelled in the same turn of the loop: hand the place on.
            if turn.done() and not turn.cancelled():
                self.leave()
            raise
