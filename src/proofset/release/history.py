"""History of a record, from the ledger: every question and answer of its slot, every rejection and check.

attempt 1: calls ─▶ turned down ─▶ … ─▶ the attempt that was kept: calls ─▶ checks ─▶ the record
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..agents import ROLES
from ..engine.rundir import holds_run, open_ledger
from ..errors import UsageError
from ..memory.ledger import Ledger, StoredCall, calls_of_slot
from ..records import Evidence, Record, Rejection

_SHOWN = 3


class Step(NamedTuple):
    """One thing that happened; `said` is it as JSON."""

    event: Literal["record", "call", "turned_down", "solution", "check"]
    attempt: int
    said: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"event": self.event, "attempt": self.attempt, **self.said}


def history_of(run: Path, record_id: str) -> tuple[Step, ...]:
    """What led to a record, the record itself first, then in the order of its making.

    Raises UsageError where the run or the record is not there.
    """
    if not run.is_dir() or not holds_run(run):
        raise UsageError(f"{run}: no run is there; histories are in the ledger of a run's directory")
    with closing(open_ledger(run)) as ledger:
        for stored in ledger.runs():
            record = _found(ledger, stored.run_id, record_id)
            slot = record.lineage.slot
            refused = [one for one in ledger.rejections(stored.run_id) if one.slot == slot]
            return tuple(_steps(record, list(calls_of_slot(ledger, slot)), refused))
    raise UsageError(f"{run}: its run was ended before it began; there is no history in it")


def _found(ledger: Ledger, run_id: str, record_id: str) -> Record:
    known: list[str] = []
    for record in ledger.records(run_id):
        if record.id == record_id:
            return record
        if len(known) < _SHOWN:
            known.append(record.id)
    shown = f"it keeps others, such as {', '.join(known)}" if known else "it keeps no record"
    raise UsageError(f"no record {record_id[:80]!r} in this run; {shown}")


def _steps(record: Record, calls: list[StoredCall], refused: list[Rejection]) -> Iterator[Step]:
    kept = record.lineage.attempt
    yield Step("record", kept, {"record": record.model_dump(mode="json", exclude={"verdict", "traces"})})
    # The journal has no clock: within an attempt, roles come in the order in which graphs ask them.
    place = {role: number for number, role in enumerate(ROLES)}
    calls.sort(key=lambda call: (call.attempt, place.get(call.role, len(place)), call.sample))
    for attempt in sorted({kept, *(c.attempt for c in calls), *(one.attempt for one in refused)}):
        for call in calls:
            if call.attempt == attempt:
                yield Step("call", attempt, _call(call))
        for one in refused:
            if one.attempt == attempt:
                yield Step("turned_down", attempt, _turned_down(one))
                yield from _checks(attempt, one.verdict.evidence if one.verdict else ())
    yield from _checks(kept, record.verdict.evidence)
    for number, trace in enumerate(record.traces, start=1):
        said = {"number": number, "output": trace.output, "decision": trace.verdict.decision.value}
        yield Step("solution", kept, {**said, "reason": trace.verdict.reason})
        yield from _checks(kept, trace.verdict.evidence)


def _call(call: StoredCall) -> dict[str, Any]:
    return {
        "role": call.role,
        "model": call.spec,
        "sample": call.sample,
        "messages": call.request.get("messages", []),
        "sampling": call.request.get("sampling"),
        "answer": call.reply.text,
        "tool_calls": [one.model_dump() for one in call.reply.tool_calls],
        "finish_reason": call.reply.finish_reason,
        "input_tokens": call.reply.usage.input_tokens,
        "output_tokens": call.reply.usage.output_tokens,
        "seconds": call.seconds,
    }


def _turned_down(one: Rejection) -> dict[str, Any]:
    return one.model_dump(mode="json", include={"stage", "code", "reason", "candidate"})


def _checks(attempt: int, evidence: tuple[Evidence, ...]) -> Iterator[Step]:
    for one in evidence:
        yield Step("check", attempt, one.model_dump(mode="json"))
