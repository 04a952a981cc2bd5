"""Filtering: rows go through, each is kept as it is or dropped with a reason; both files appear together.

source ─▶ batches of rows ─▶ judge ─┬▶ OUT      kept rows, unchanged, in order
                                    └▶ DROPPED  which row, why; and rows that cannot be read
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import UsageError
from ...records.atomic import AtomicFile
from .row import BadRow, Row
from .source import DataFile, Source
from .texts import Missing
from .writing import RowWriter, json_line

BATCH_ROWS = 256
BATCH_BYTES = 8 * 1024 * 1024


class Drop(NamedTuple):
    """Why a row is not kept: a short name for counting, a sentence, and what else there is to say."""

    code: str
    reason: str
    details: Mapping[str, Any]


class Unreadable(NamedTuple):
    """A row that is left out because it cannot be read, or lacks the field that is asked for."""

    file: DataFile
    row: int
    reason: str


@dataclass(slots=True)
class Progress:
    """How far a filter is; `done_bytes` of `total_bytes` of the input."""

    total_bytes: int
    done_bytes: int = 0
    rows: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0


class Listener:
    """What a filter tells while it goes. Nothing, unless a subclass listens."""

    def notice(self, message: str) -> None:
        """Something to know about the files that are read."""

    def unreadable(self, row: Unreadable) -> None:
        """A row is left out."""

    def progress(self, progress: Progress) -> None:
        """Some rows more are done; called after every batch, with the same object."""


Judge = Callable[[Sequence[tuple[DataFile, Row]]], Sequence[Drop | Missing | None]]
"""Says of each row of a batch, in order, why it is dropped; None keeps it, Missing leaves it out as bad."""


def dropped_beside(out: Path) -> Path:
    """Where dropped rows go unless told otherwise: `OUT.dropped.jsonl`."""
    name = out.name.removesuffix(".gz")
    return out.with_name(f"{Path(name).stem}.dropped.jsonl")


def several(paths: str | Path | Sequence[str | Path]) -> Sequence[str | Path]:
    """One path or many, as many."""
    return [paths] if isinstance(paths, str | Path) else paths


def filter_rows(
    source: Source,
    out: Path,
    dropped: Path,
    judge: Judge,
    *,
    against: Sequence[Path] = (),
    listener: Listener | None = None,
) -> Progress:
    """Run all rows of a source through a judge. Files appear when all is done, or stay as they were.

    Args:
        against: files that are read beside the source, and must not be written to.

    Raises:
        UsageError: a file cannot be read or written, or two of them are the same.
        ProofsetError: the disk does not take what is written.
    """
    listener = listener or Listener()
    _check_apart(out, dropped, [*against, source.path])
    progress = Progress(source.size)
    several = len(source.files) > 1 or source.files[0].path != source.path
    with ExitStack() as stack:
        kept_file = stack.enter_context(RowWriter(source, out))
        dropped_file = stack.enter_context(AtomicFile(source.path, dropped, option="--dropped"))

        def turn_down(file: DataFile, row: int, drop: Drop) -> None:
            where = {"file": str(file.path)} if several else {}
            dropped_file.write(
                json_line({"row": row, **where, "code": drop.code, "reason": drop.reason, **drop.details})
            )

        def leave_out(file: DataFile, row: int, reason: str) -> None:
            progress.unreadable += 1
            turn_down(file, row, Drop("unreadable", reason, {}))
            listener.unreadable(Unreadable(file, row, reason))

        for batch in _batches(source):
            good = [(file, row) for file, row in batch.rows if isinstance(row, Row)]
            judged = iter(judge(good))
            for file, row in batch.rows:
                progress.rows += 1
                ruling = Missing(row.reason) if isinstance(row, BadRow) else next(judged)
                if isinstance(ruling, Missing):
                    leave_out(file, row.number, ruling.reason)
                elif isinstance(ruling, Drop):
                    progress.dropped[ruling.code] += 1
                    turn_down(file, row.number, ruling)
                elif isinstance(row, Row):
                    progress.kept += 1
                    kept_file.write(row)
            progress.done_bytes = batch.end
            listener.progress(progress)
        progress.done_bytes = source.size
        listener.progress(progress)
        dropped_file.keep()
        kept_file.keep()
    return progress


class _Batch(NamedTuple):
    rows: list[tuple[DataFile, Row | BadRow]]
    end: int


def _batches(source: Source) -> Iterator[_Batch]:
    rows: list[tuple[DataFile, Row | BadRow]] = []
    before = held = end = 0
    current = source.files[0]
    for file, row in source.rows():
        if file is not current:
            before, current, end = before + current.size, file, 0
        held += max(row.end - end, 0)
        end = row.end
        rows.append((file, row))
        if len(rows) == BATCH_ROWS or held >= BATCH_BYTES:
            yield _Batch(rows, before + end)
            rows, held = [], 0
    yield _Batch(rows, before + end)


def _check_apart(out: Path, dropped: Path, against: Sequence[Path]) -> None:
    if _same(out, dropped):
        raise UsageError(f"--dropped {dropped}: it is --out as well; give each a file of its own")
    for path in against:
        for option, target in (("--out", out), ("--dropped", dropped)):
            inside = path.is_dir() and target.exists() and path.resolve() in target.resolve().parents
            if inside or _same(path, target):
                raise UsageError(f"{option} {target}: it is read as well; give another file")


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
