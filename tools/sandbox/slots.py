"""How many jobs run at once, what becomes of them at the end, and the second try where a job was let down."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from .job import ExitKind, Result

Attempt = Callable[[int], Coroutine[Any, Any, Result]]


class ClosedError(Exception):
    """The backend was closed before the job had ended."""


class Slots:
    """Numbered places, 0..count-1, for one job each. More jobs than places wait, first come first served."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._free = deque(range(count))
        self._places = asyncio.Semaphore(count)
        self._alone = asyncio.Lock()
        self._running: set[asyncio.Task[Result]] = set()
        self._closed = False

    async def run(self, attempt: Attempt) -> Result:
        """Call `attempt` with the number of a place. A job that failed or starved has one more try.

        One that starved has it alone, with all places to itself. Cancelled, this raises when the attempt has
        ended: what it occupied is free again.

        Raises:
            ClosedError: `close` was called before the end.
        """
        async with self._one() as place:
            result = await self._guard(attempt(place))
            if result.kind is ExitKind.FAILED:
                result = await self._guard(attempt(place))
        if result.kind is ExitKind.STARVED:
            async with self._all():
                result = await self._guard(attempt(0))
        return result

    async def close(self) -> None:
        """Cancel what runs and wait for it; nothing runs afterwards."""
        self._closed = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _guard(self, attempt: Coroutine[Any, Any, Result]) -> Result:
        if self._closed:
            attempt.close()
            raise ClosedError
        task = asyncio.ensure_future(attempt)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            result = await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled() and self._closed:
                raise ClosedError from None
            task.cancel()
            while not task.done():
                # Cancelled again or not.
                try:
                    await asyncio.wait([task])
                except asyncio.CancelledError:
                    continue
            raise
        if self._closed:
            # A client's library may lose a cancellation; what it brings then comes too late.
            raise ClosedError
        return result

    @asynccontextmanager
    async def _one(self) -> AsyncIterator[int]:
        async with self._places:
            place = self._free.popleft()
            try:
                yield place
            finally:
                self._free.append(place)

    @asynccontextmanager
    async def _all(self) -> AsyncIterator[None]:
        held = 0
        async with self._alone:
            try:
                for _ in range(self._count):
                    await self._places.acquire()
                    held += 1
                yield
            finally:
                for _ in range(held):
                    self._places.release()
