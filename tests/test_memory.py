"""Memory: novelty as rouge_score decides it, admission that no race can fool, a durable ledger."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from proofset.errors import ProofsetError
from proofset.memory import Admission, Known, Ledger, Pool, Settlement, SlotOutcome, sqlite_url
from proofset.memory.ledger import stage_counts
from proofset.records import (
    Evidence,
    EvidenceKind,
    Lineage,
    Message,
    Outcome,
    Record,
    Rejection,
    Risk,
    Verdict,
)

WORDS = [
    "the",
    "a",
    "of",
    "and",
    "is",
    "7",
    "42",
    "apples",
    "runs",
    "Tree",
    "trees",
    "x1",
    "été",
    "don't",
    "-",
]
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


def record(slot: int, instruction: str) -> Record:
    evidence = Evidence(kind=EvidenceKind.EXECUTION, check="c", claim="x", outcome=Outcome.PASS, basis="a")
    return Record(
        id=f"r{slot}",
        method="m",
        instruction=instruction,
        output="out",
        messages=(Message(role="user", content=instruction),),
        lineage=Lineage(seed=0, slot=slot, attempt=1),
        risk=Risk.VERIFIED,
        verdict=Verdict.accept([evidence]),
    )


def rejection(slot: int) -> Rejection:
    return Rejection(slot=slot, attempt=1, stage="verifier", code="c", reason="r")


class FailsBefore(Ledger):
    """Its disk is full."""

    async def settle(self, run_id: str, outcomes: Sequence[SlotOutcome]) -> None:
        raise ProofsetError("no space left")


class FailsAfter(Ledger):
    """It writes, and whoever asked is gone before it hears so."""

    async def settle(self, run_id: str, outcomes: Sequence[SlotOutcome]) -> None:
        await super().settle(run_id, outcomes)
        raise ProofsetError("gone")


@pytest.mark.parametrize("failing", [FailsBefore, FailsAfter])
async def test_a_pool_and_a_ledger_agree_after_a_failure_between_them(
    tmp_path: Path, failing: type[Ledger]
) -> None:
    text = "a b c d e f g h i j"
    pool = Pool(tmp_path / "memory")
    ledger = failing(sqlite_url(tmp_path / "ledger.db"))
    admission = Admission(threshold=0.7, window=1, ledger=ledger, run_id="run", pool=pool)
    with pytest.raises(ProofsetError):
        await admission.settle(0, record(0, text), [], attempts=1)
    ledger.close()
    # Nobody else gets it meanwhile, for it may be kept.
    assert pool.reserve("other", text) is not None
    pool.close()

    pool, ledger = Pool(tmp_path / "memory"), Ledger(sqlite_url(tmp_path / "ledger.db"))
    admission = Admission(threshold=0.7, window=1, ledger=ledger, run_id="run", pool=pool)
    if admission.next_slot == 0:
        assert await admission.settle(0, record(0, text), [], attempts=1) is Settlement.KEPT
    assert (admission.next_slot, admission.kept, len(pool)) == (1, 1, 1)
    pool.release("run/r0")
    found = pool.find(text)
    assert found is not None and found.id == "run/r0"
    ledger.close()
    pool.close()


async def test_what_is_rejected_is_never_reserved(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "memory")
    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    admission = Admission(threshold=0.7, window=2, ledger=ledger, run_id="run", pool=pool)
    assert (await admission.look(0, "a b c d e f")).is_new
    assert await admission.settle(0, None, [rejection(0)], attempts=1) is Settlement.REJECTED
    assert pool.reserve("other", "a b c d e f") is None
    ledger.close()
    pool.close()


async def test_a_score_of_exactly_the_threshold_is_new() -> None:
    admission = Admission(threshold=0.7, window=1, known=[Known("s", "a b c d e f g h i j")])
    assert (await admission.similar(0, "a b c d e f g x y z", k=1)).nearest[0].score == 0.7
    assert (await admission.look(0, "a b c d e f g x y z")).is_new
    assert not (await admission.look(0, "a b c d e f g h y z")).is_new


async def settle_all(admission: Admission, slots: dict[int, Record | None], order: list[int]) -> list[str]:
    async def one(slot: int) -> str:
        outcome = slots[slot]
        rejections = [] if outcome else [rejection(slot)]
        return (await admission.settle(slot, outcome, rejections, attempts=1)).value

    tasks = {}
    for slot in order:
        tasks[slot] = asyncio.create_task(one(slot))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks.values())
    return [tasks[slot].result() for slot in sorted(tasks)]


@pytest.mark.parametrize("shuffle", range(5))
async def test_twins_are_never_both_kept_whatever_the_order(tmp_path: Path, shuffle: int) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    ledger.start_run("run", {}, {})
    admission = Admission(threshold=0.7, window=40, ledger=ledger, run_id="run")
    slots: dict[int, Record | None] = {
        slot: record(slot, f"twin number {slot // 2} of {slot // 2 * 7} and more") for slot in range(40)
    }
    # Distinct words per pair, so that only the twins of a pair are near.
    for slot in slots:
        slots[slot] = record(slot, " ".join(f"w{slot // 2}x{i}" for i in range(8)))
    order = list(range(40))
    random.Random(shuffle).shuffle(order)
    assert await settle_all(admission, slots, order) == ["kept", "duplicate"] * 20
    assert [r.lineage.slot for r in ledger.records("run")] == list(range(0, 40, 2))
    refused = list(ledger.rejections("run"))
    assert [r.slot for r in refused] == list(range(1, 40, 2))
    assert refused[0].reason == "ROUGE-L 1.000 > 0.7 to r0"
    ledger.close()


async def test_settling_waits_for_lower_slots_and_survives_reopening(tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    ledger.start_run("run", {}, {})
    admission = Admission(threshold=0.7, window=4, ledger=ledger, run_id="run")
    early = asyncio.create_task(admission.settle(1, record(1, "one two three"), [], attempts=1))
    await asyncio.sleep(0.05)
    assert not early.done()
    assert ledger.settled("run") == 0
    await admission.settle(0, None, [rejection(0)], attempts=1)
    assert await early is Settlement.KEPT
    ledger.close()

    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    again = Admission(threshold=0.7, window=1, ledger=ledger, run_id="run")
    assert (again.next_slot, again.kept) == (2, 1)
    assert not (await again.look(2, "one two three")).is_new
    ledger.close()


async def test_the_gate_sees_only_what_is_settled_on_every_replay(tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    ledger.start_run("run", {}, {})
    admission = Admission(threshold=0.7, window=4, ledger=ledger, run_id="run")
    await admission.settle(0, record(0, "one two three"), [], attempts=1)
    # Slot 3 may start before slot 0 is settled, slot 4 may not: only slot 4 may be decided by it.
    assert (await admission.look(3, "one two three")).is_new
    assert not (await admission.look(4, "one two three")).is_new
    ledger.close()


async def test_enough_records_make_the_rest_surplus(tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    ledger.start_run("run", {}, {})
    admission = Admission(threshold=0.7, window=9, ledger=ledger, run_id="run", keep=2)
    slots: dict[int, Record | None] = {slot: record(slot, f"text{slot}") for slot in range(5)}
    assert await settle_all(admission, slots, [4, 3, 2, 1, 0]) == ["kept", "kept"] + ["surplus"] * 3
    assert ledger.settled("run") == 2
    assert admission.full
    ledger.close()


async def test_a_slot_is_settled_once(tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    ledger.start_run("run", {}, {})
    await ledger.settle("run", [SlotOutcome(0, record(0, "a"), (), 1)])
    with pytest.raises(IntegrityError):
        # All or none: slot 1 must not be written either.
        await ledger.settle("run", [SlotOutcome(1, record(1, "b"), (), 1), SlotOutcome(0, None, (), 1)])
    assert ledger.settled("run") == 1
    ledger.close()


async def test_rows_come_back_in_slot_order_across_pages(tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    ledger.start_run("run", {}, {})
    outcomes = [SlotOutcome(slot, None, (rejection(slot), rejection(slot)), 2) for slot in range(1100)]
    await ledger.settle("run", outcomes)
    assert [r.slot for r in ledger.rejections("run")] == [slot for slot in range(1100) for _ in range(2)]
    assert [tuple(count) for count in stage_counts(ledger, "run")] == [("verifier", "c", 2200)]
    ledger.close()


class WaitsToWrite(Ledger):
    """Writes when it is let."""

    def __init__(self, path: Path) -> None:
        super().__init__(sqlite_url(path))
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def settle(self, run_id: str, outcomes: Sequence[SlotOutcome]) -> None:
        self.asked.set()
        await self.may.wait()
        await super().settle(run_id, outcomes)


async def test_who_hands_in_may_be_cancelled_and_nobody_else_notices(tmp_path: Path) -> None:
    ledger = WaitsToWrite(tmp_path / "ledger.sqlite")
    admission = Admission(threshold=0.7, window=4, ledger=ledger, run_id="r")
    first = asyncio.create_task(admission.settle(0, record(0, "one two three"), [], attempts=1))
    await ledger.asked.wait()
    second = asyncio.create_task(admission.settle(1, record(1, "four five six"), [], attempts=1))
    first.cancel()
    await asyncio.sleep(0)
    ledger.may.set()
    assert await second is Settlement.KEPT
    await admission.flush()
    assert [one.id for one in ledger.records("r")] == ["r0", "r1"]
    ledger.close()


class WritesAtOnce(Ledger):
    """Never lets anybody wait."""

    async def settle(self, run_id: str, outcomes: Sequence[SlotOutcome]) -> None:
        return None


async def test_what_is_handed_in_together_is_answered_together(tmp_path: Path) -> None:
    ledger = WritesAtOnce(sqlite_url(tmp_path / "ledger.sqlite"))
    admission = Admission(threshold=0.7, window=400, ledger=ledger, run_id="r")
    every = [asyncio.create_task(admission.settle(i, None, [rejection(i)], attempts=1)) for i in range(200)]
    turns = 0
    while not all(task.done() for task in every):
        await asyncio.sleep(0)
        turns += 1
    assert turns < 10
    ledger.close()
