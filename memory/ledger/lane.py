"""Lane: one thread on which all statements of a ledger run, those that wait together in one transaction.

asked ─▶ queue ─▶ thread: BEGIN, one after the other, COMMIT ─▶ each is answered
                      │ one of them fails
                      ▼
                  ROLLBACK, then each in a transaction of its own
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

T = TypeVar("T")

Work = Callable[[sa.Connection], T]
_TOGETHER = 256


class _Asked(NamedTuple):
    work: Work[Any]
    future: Future[Any] | asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop | None


_Answered = tuple[Future[Any] | asyncio.Future[Any], Any, Exception | None]


class Lane:
    """Runs work in the order in which it came. What is answered is committed.

    Args:
        begin: opens a transaction that commits at its end.
        name: of the thread.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[sa.Connection]], *, name: str) -> None:
        self._begin = begin
        self._queue: deque[_Asked] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what is asked. May be called twice."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def now(self, work: Work[T]) -> T:
        """The work's result. Blocks; raises what it raises."""
        future: Future[T] = Future()
        self._ask(_Asked(work, future, None))
        return future.result()

    async def later(self, work: Work[T]) -> T:
        """The work's result; it is done even where whoever waits is cancelled."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._ask(_Asked(work, future, loop))
        return await future

    def _ask(self, asked: _Asked) -> None:
        with self._changed:
            if self._closed:
                raise RuntimeError("the ledger is closed")
            self._queue.append(asked)
            self._changed.notify()

    def _serve(self) -> None:
        while batch := self._next():
            self._answer(batch, self._outcomes(batch))

    def _next(self) -> list[_Asked]:
        with self._changed:
            while not self._queue and not self._closed:
                self._changed.wait()
            return [self._queue.popleft() for _ in range(min(len(self._queue), _TOGETHER))]

    def _outcomes(self, batch: list[_Asked]) -> list[tuple[Any, Exception | None]]:
        try:
            with self._begin() as connection:
                return [(asked.work(connection), None) for asked in batch]
        except Exception as error:
            if len(batch) == 1:
                return [(None, error)]
        return [self._outcomes([asked])[0] for asked in batch]

    def _answer(self, batch: list[_Asked], outcomes: list[tuple[Any, Exception | None]]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop | None, list[_Answered]] = {}
        for asked, outcome in zip(batch, outcomes, strict=True):
            by_loop.setdefault(asked.loop, []).append((asked.future, *outcome))
        for loop, answered in by_loop.items():
            if loop is None:
                _resolve(answered)
                continue
            # One wake-up for all of them; where the loop is gone, so is whoever waited.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_resolve, answered)


def _resolve(answered: list[_Answered]) -> None:
    for future, result, error in answered:
        if future.done():
            continue
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
