"""Admission: what is new is decided twice, and both times the same way on every replay.

    slot i proposes ──▶ gate: new against seeds, the pool as it was, and what slots ≤ i - window kept?
                                         │ (all of these are settled: the runner sees to it)
    slot i verified ──▶ settle, in slot order: new against all that is kept?
                        ──▶ reserved in the pool, if it is new there, too ──▶ ledger ──▶ kept in the pool

The gate saves the work on most duplicates; the settlement, in slot order, is what makes two racing
twins impossible. Within a run neither looks at anything that depends on timing. A pool is shared with
other runs: the gate looks at it as it was when the run began, and what they add meanwhile turns a record
down at its settlement, which is decided once and stands in the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, Protocol, TypeVar

from ..records import Record, Rejection
from .ledger import Ledger, SlotOutcome, attempts
from .made import NEWEST, Made, MadeItem
from .novelty import LexicalIndex, Similar, Twins
from .pool import Pool, View
from .yields import YieldLog, Yields

if TYPE_CHECKING:
    from .novelty.semantic import SemanticIndex
    from .novelty.twins import Twin


P = ParamSpec("P")
T = TypeVar("T")

OUTPUTS = "document"
"""The kind of outputs that are compared as instructions are."""
_SHOWN_CHARS = 1500
"""Of an output that may be shown again, its beginning."""


class Known(NamedTuple):
    """A text that new ones are compared with."""

    id: str
    text: str


class Novelty(NamedTuple):
    """Whether a text is new, and why not; the reason is empty where it is."""

    is_new: bool
    reason: str

    @classmethod
    def without(cls, twin: Twin | None) -> Novelty:
        """Of a text that repeats this one, or none."""
        return cls(twin is None, "" if twin is None else twin.reason)


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


class _Compared(NamedTuple):
    """A text of a record that must be new."""

    id: str
    text: str
    kind: str


class Watch(Protocol):
    """Watches what is kept, in the order of the slots."""

    @property
    def is_due(self) -> bool:
        """Whether `verdict` has something to look at."""
        ...

    def add(self, text: str) -> None:
        """One more instruction is kept."""
        ...

    def verdict(self) -> str:
        """Why no more is to be kept; empty where the run goes on. Blocks."""
        ...


class Memory(Protocol):
    """What agents see of an `Admission`, which may be in another process."""

    async def look(self, slot: int, text: str, *, parent: str = "", kind: str = "") -> Novelty: ...

    async def similar(self, slot: int, text: str, *, k: int) -> Similar: ...

    async def yields(self, slot: int) -> Yields: ...

    async def made(self, slot: int, key: str, count: int) -> Sequence[MadeItem]: ...

    async def settle(
        self, slot: int, record: Record | None, rejections: Sequence[Rejection], *, attempts: int
    ) -> Settlement: ...


class Admission:
    """The one owner of what is known in a run.

    Attributes:
        on_hand_in: called when a slot is handed in.
        ended: why the watch has ended the run; empty where it has not.

    Args:
        threshold: ROUGE-L F-measure above which a text counts as known; Self-Instruct's 0.7.
        stem: compare stems, as `rouge_score` with `use_stemmer=True`.
        window: how far slots may run ahead of the oldest that is not settled.
        known: texts known from the start.
        ledger: where outcomes are written; None keeps them in memory only and settles in any order.
        keep: settle no more slots after so many records; None for no limit.
        pool: a memory that is shared with other runs.
        view: the pool as the gate sees it.
        remembers: whether the pool is to know what is kept; without it, settlements see the view, too.
        semantic: compares by meaning, too; empty, and nobody else's.
        kind: of the texts, as the thresholds of `semantic` know it.
        log: counts what operators and topics yield; empty. None where nothing is chosen by it.
        outputs: compare outputs, too, and show them again: what people wrote is not kept twice.
        watch: may end the run by what is kept.
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
        pool: Pool | None = None,
        view: View | None = None,
        remembers: bool = True,
        semantic: SemanticIndex | None = None,
        kind: str = "instruction",
        log: YieldLog | None = None,
        outputs: bool = False,
        watch: Watch | None = None,
    ) -> None:
        self._watch = watch
        self.ended = ""
        self._window = window
        self._ledger = ledger
        self._run_id = run_id
        self._keep = keep
        self._pool = pool
        self._view = view
        self._remembers = remembers
        self._kind = kind
        self._log = log
        self._outputs = outputs
        self._twins = Twins(LexicalIndex(threshold, stem), semantic)
        for one in known:
            self._twins.add(one.id, one.text, position=-1, kind=kind)
        self._made = Made(window)
        if pool is not None and view is not None and not outputs:
            self._made.extend(pool.newest(NEWEST, kind=kind, view=view))
        self._next = 0
        self._kept = 0
        self._position = -1
        self._waiting: dict[int, _Waiting] = {}
        self.on_hand_in: Callable[[], None] = lambda: None
        self._deciding = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
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
    def waiting(self) -> int:
        """How many slots are handed in and wait for lower ones."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        return bool(self.ended) or (self._keep is not None and self._kept >= self._keep)

    async def look(self, slot: int, text: str, *, parent: str = "", kind: str = "") -> Novelty:
        """The gate: compare with what is known and with what was kept at least `window` slots before.

        What a text was evolved from, its `parent`, it may resemble. The `kind` is that of the run's texts
        where it is not given.
        """
        before, kind = self._seen_by(slot), kind or self._kind
        skip = _apart_from(parent)
        twin = await self._aside(self._twins.find, text, kind=kind, before=before, skip=skip)
        if twin is None and self._pool is not None:
            twin = await asyncio.to_thread(self._pool.find, text, kind=kind, view=self._view)
        return Novelty.without(twin)

    async def similar(self, slot: int, text: str, *, k: int) -> Similar:
        """What the gate sees that is most similar to a text, whether it is new or not."""
        return self._twins.similar(text, k=k, before=self._seen_by(slot))

    async def made(self, slot: int, key: str, count: int) -> Sequence[MadeItem]:
        """Up to `count` kept instructions, drawn by the key from what the slot may know."""
        return self._made.drawn(slot, key, count)

    async def yields(self, slot: int) -> Yields:
        """What operators and topics have yielded, as far as the slot may know."""
        return {} if self._log is None else self._log.known_to(slot)

    def _seen_by(self, slot: int) -> int:
        return max(slot - self._window + 1, 0)

    async def settle(
        self, slot: int, record: Record | None, rejections: Sequence[Rejection], *, attempts: int
    ) -> Settlement:
        """Hand in how a slot ended; returns when it is durable, after all lower slots.

        Raises ProofsetError where the ledger cannot be written; nothing is settled after that. TypeError for
        what is no record: a canary least of all.
        """
        if record is not None and not isinstance(record, Record):
            raise TypeError(f"a slot is settled with a Record, not with a {type(record).__name__}")
        if self._broken is not None:
            raise self._broken
        outcome = SlotOutcome(slot, record, tuple(rejections), attempts)
        if self._ledger is None:
            async with self._deciding:
                return (await self._decide(outcome))[1]
        done: asyncio.Future[Settlement] = asyncio.get_running_loop().create_future()
        self._waiting[slot] = _Waiting(outcome, done)
        self.on_hand_in()
        if self._writer is None or self._writer.done():
            # Of its own: whoever hands in may be cancelled, and one after the other would wait for a lock.
            self._writer = asyncio.create_task(self._write(self._ledger))
        return await done

    async def flush(self) -> None:
        """Return when nothing is being written any more."""
        if self._writer is not None:
            await self._writer

    async def _write(self, ledger: Ledger) -> None:
        while self._broken is None and not self.full and self._next in self._waiting:
            await self._write_ready(ledger)
        if self.full:
            for waiting in self._waiting.values():
                _resolve(waiting.done, Settlement.SURPLUS)
            self._waiting.clear()

    async def _write_ready(self, ledger: Ledger) -> None:
        ready: list[tuple[asyncio.Future[Settlement], Settlement]] = []
        taken: list[_Waiting] = []
        outcomes: list[SlotOutcome] = []
        try:
            while self._next in self._waiting and not self.full:
                taken.append(self._waiting.pop(self._next))
                outcome, settlement = await self._decide(taken[-1].outcome)
                outcomes.append(outcome)
                ready.append((taken[-1].done, settlement))
                self._next += 1
                if self._log is not None:
                    self._log.take(outcome)
            if outcomes:
                await ledger.settle(self._run_id, outcomes)
                await self._confirm([outcome.record for outcome in outcomes if outcome.record])
        except Exception as error:
            # Nothing after this can be settled: whoever waits must hear of it, not wait on.
            self._broken = error
            for waiting in (*taken, *self._waiting.values()):
                _resolve(waiting.done, error)
            return
        for done, settlement in ready:
            _resolve(done, settlement)

    async def _decide(self, outcome: SlotOutcome) -> tuple[SlotOutcome, Settlement]:
        record = outcome.record
        if record is None:
            return outcome, Settlement.REJECTED
        skip, compared = _apart_from(record.lineage.parent), self._compared(record)
        twin: Twin | None = None
        for one in compared:
            twin = twin or await self._aside(self._twins.find, one.text, kind=one.kind, skip=skip)
        twin = twin or await self._reserve(compared)
        novelty = Novelty.without(twin)
        if not novelty.is_new:
            rejection = Rejection(
                slot=outcome.slot,
                attempt=record.lineage.attempt,
                stage="commit",
                code="duplicate",
                reason=novelty.reason,
                candidate={"instruction": record.instruction, "output": record.output},
                origin=record.lineage.origin,
                verdict=record.verdict,
            )
            without = outcome._replace(record=None, rejections=(*outcome.rejections, rejection))
            return without, Settlement.DUPLICATE
        await self._aside(self._remember, record)
        if self._watch is not None and self._watch.is_due:
            self.ended = await asyncio.to_thread(self._watch.verdict)
        return outcome, Settlement.KEPT

    def _compared(self, record: Record) -> list[_Compared]:
        """What of a record must be new."""
        texts = [_Compared(record.id, record.instruction, self._kind)]
        return [*texts, _Compared(f"{record.id}#output", record.output, OUTPUTS)] if self._outputs else texts

    async def _reserve(self, compared: Sequence[_Compared]) -> Twin | None:
        """All of these texts, or none of them."""
        if self._pool is None:
            return None
        for number, (name, text, kind) in enumerate(compared):
            if not self._remembers:
                twin = await asyncio.to_thread(self._pool.find, text, kind=kind, view=self._view)
            else:
                twin = await asyncio.to_thread(self._pool.reserve, self._name(name), text, kind=kind)
            if twin is not None:
                for taken in compared[:number] if self._remembers else ():
                    await asyncio.to_thread(self._pool.release, self._name(taken.id))
                return twin
        return None

    async def _aside(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """In a thread where an embedder has to be waited for; by wording it is faster than a thread."""
        if self._twins.semantic is None:
            return work(*args, **kwargs)
        return await asyncio.to_thread(work, *args, **kwargs)

    async def _confirm(self, records: Sequence[Record]) -> None:
        if self._pool is not None and self._remembers and records:
            names = [self._name(one.id) for record in records for one in self._compared(record)]
            await asyncio.to_thread(self._pool.keep, names)

    def _name(self, item_id: str) -> str:
        """Of a text in the pool: the same seed makes the same ids in another run."""
        return f"{self._run_id}/{item_id}"

    def _remember(self, record: Record) -> None:
        # Without a ledger slots settle in any order; an index takes positions that do not fall.
        self._position = max(self._position, record.lineage.slot)
        for one in self._compared(record):
            self._twins.add(one.id, one.text, position=self._position, kind=one.kind)
        shown = record.output[:_SHOWN_CHARS] if self._outputs else ""
        self._made.add(self._position, record.id, record.instruction, shown)
        self._kept += 1
        if self._watch is not None:
            self._watch.add(record.instruction)

    def _restore(self, ledger: Ledger) -> None:
        kept: dict[str, list[tuple[str, str]]] = {}
        for record in ledger.records(self._run_id):
            self._remember(record)
            for one in self._compared(record):
                kept.setdefault(one.kind, []).append((self._name(one.id), one.text))
        if self._pool is not None and self._remembers:
            # A kill may have come between the ledger and the pool, and the pool may be a new one.
            for kind, items in kept.items():
                self._pool.adopt(items, kind=kind)
        if self._log is not None:
            self._log.restore(attempts(ledger, self._run_id))
        if self._watch is not None:
            self.ended = self._watch.verdict()
        self._next = ledger.settled(self._run_id)


def _apart_from(parent: str) -> frozenset[str]:
    return frozenset((parent,) if parent else ())


def _resolve(done: asyncio.Future[Settlement], outcome: Settlement | Exception) -> None:
    if done.done():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
