"""Pacing: how many calls at once an endpoint takes, when to ask again, and when it is down.

    answer ─────────────────▶ a round without many refusals: more at once, up to the user's number
    429 ────────────────────▶ wait as told, ask again; a round with many: fewer at once
    5xx, no connection ─────▶ wait, ask again; many in a row and nothing else: down
    down ───────────────────▶ one call at a time tries, the others wait; down for too long: the run ends

Rates decide, not single refusals: an endpoint that refuses one call in seven at random is no faster with
fewer at once, and one that takes twenty of a hundred is.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import ModelError, ProofsetError
from .request import Call

Kind = Literal["rate limit", "fault", "no connection", "timeout"]


class RefusedError(Exception):
    """A call that failed and may not fail again.

    Attributes:
        error: what to raise where it is not asked again.
        wait_s: how long the endpoint says to wait, in seconds.
    """

    def __init__(self, kind: Kind, error: ProofsetError, wait_s: float | None = None) -> None:
        super().__init__(str(error))
        self.kind = kind
        self.error = error
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try; `sleep`, `clock` and `draw` are for tests.

    Attributes:
        tries: of one call, by what goes wrong.
        first_s: the longest first wait; the next are twice as long each, up to `most_s`.
        most_s: the longest wait, and the longest that an endpoint may ask for.
        down_s: how long an endpoint may be down.
        draw: a number from 0 to 1.
    """

    tries: Mapping[Kind, int] = field(
        default_factory=lambda: {"rate limit": 12, "fault": 6, "no connection": 8, "timeout": 2}
    )
    first_s: float = 0.5
    most_s: float = 60.0
    down_s: float = 120.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    draw: Callable[[], float] = random.random

    def wait_s(self, tries: int, asked_s: float | None) -> float:
        """Seconds before the next try, after so many and the first: what the endpoint asks for and a bit, or
        part of a doubling."""
        if asked_s is not None:
            return min(asked_s, self.most_s) * (1 + 0.1 * self.draw())
        return min(self.first_s * 2.0 ** min(tries, 30), self.most_s) * self.draw()


_ROUND = 20
_MANY = 0.25
_LEAST_LEFT = 0.5


class Pace:
    """How many calls at once: additive increase, multiplicative decrease, by rounds.

    A round is twice as many outcomes as there are places, and no less than 20. Where more than a quarter of
    them are refusals for a rate limit, the limit falls by their share, at most by half; else it rises by a
    sixteenth of the most.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = most
        self._outcomes = 0
        self._refused = 0

    def note(self, *, refused: bool) -> None:
        """One call has ended."""
        self._outcomes += 1
        self._refused += refused
        if self._outcomes < max(2 * self.limit, _ROUND):
            return
        share = self._refused / self._outcomes
        self._outcomes = self._refused = 0
        if share > _MANY:
            self.limit = max(1, int(self.limit * max(1 - share, _LEAST_LEFT)))
        else:
            self.limit = min(self.most, self.limit + max(1, self.most // 16))


_DOWN_AFTER = 5


class Breaker:
    """Whether an endpoint is there. It counts as down when five calls have failed since it last answered.

    One call that fails again and again is its own fault, and takes nobody else down.

    Args:
        notice: told when it goes down, and when it is back.
    """

    def __init__(self, spec: str, patience: Patience, notice: Callable[[str], None] | None = None) -> None:
        self._spec = spec
        self._patience = patience
        self._notice = notice or (lambda text: None)
        self._failing: set[Call] = set()
        self._down_since: float | None = None
        self._probes = 0
        self._probing = False
        self._changed = asyncio.Event()
        self._dead: ModelError | None = None

    @property
    def down(self) -> bool:
        return self._down_since is not None

    @property
    def dead(self) -> ModelError | None:
        """Why the run has to end; None while there is hope."""
        return self._dead

    async def admit(self) -> None:
        """Returns where a call may be tried. Raises ModelError where the endpoint was down for too long."""
        while self._down_since is not None:
            if self._dead is not None:
                raise self._dead
            if not self._probing:
                self._probing = True
                try:
                    await self._patience.sleep(self._patience.wait_s(self._probes, None))
                except BaseException:
                    self.released()
                    raise
                return
            await self._changed.wait()

    def answered(self) -> None:
        """The endpoint is there."""
        self._failing.clear()
        if self._down_since is not None:
            self._down_since, self._probes = None, 0
            self._notice(f"{self._spec}: the endpoint is back")
            self.released()

    def failed(self, call: Call, error: ProofsetError) -> None:
        """It gave no answer, or one of a server in trouble."""
        self._failing.add(call)
        now = self._patience.clock()
        if self._down_since is None:
            if len(self._failing) >= _DOWN_AFTER:
                self._down_since = now
                self._changed.clear()
                self._notice(f"{error}; waiting for it, up to {self._patience.down_s:g} s")
            return
        self._probes += 1
        if now - self._down_since >= self._patience.down_s:
            self._dead = ModelError(f"{error}; it was down for {now - self._down_since:.0f} s")
        self.released()

    def released(self) -> None:
        """A call that was admitted has ended, whichever way."""
        self._probing = False
        self._changed.set()
        self._changed = asyncio.Event()
