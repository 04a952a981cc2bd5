"""The warm interpreters of a sandbox: started when needed, kept for the next job, replaced in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from .job import Profile
from .warm import WarmInterpreter

_JOBS_EACH = 2000
"""What the kernel and the allocator keep for an interpreter does not grow without end."""


class Kind(NamedTuple):
    """What a warm interpreter has that no job can change."""

    profile: Profile
    hash_seed: int


class Held(NamedTuple):
    """An interpreter with all that has to be given back when it ends."""

    interpreter: WarmInterpreter
    leases: ExitStack


class Pool:
    """Idle interpreters by kind. Used from many threads.

    Args:
        start: makes one; what it leases goes on the stack that it is given.
        idle: how many to keep at most; beyond that the one that has waited longest is ended.
        jobs_each: an interpreter is replaced after so many.
    """

    def __init__(
        self,
        start: Callable[[Kind, ExitStack], WarmInterpreter],
        *,
        idle: int,
        jobs_each: int = _JOBS_EACH,
    ) -> None:
        self._start = start
        self._limit = idle
        self._jobs_each = jobs_each
        self._idle: list[tuple[Kind, Held]] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def take(self, kind: Kind) -> Iterator[WarmInterpreter]:
        """An interpreter for one job. It comes back unless it is dead, worn or no longer wanted.

        Raises:
            SandboxUnavailableError: none could be started.
        """
        held = self._find(kind) or self._make(kind)
        try:
            yield held.interpreter
        except BaseException:
            held.interpreter.kill()
            held.leases.close()
            raise
        self._give_back(kind, held)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, held in idle:
            _end(held)

    def _find(self, kind: Kind) -> Held | None:
        with self._lock:
            for i in range(len(self._idle) - 1, -1, -1):
                if self._idle[i][0] == kind:
                    return self._idle.pop(i)[1]
        return None

    def _make(self, kind: Kind) -> Held:
        with ExitStack() as leases:
            interpreter = self._start(kind, leases)
            return Held(interpreter, leases.pop_all())
        raise AssertionError("an ExitStack swallowed an exception")

    def _give_back(self, kind: Kind, held: Held) -> None:
        surplus: list[Held] = []
        with self._lock:
            if self._closed or held.interpreter.jobs >= self._jobs_each or not held.interpreter.alive:
                surplus.append(held)
            else:
                self._idle.append((kind, held))
                if len(self._idle) > self._limit:
                    surplus.append(self._idle.pop(0)[1])
        for each in surplus:
            _end(each)


def _end(held: Held) -> None:
    held.interpreter.close()
    held.leases.close()
