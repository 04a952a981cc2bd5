"""What comes of reviews: files beside the data, preference pairs, and records with a person's verdict."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..engine.reviews import ReviewRow
from ..engine.rundir import write_texts
from ..errors import ProofsetError
from ..records import Outcome, Record, accepted_by, edited_by
from .reasons import REASONS
from .store import Decided, Store

REVIEWS = "reviews.jsonl"
PAIRS = "pairs.jsonl"


def last_of_each(decisions: Iterable[Decided]) -> dict[str, Decided]:
    """Item to the decision by which it stands: the last one, whoever made it."""
    return {one.item: one for one in sorted(decisions, key=lambda one: one.seq)}


def write_results(store: Store) -> list[Path]:
    """Write reviews.jsonl and pairs.jsonl, and hand decisions to a run that waits; the paths.

    Raises ProofsetError where the disk does not take them.
    """
    decisions = store.decisions()
    edits = [one.item for one in last_of_each(decisions).values() if one.action == "edit"]
    records = map(Record.model_validate_json, store.bodies("record", edits).values())
    rows = [{"id": d.item, "decision": d.action} | d._asdict() for d in decisions]
    files: dict[str, Iterable[dict[str, Any]]] = {
        REVIEWS: ({k: v for k, v in row.items() if k not in ("item", "action", "seq")} for row in rows),
        PAIRS: pairs(records, decisions),
    }
    paths = []
    for name, lines in files.items():
        path = store.place.directory / name
        try:
            write_texts(path, (json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        except OSError as error:
            raise ProofsetError(
                f"{path}: cannot be written ({error.strerror}); the decisions are safe in reviews.db, "
                f"mend the disk and run `proofset review {store.place.directory}` again"
            ) from error
        paths.append(path)
    return paths


def hand_over(store: Store) -> bool:
    """Write the decisions on what a run waits for into its review.jsonl, where `proofset resume` finds them.

    False where the run is at work: it would write over them. They are handed over the next time.
    """
    path = store.place.waiting
    if path is None:
        return True
    with (store.place.directory / ".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if path.is_file():
            # What was filled in by hand, and never touched here, stays.
            decided = dict.fromkeys(store.touched()) | last_of_each(store.decisions())
            text = path.read_text(encoding="utf-8")
            write_texts(path, (_filled_in(line, decided) for line in text.split("\n") if line.strip()))
    return True


def _filled_in(line: str, decided: Mapping[str, Decided | None]) -> str:
    try:
        row = ReviewRow.model_validate_json(line)
    except ValueError:
        return line + "\n"
    if row.id not in decided:
        return line + "\n"
    one = decided[row.id]
    told = {"decision": "", "edited": "", "reason": ""}
    if one is not None:
        told = {"decision": one.action, "edited": one.edited, "reason": REASONS.get(one.reason, one.reason)}
    return row.model_copy(update=told).model_dump_json() + "\n"


def pairs(records: Iterable[Record], decisions: Iterable[Decided]) -> Iterator[dict[str, Any]]:
    """Preference pairs of people: for each record that was edited, the edited text over the model's."""
    standing = last_of_each(decisions)
    for record in records:
        one = standing.get(record.id)
        if one is not None and one.action == "edit" and one.edited != record.output:
            yield {
                "id": record.id,
                "instruction": record.instruction,
                "input": record.input,
                "chosen": one.edited,
                "rejected": record.output,
                "source": "human",
                "reviewer": one.reviewer,
            }


def reviewed(records: Iterable[Record], decisions: Iterable[Decided]) -> Iterator[Record]:
    """The records that people accepted or edited, with their verdict; the others are left out.

    What becomes of a record, `accepted_by` and `edited_by` say. What a machine check refuted is left out,
    too: a person who reads does not outweigh it.
    """
    standing = last_of_each(decisions)
    for record in records:
        one = standing.get(record.id)
        if one is None or one.action == "reject":
            continue
        if (
            any(e.outcome is Outcome.FAIL for e in record.verdict.evidence if e.hard)
            and one.action == "accept"
        ):
            continue
        if one.action == "edit" and one.edited != record.output:
            yield edited_by(record, one.reviewer, one.edited)
        else:
            yield accepted_by(record, one.reviewer, decision=one.action)
