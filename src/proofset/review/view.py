"""An item as the page shows it: texts, evidence and differences, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.reviews import ReviewRow
from ..records import Evidence, Record
from .diff import word_diff
from .items import QUEUES, queue_of
from .store import Shown


def view_of(shown: Shown) -> dict[str, Any]:
    """What the page needs of an item. `editable` names the text that an edit takes the place of."""
    body = _waiting(shown.body) if shown.kind == "waiting" else _record(shown.body)
    mine = shown.mine
    changes = [body.pop("change")]
    if mine is not None and mine.action == "edit":
        changes.insert(0, _change("The model's text and your edit", body[body["editable"]], mine.edited))
    return body | {
        "id": shown.id,
        "kind": shown.kind,
        "version": shown.version,
        "mine": mine._asdict() if mine else None,
        "others": shown.others,
        "held_by": shown.held_by,
        "changes": [change for change in changes if change],
    }


def _record(body: str) -> dict[str, Any]:
    record = Record.model_validate_json(body)
    ancestors = record.lineage.ancestors
    change = None
    if record.rejected is not None:
        change = _change("Draft, or rejected text, and what was kept", record.rejected, record.output)
    elif ancestors and ancestors[-1] != record.instruction:
        change = _change("Instruction before and after the last change", ancestors[-1], record.instruction)
    return {
        "method": record.method,
        "grade": record.verdict.grade.value if record.verdict.grade else "",
        "risk": record.risk.value,
        "scores": _scores(record.scores),
        "instruction": record.instruction,
        "input": record.input,
        "output": record.output,
        "editable": "output",
        "tests": list(record.tests),
        "evidence": [_evidence(one) for one in record.verdict.evidence],
        "change": change,
    }


def _waiting(body: str) -> dict[str, Any]:
    row = ReviewRow.model_validate_json(body)
    change = None
    if row.ancestors and row.ancestors[-1] != row.instruction:
        change = _change("Instruction before and after the last change", row.ancestors[-1], row.instruction)
    return {
        "method": f"check-point of slot {row.slot}, round {row.round}",
        "grade": "",
        "risk": "",
        "scores": {},
        "instruction": row.instruction,
        "input": "",
        "output": row.response,
        "editable": "instruction",
        "tests": [],
        "evidence": [],
        "change": change,
    }


def _scores(scores: Mapping[str, float]) -> dict[str, float | str]:
    """With the queue in words."""
    told: dict[str, float | str] = {name: round(score, 2) for name, score in scores.items()}
    if queue := queue_of(scores):
        told["queue"] = QUEUES[queue]
    return told


def _evidence(one: Evidence) -> dict[str, Any]:
    return one.model_dump(mode="json")


def _change(label: str, before: str, after: str) -> dict[str, Any]:
    return {"label": label, "spans": [list(span) for span in word_diff(before, after)]}
