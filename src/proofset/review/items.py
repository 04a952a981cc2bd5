"""Items: what a person reviews, read from a run's files; and how uncertain each is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from ..engine.reviews import REVIEW, ReviewRow
from ..engine.rundir import RECORDS, UNVERIFIED
from ..errors import UsageError
from ..records import Evidence, EvidenceKind, Grade, Record
from ..records.lines import BadLine
from ..release.evidence import parsed, read_rows

Kind = Literal["record", "waiting"]
QUEUES = {1: "uncertain", 2: "fixable", 3: "sure"}
"""Places in the queue, as people read them."""
RANKS = {None: 0, Grade.JUDGED: 1, Grade.CHECKED: 2, Grade.PROVED: 3, Grade.HUMAN: 4}


class Place(NamedTuple):
    """Where the items are, and where decisions go."""

    directory: Path
    records: tuple[Path, ...]
    waiting: Path | None

    @classmethod
    def at(cls, path: Path) -> Place:
        """Raises UsageError where there is nothing to review."""
        if path.is_file():
            return cls(path.parent, (path,), None)
        if not path.is_dir():
            raise UsageError(
                f"{path}: no such file or directory; give a run's directory or a file of records"
            )
        records = tuple(found for name in (RECORDS, UNVERIFIED) if (found := path / name).is_file())
        waiting = path / REVIEW if (path / REVIEW).is_file() else None
        if not records and waiting is None:
            raise UsageError(
                f"{path}: no {RECORDS} and no {REVIEW} in it; `proofset resume {path}` writes them for a run"
            )
        return cls(path, records, waiting)

    @property
    def files(self) -> tuple[Path, ...]:
        return (*self.records, *([self.waiting] if self.waiting else []))


class Item(NamedTuple):
    """One item of the queue.

    Attributes:
        rank: of its grade, the weakest first; 0 for what has none.
        queue: where its graph puts it, 1 first; 0 for what no graph has put anywhere.
        uncertainty: of the judge, 0 to 1, as its graph tells it.
        margin: how far its lowest judge's score is above the bound of that judge; infinite without a judge.
        body: the line that it stands in, as JSON.
        text: what a search looks at.
    """

    id: str
    kind: Kind
    method: str
    grade: str
    risk: str
    rank: int
    queue: int
    uncertainty: float
    margin: float
    body: str
    text: str

    @property
    def order(self) -> tuple[int, int, float, float]:
        """Its place in the queue: the most uncertain first."""
        return self.rank, self.queue, -self.uncertainty, self.margin


def read_items(place: Place, note: Callable[[str], None]) -> Iterator[Item]:
    """All items in the order of the files. A line that is none is passed over, and `note` is told."""
    seen: set[str] = set()
    for path in place.files:
        read = _read_waiting if path == place.waiting else _read_record
        for row in read_rows(path):
            where = f"{path} line {row.number}"
            found = row.value.reason if isinstance(row.value, BadLine) else read(row.value)
            if isinstance(found, str):
                note(f"{where}: {found}; it is left out, mend it")
            elif found.id in seen:
                note(f"{where}: {found.id} is there twice; the first one counts")
            else:
                seen.add(found.id)
                yield found


def _read_record(value: dict[str, Any]) -> Item | str:
    found = parsed(value)
    if found.record is None:
        return found.fault.reason if found.fault else "no record"
    return of_record(found.record)


def _read_waiting(value: dict[str, Any]) -> Item | str:
    try:
        row = ReviewRow.model_validate(value)
    except ValidationError as error:
        return str(error.errors()[0]["msg"])
    text = "\n".join((row.instruction, row.response))
    body = row.model_dump_json()
    return Item(row.id, "waiting", "check-point", "", "", 0, 0, 0.0, math.inf, body, text)


def of_record(record: Record) -> Item:
    """The item that a record is."""
    grade, uncertainty = record.verdict.grade, record.scores.get("uncertainty", 0.0)
    return Item(
        id=record.id,
        kind="record",
        method=record.method,
        grade=grade.value if grade else "",
        risk=record.risk.value,
        rank=RANKS[grade],
        queue=queue_of(record.scores),
        uncertainty=uncertainty if 0 <= uncertainty <= 1 else 0.0,
        margin=min(map(_margin, record.verdict.evidence), default=math.inf),
        body=record.model_dump_json(),
        text="\n".join((record.instruction, record.input, record.output)),
    )


def queue_of(scores: Mapping[str, float]) -> int:
    """Where a graph has put a record, 1 first; 0 where it has put it nowhere. Files are strangers'."""
    queue = scores.get("queue", 0)
    return int(queue) if queue in QUEUES else 0


def _margin(evidence: Evidence) -> float:
    scores, bound = evidence.observed.get("scores"), evidence.inputs.get("minimum")
    if evidence.kind is not EvidenceKind.JUDGE or not isinstance(scores, dict):
        return math.inf
    numbers = [float(score) for score in scores.values() if isinstance(score, int | float)]
    return min(numbers) - float(bound) if numbers and isinstance(bound, int | float) else math.inf
