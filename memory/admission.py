"""Admission: what is new is decided twice, and both times the same way on every replay.

    slot i proposes ──▶ gate: new against seeds and what slots ≤ i - window kept?
                                         │ (all of these are settled: the runner sees to it)
    slot i verified ──▶ settle, in slot order: new against all that is kept? ──▶ ledger

The gate saves the work on most duplicates; the settlement, in slot order, is what makes two racing
twins impossible. Neither looks at anything that depends on timing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from ..records import Record, Rejection
from .ledger import Ledger, SlotOutcome
from .novelty import MEASURES, LexicalIndex, Match, Similar


class Known(NamedTuple):
    """A text that new ones are compared with."""

    id: str
    text: str


class Novelty(NamedTuple):
    """Whether a text is new: no known one is more similar than the threshold."""

    match: Match | None
    threshold: float

    @property
    def is_new(self) -> bool:
        return self.match is None

    @property
    def reason(self) -> str:
        if self.match is None:
            return f"nothing known is above {self.threshold}"
        measure = MEASURES[self.match.rule]
        return f"{measure} {self.match.score:.3f} > {self.threshold} to {self.match.id}"


class Settlement(StrEnum):
    """What became of a slot."""

    KEPT = "kept"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    """Verified, but a lower slot kept a near-twin."""
    SURPLUS = "surplus"
    """Not written: the run has as many records as it was asked for."""


class _Waiting(NamedTuple):
    outcome: SlotOutcome
    done: asyncio.Future[Settlement]


class Admission:
    """The one owner of what is known in a run.

    Args:
        threshold: ROUGE-L F-measure above which a text counts as known; Self-Instruct's 0.7.
        stem: compare stems, as `rouge_score` with `use_stemmer=True`.
        window: how far slots may run ahead of the oldest that is not settled.
        known: texts known from the start.
        ledger: where outcomes are written; None keeps them in memory only and settles in any order.
        keep: settle no more slots after so many records; None for no limit.
    """

    def __init__(
        self,
        *,
        threshold: float,
        stem: bool = True,
        window: int,
        known: Iterable[Known] = (),
        ledger: Ledger | None = None,
        run_id: str = "",
        keep: int | None = None,
    ) -> None:
        self._threshold = threshold
        self._window = window
        self._ledger = ledger
        self._run_id = run_id
        self._keep = keep
        self._index = LexicalIndex(threshold, stem)
        for one in known:
            self._index.add(one.id, one.text, position=-1)
        self._next = 0
        self._kept = 0
        self._waiting: dict[int, _Waiting] = {}
        self._writing = asyncio.Lock()
        self._broken: Exception | None = None
        if ledger is not None:
            self._restore(ledger)

    @property
    def next_slot(self) -> int:
        """The lowest slot that is not settled."""
        return self._next

    @property
    def kept(self) -> int:
        return self._kept

    @property
    def full(self) -> bool:
        return self._keep is not None and self._kept >= self._keep

    def look(self, slot: int, text: str) -> Novelty:
        """The gate: compare with seeds and with what was kept at least `window` slots before."""
        return self._judge(text, before=self._seen_by(slot))

    def similar(self, slot: int, text: str, *, k: int) -> Similar:
        """What the gate sees that is most similar to a text, whether it is new or not."""
        return self._index.similar(text, k=k, before=self._seen_by(slot))

    def _seen_by(self, slot: int) -> int:
        return max(slot - self._window + 1, 0)

    async def settle(
        self, slot: int, record: Record | None, rejections: Sequence[Rejection], *, attempts: int
    ) -> Settlement:
        """Hand in how a slot ended; returns when it is durable, after all lower slots.

        Raises ProofsetError where the ledger cannot be written; nothing is settled after that.
        """
        if self._broken is not None:
            raise self._broken
        outcome = SlotOutcome(slot, record, tuple(rejections), attempts)
        if self._ledger is None:
            return self._decide(outcome)[1]
        done: asyncio.Future[Settlement] = asyncio.get_running_loop().create_future()
        self._waiting[slot] = _Waiting(outcome, done)
        async with self._writing:
            await self._write_ready(self._ledger)
        return await done

    async def _write_ready(self, ledger: Ledger) -> None:
        ready: list[tuple[asyncio.Future[Settlement], Settlement]] = []
        outcomes: list[SlotOutcome] = []
        while self._next in self._waiting and not self.full:
            waiting = self._waiting.pop(self._next)
            outcome, settlement = self._decide(waiting.outcome)
            outcomes.append(outcome)
            ready.append((waiting.done, settlement))
            self._next += 1
        try:
            if outcomes:
                await ledger.settle(self._run_id, outcomes)
        except Exception as error:
            # Nothing after this can be settled: whoever waits must hear of it, not wait on.
            self._broken = error
            for done in (*(done for done, _ in ready), *(w.done for w in self._waiting.values())):
                _resolve(done, error)
            return
        if self.full:
            ready += [(waiting.done, Settlement.SURPLUS) for waiting in self._waiting.values()]
            self._waiting.clear()
        for done, settlement in ready:
            _resolve(done, settlement)

    def _decide(self, outcome: SlotOutcome) -> tuple[SlotOutcome, Settlement]:
        record = outcome.record
        if record is None:
            return outcome, Settlement.REJECTED
        novelty = self._judge(record.instruction)
        if not novelty.is_new:
            rejection = Rejection(
                slot=outcome.slot,
                attempt=record.lineage.attempt,
                stage="commit",
                code="duplicate",
                reason=novelty.reason,
                candidate={"instruction": record.instruction, "output": record.output},
                verdict=record.verdict,
            )
            without = outcome._replace(record=None, rejections=(*outcome.rejections, rejection))
            return without, Settlement.DUPLICATE
        self._remember(record)
        return outcome, Settlement.KEPT

    def _judge(self, text: str, *, before: int | None = None) -> Novelty:
        return Novelty(self._index.find(text, before=before), self._threshold)

    def _remember(self, record: Record) -> None:
        self._index.add(record.id, record.instruction, position=record.lineage.slot)
        self._kept += 1

    def _restore(self, ledger: Ledger) -> None:
        for record in ledger.records(self._run_id):
            self._remember(record)
        self._next = ledger.settled(self._run_id)


def _resolve(done: asyncio.Future[Settlement], outcome: Settlement | Exception) -> None:
    if done.done():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
