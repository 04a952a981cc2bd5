"""Rows back to their records: a record's own line, a row with an evidence column, or one joined by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..errors import ProofsetError, UsageError
from ..records import Record
from ..records.lines import BadLine, RawLine, object_of, raw_lines, unique_keys
from ..records.seal import row_sha256
from ..tools.checks.rows import first_fault
from .faults import Fault
from .formats import EVIDENCE_COLUMN, Rows, fault_of_row, messages


class Read(NamedTuple):
    """One line of a data file, the first one is 1."""

    number: int
    value: dict[str, Any] | BadLine


class Resolved(NamedTuple):
    """The record that a line stands for, and what is wrong with that already."""

    record: Record | None
    fault: Fault | None = None


def read_rows(path: Path) -> Iterator[Read]:
    """The rows of a JSONL or Parquet file. Raises UsageError where it cannot be read at all."""
    if path.suffix == ".parquet":
        from ..memory.rows.row import BadRow
        from ..memory.rows.tables import read_parquet

        for number, row in enumerate(read_parquet(path), start=1):
            bad = isinstance(row, BadRow)
            yield Read(number, BadLine(number, row.reason) if bad else dict(row.value))  # type: ignore[union-attr]
        return
    try:
        with path.open("rb") as file:
            for line in raw_lines(file):
                bad_line = isinstance(line, BadLine)
                yield Read(line.number, line if bad_line else object_of(line, pairs=unique_keys))  # type: ignore[arg-type]
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror}); give a JSONL file") from error


def id_of(value: Mapping[str, Any] | BadLine) -> str:
    """The id that a row states; empty where it states none."""
    found = None if isinstance(value, BadLine) else value.get("id")
    return found if isinstance(found, str) else ""


def is_record(value: Mapping[str, Any]) -> bool:
    """Whether a row is a record with its verdict, rather than something made of one."""
    return "verdict" in value and "lineage" in value


class EvidenceFile:
    """Records in a file of their own, found by id; and by content, for rows that have no id.

    Raises UsageError where it cannot be read or holds no records.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[str, int] = {}
        self._twice: set[str] = set()
        self._by_row: dict[str, str] | None = None
        try:
            with path.open("rb") as file:
                place = 0
                for line in raw_lines(file):
                    if isinstance(line, RawLine):
                        self._note(line, file.tell() - len(line.raw))
                    place = line.number
        except OSError as error:
            raise UsageError(f"--evidence {path}: cannot read it ({error.strerror})") from error
        if place and not self._places:
            raise UsageError(f"--evidence {path}: holds no records; give the evidence file of the export")

    def _note(self, line: RawLine, place: int) -> None:
        value = object_of(line, pairs=unique_keys)
        if isinstance(value, BadLine) or not is_record(value):
            return
        id = id_of(value)
        if id in self._places:
            self._twice.add(id)
        self._places.setdefault(id, place)

    def find(self, row: Mapping[str, Any]) -> Resolved:
        """The record of a row."""
        id = id_of(row) or self._id_by_row(row)
        if id in self._twice:
            return Resolved(None, Fault("evidence_twice", f"{self.path.name} has two records {id}"))
        if id not in self._places:
            named = f"record {id}" if id else "a record with this text"
            return Resolved(None, Fault("no_evidence", f"{self.path.name} has no {named}"))
        with self.path.open("rb") as file:
            file.seek(self._places[id])
            return parsed(object_of(RawLine(2, file.readline()), pairs=unique_keys))

    def _id_by_row(self, row: Mapping[str, Any]) -> str:
        if self._by_row is None:
            self._by_row = {}
            for read in read_rows(self.path):
                record = None if isinstance(read.value, BadLine) else parsed(read.value).record
                for made in messages(record) if record else ():
                    self._by_row[row_sha256(made)] = record.id if record else ""
        return self._by_row.get(row_sha256(row), "")


def parsed(value: dict[str, Any] | BadLine) -> Resolved:
    """A record from its JSON object."""
    if isinstance(value, BadLine):
        return Resolved(None, Fault("unreadable", value.reason))
    try:
        return Resolved(Record.model_validate(value))
    except ValidationError as error:
        return Resolved(None, Fault("unreadable", f"no record: {first_fault(error)}"))


def resolve(value: dict[str, Any], evidence: EvidenceFile | None, own: Rows | None = None) -> Resolved:
    """The record of a row, and whether the row says what it says; `own` makes the rows of a plug-in."""
    if is_record(value):
        return parsed(value)
    column = value.get(EVIDENCE_COLUMN)
    if isinstance(column, str):
        inside = object_of(RawLine(2, column.encode("utf-8", "replace")), pairs=unique_keys)
        found = parsed(inside)
        if found.record is not None and found.record.id != value.get("id", found.record.id):
            return Resolved(found.record, Fault("other_id", f"its evidence is that of {found.record.id}"))
    elif evidence is not None:
        found = evidence.find(value)
    else:
        return Resolved(None, Fault("no_evidence", "it holds no evidence; give --evidence FILE"))
    if found.record is None or found.fault:
        return found
    try:
        return Resolved(found.record, fault_of_row(value, found.record, own))
    except ProofsetError as error:
        return Resolved(found.record, Fault("no_row", str(error)))
