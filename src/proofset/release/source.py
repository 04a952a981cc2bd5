"""Where an export's records come from: a run's ledger, or a file of records; they can be read twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from ..engine.config import RunConfig, make_config
from ..engine.rundir import RECORDS, holds_run, open_ledger
from ..engine.yields import Report, report_on
from ..errors import UsageError
from ..records import Record, Rejection
from ..records.lines import BadLine
from .evidence import is_record, parsed, read_rows


class Source(NamedTuple):
    """Records in a fixed order: of a run, that of its slots; of a file, that of its lines."""

    path: Path
    is_run: bool

    @classmethod
    def at(cls, path: Path) -> Source:
        """Raises UsageError where there is neither a run nor a file."""
        if path.is_dir():
            if holds_run(path):
                return cls(path, is_run=True)
            if (path / RECORDS).is_file():
                return cls(path / RECORDS, is_run=False)
            raise UsageError(f"{path}: no run and no {RECORDS} in it; give a run or a file of records")
        if not path.is_file():
            raise UsageError(f"{path}: no such file or directory; give a run or a file of records")
        return cls(path, is_run=False)

    def records(self) -> Iterator[Record]:
        """Raises UsageError for a line that is no record: what is released is known whole."""
        if self.is_run:
            with closing(open_ledger(self.path)) as ledger:
                for run in ledger.runs():
                    yield from ledger.records(run.run_id)
            return
        seen: set[str] = set()
        for read in read_rows(self.path):
            where = f"{self.path} line {read.number}"
            if isinstance(read.value, BadLine) or not is_record(read.value):
                why = read.value.reason if isinstance(read.value, BadLine) else "a row without its verdict"
                raise UsageError(f"{where}: {why}; only records can be exported, mend or remove it")
            found = parsed(read.value)
            if found.record is None:
                raise UsageError(f"{where}: {found.fault.reason if found.fault else 'no record'}; mend it")
            if found.record.id in seen:
                raise UsageError(f"{where}: record {found.record.id} is there twice; remove one of them")
            seen.add(found.record.id)
            yield found.record

    def rejections(self) -> Iterator[Rejection]:
        """What a run turned down; nothing for a file."""
        if self.is_run:
            with closing(open_ledger(self.path)) as ledger:
                for run in ledger.runs():
                    yield from ledger.rejections(run.run_id)

    def report(self) -> Report | None:
        """What the run yielded; None for a file."""
        return report_on(self.path) if self.is_run else None

    def config(self) -> RunConfig | None:
        """What the run was told; None for a file."""
        if not self.is_run:
            return None
        with closing(open_ledger(self.path)) as ledger:
            (run,) = ledger.runs() or (None,)
        values: dict[str, Any] = run.config if run else {}
        return make_config(values, source=f"the run in {self.path}")
