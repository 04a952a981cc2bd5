"""Verify: a data file, a run or an export, row by row: as it was sealed, and true when it is checked again.

files of the manifest ─▶ compare each with its chain ─▶ every row ─▶ its record ─▶ recheck ─▶ Result
                                                                                  in the order of the rows
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..engine.rundir import RECORDS, RED_TEAM_RECORDS, UNVERIFIED
from ..errors import UsageError
from ..records import Grade, Record
from ..records.lines import BadLine
from ..records.seal import (
    CHAIN,
    MANIFEST,
    NO_ROWS,
    Exporter,
    Link,
    Manifest,
    Seal,
    file_sha256,
    head_of,
    manifest_path,
    next_head,
    read_chain,
    read_manifest,
    row_sha256,
)
from ..tools.sandbox import Sandbox
from .evidence import EvidenceFile, Read, id_of, is_record, read_rows, resolve
from .exporters import rows_again
from .faults import Fault
from .formats import Rows
from .rechecking import Rechecked, Status, recheck
from .tampering import Compared, Seen, compare

AT_ONCE = 16
"""Rows in work at once: enough to keep the sandbox busy."""
_REMEMBERED = 256
"""Records whose result is kept for further rows of theirs."""


class Result(BaseModel):
    """What was found about one row; `line` is None for a row that is gone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int | None
    id: str
    status: Status
    grade: Grade | None = None
    checks: int = 0
    opinions: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One file of rows, with what was sealed of it."""

    path: Path
    seal: Seal | None
    chain: tuple[Link, ...] | None
    recheck: bool = True
    """False for evidence, whose records are checked with the rows that were made of them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be verified."""

    parts: tuple[Part, ...]
    evidence: Path | None
    notes: tuple[str, ...] = ()
    exporter: Exporter | None = None


@dataclass(slots=True)
class Totals:
    """Counts of all rows.

    Attributes:
        sealed: False where a file had no chain to be compared with.
        heads: file to the head of the chain over what it holds now.
        rewritten: files with other bytes than were sealed, though their rows say the same.
    """

    rows: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    opinions: int = 0
    sealed: bool = True
    heads: dict[str, str] = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return self.statuses[Status.FAILED]

    def add(self, result: Result) -> None:
        """Count one row; evidence of a record that has several rows counts once for each."""
        self.rows += result.line is not None
        self.statuses[result.status] += 1
        self.faults.update(fault.code for fault in result.faults)
        self.checks += result.checks
        self.opinions += result.opinions


def plan_of(source: Path, evidence: Path | None = None) -> Plan:
    """What a path stands for: a run, an export, or one file of either.

    Raises UsageError for anything else, and where a manifest or a chain cannot be read.
    """
    if source.is_dir():
        found = source / MANIFEST
        if found.is_file():
            return _sealed(found, evidence, None)
        names = [name for name in (RECORDS, UNVERIFIED, RED_TEAM_RECORDS) if (source / name).is_file()]
        if not names:
            raise UsageError(
                f"{source}: no {MANIFEST} and no {RECORDS} in it; give a run, an export or a file"
            )
        return Plan(tuple(Part(source / name, None, None) for name in names), evidence)
    if not source.is_file():
        raise UsageError(f"{source}: no such file or directory; give a run, an export or a JSONL file")
    manifest = manifest_path(source)
    if manifest is not None:
        plan = _sealed(manifest, evidence, source)
        if plan.parts:
            return plan
    return Plan((Part(source, None, None),), evidence)


def _sealed(at: Path, evidence: Path | None, only: Path | None) -> Plan:
    manifest: Manifest = read_manifest(at)
    parts, notes = [], []
    for seal in manifest.files:
        path = at.parent / seal.name
        if seal.holds == "other":
            if only is None and (not path.is_file() or file_sha256(path) != seal.sha256):
                notes.append(f"{path} is not as it was written; no row depends on it")
            continue
        is_evidence = seal.name == manifest.evidence
        if only is not None and path.resolve() != only.resolve():
            continue
        if is_evidence and evidence is not None and not path.is_file():
            continue
        if not path.is_file():
            mend = "give --evidence FILE" if is_evidence else "put it back"
            raise UsageError(f"{path}: {at.name} names it and it is not there; {mend}")
        chain = read_chain(path.with_name(path.name + CHAIN))
        parts.append(Part(path, seal, chain, recheck=not is_evidence or only is not None))
    if evidence is None and manifest.evidence is not None:
        evidence = at.parent / manifest.evidence
    return Plan(tuple(parts), evidence, tuple(notes), manifest.exporter)


async def verify(
    plan: Plan, sandbox: Sandbox, tell: Callable[[Result], None], *, at_once: int = AT_ONCE
) -> Totals:
    """Verify all rows of a plan; `tell` gets one result for each, in order, and one for each that is gone.

    Raises UsageError where a file as a whole cannot be read.
    """
    totals = Totals()
    joined = EvidenceFile(plan.evidence) if plan.evidence else None
    make = rows_again(plan.exporter)

    def told(result: Result) -> None:
        totals.add(result)
        tell(result)

    for part in plan.parts:
        compared, head = _compared(part)
        totals.sealed = totals.sealed and part.chain is not None
        totals.heads[part.path.name] = head
        if part.seal and compared.intact and file_sha256(part.path) != part.seal.sha256:
            totals.rewritten.append(part.path.name)
        if part.recheck:
            await _Rows(part, joined, make, sandbox, compared, told).run(at_once)
        else:
            # Evidence: only what is wrong with the file itself.
            for number, fault in sorted(compared.faults.items()):
                told(_failed(part, number, "", fault))
        for gone in compared.missing:
            told(_failed(part, None, gone.id, gone.fault))
    return totals


def _failed(part: Part, number: int | None, id: str, *faults: Fault) -> Result:
    return Result(file=part.path.name, line=number, id=id, status=Status.FAILED, faults=faults)


def _compared(part: Part) -> tuple[Compared, str]:
    """The file against its chain, and the head of the chain over what the file holds now."""
    seen, head = [], NO_ROWS
    for read in read_rows(part.path):
        sha256 = "" if isinstance(read.value, BadLine) else row_sha256(read.value)
        head = next_head(head, sha256) if sha256 else head
        seen.append(Seen(read.number, id_of(read.value), sha256))
    if part.chain is None or part.seal is None:
        return Compared(), head
    compared = compare(seen, part.chain)
    if head_of(part.chain) != part.seal.head:
        fault = Fault("chain", f"{part.path.name}{CHAIN} does not lead to the head that the manifest states")
        number = seen[0].number if seen else 1
        compared.faults.setdefault(number, fault)
    return compared, head


class _Rows:
    """The rows of one file in work."""

    def __init__(
        self,
        part: Part,
        joined: EvidenceFile | None,
        make: Rows | None,
        sandbox: Sandbox,
        compared: Compared,
        told: Callable[[Result], None],
    ) -> None:
        self._part = part
        self._joined = joined
        self._make = make
        self._sandbox = sandbox
        self._compared = compared
        self._told = told
        self._seen: set[str] = set()
        self._rechecked: OrderedDict[str, asyncio.Task[Rechecked]] = OrderedDict()

    async def run(self, at_once: int) -> None:
        waiting: deque[asyncio.Task[Result]] = deque()
        try:
            for read in read_rows(self._part.path):
                waiting.append(asyncio.create_task(self._row(read, list(self._twice(read)))))
                if len(waiting) >= at_once:
                    self._told(await waiting.popleft())
            while waiting:
                self._told(await waiting.popleft())
        finally:
            left = [*waiting, *self._rechecked.values()]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def _twice(self, read: Read) -> Iterator[Fault]:
        """A row that was there before, where there is no chain that would tell."""
        if self._part.chain is not None or isinstance(read.value, BadLine):
            return
        # A record may have several rows, but each of them once; the record itself has one.
        id = id_of(read.value)
        key = id if "verdict" in read.value and id else row_sha256(read.value)
        if key in self._seen:
            yield Fault("duplicated", f"row {id or 'without an id'} is in the file more than once")
        self._seen.add(key)

    async def _row(self, read: Read, faults: list[Fault]) -> Result:
        if read.number in self._compared.faults:
            faults.append(self._compared.faults[read.number])
        if isinstance(read.value, BadLine):
            faults.append(Fault("unreadable", read.value.reason))
            return _failed(self._part, read.number, "", *faults)
        found = resolve(read.value, self._joined, self._make)
        if found.fault:
            faults.append(found.fault)
        if found.record is None:
            return _failed(self._part, read.number, id_of(read.value), *faults)
        again = await self._recheck(found.record, alone=is_record(read.value))
        return Result(
            file=self._part.path.name,
            line=read.number,
            id=found.record.id,
            status=Status.FAILED if faults else again.status,
            grade=found.record.verdict.grade,
            checks=again.ran,
            opinions=again.opinions,
            faults=(*faults, *again.faults),
        )

    async def _recheck(self, record: Record, *, alone: bool) -> Rechecked:
        """Once for all rows of a record that stand near each other; `alone` where it is a row itself."""
        if alone:
            return await recheck(record, self._sandbox)
        key = row_sha256(record.model_dump(mode="json"))
        if key not in self._rechecked:
            self._rechecked[key] = asyncio.ensure_future(recheck(record, self._sandbox))
            if len(self._rechecked) > _REMEMBERED:
                self._rechecked.popitem(last=False)
        return await self._rechecked[key]


def summary_json(totals: Totals, seconds: float) -> dict[str, Any]:
    """The counts as one JSON object."""
    return {
        "event": "summary",
        "rows": totals.rows,
        **{status.value: totals.statuses[status] for status in Status},
        "checks": totals.checks,
        "opinions": totals.opinions,
        "faults": dict(totals.faults.most_common()),
        "sealed": totals.sealed,
        "heads": totals.heads,
        "seconds": round(seconds, 3),
    }
