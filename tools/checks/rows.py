"""Files of rows to check: read line by line, ruled on in windows, written in one atomic step.

A line that cannot be read is reported with its number and costs no other line its ruling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, ValidationError

from ...errors import UsageError
from ...records import Decision, Evidence, well_formed
from ...records.atomic import AtomicFile
from ...records.lines import MAX_LINE_BYTES, BadLine, RawLine, object_of, raw_lines
from ..sandbox import Sandbox

WINDOW_ROWS = 64
WINDOW_BYTES = MAX_LINE_BYTES

RowT = TypeVar("RowT", bound=BaseModel)


class Ruling(BaseModel):
    """What a batch check says of one row; one line of its output."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: StrictStr | StrictInt
    verdict: Decision
    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Line(Generic[RowT]):
    number: int
    row: RowT
    size: int
    """In bytes."""


class Ruled(NamedTuple):
    number: int
    ruling: Ruling


@dataclass(slots=True)
class Totals:
    verdicts: Counter[Decision] = field(default_factory=Counter)
    unreadable: int = 0


def read_lines(file: BinaryIO, form: type[RowT]) -> Iterator[Line[RowT] | BadLine]:
    """Rows of a JSONL file in order; blank lines are skipped. Never raises for what a line holds."""
    for line in raw_lines(file):
        yield line if isinstance(line, BadLine) else _read(line, form)


def _read(line: RawLine, form: type[RowT]) -> Line[RowT] | BadLine:
    value = object_of(line)
    if isinstance(value, BadLine):
        return value
    # Lone surrogates can stand in JSON, yet in no file of ours.
    clean = {name: well_formed(item) if isinstance(item, str) else item for name, item in value.items()}
    try:
        return Line(line.number, form.model_validate(clean), len(line.raw))
    except ValidationError as error:
        return BadLine(line.number, first_fault(error))


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong with a row, on one line."""
    fault = error.errors()[0]
    return f"{fault['loc'][0] if fault['loc'] else 'row'}: {fault['msg']}"[:200]


async def check_file(
    source: Path,
    out: Path,
    form: type[RowT],
    check: Callable[[Sequence[RowT], Sandbox], Awaitable[Sequence[Ruling]]],
    open_: Callable[[], Awaitable[Sandbox]],
    tell: Callable[[Ruled | BadLine], None],
) -> Totals:
    """Check each row of `source` and write its ruling to `out`, in the order of the rows.

    At most 64 rows or 8 MiB are held at once. `out` appears when all is done, or stays as it was.

    Raises:
        UsageError: a file cannot be read or written, or both are the same.
    """
    totals = Totals()
    with _opened(source) as file, AtomicFile(source, out) as target:
        sandbox = await open_()
        try:
            window: list[Line[RowT]] = []
            for line in read_lines(file, form):
                if isinstance(line, BadLine):
                    totals.unreadable += 1
                    tell(line)
                    continue
                window.append(line)
                if len(window) == WINDOW_ROWS or sum(each.size for each in window) >= WINDOW_BYTES:
                    await _rule(window, check, sandbox, target, totals, tell)
                    window = []
            await _rule(window, check, sandbox, target, totals, tell)
        finally:
            await sandbox.close()
        target.keep()
    return totals


async def _rule(
    window: Sequence[Line[RowT]],
    check: Callable[[Sequence[RowT], Sandbox], Awaitable[Sequence[Ruling]]],
    sandbox: Sandbox,
    target: AtomicFile,
    totals: Totals,
    tell: Callable[[Ruled | BadLine], None],
) -> None:
    rulings = await check([line.row for line in window], sandbox) if window else ()
    for line, ruling in zip(window, rulings, strict=True):
        target.write(ruling.model_dump_json().encode() + b"\n")
        totals.verdicts[ruling.verdict] += 1
        tell(Ruled(line.number, ruling))


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise UsageError(f"{source}: cannot read it ({error.strerror}); give a JSONL file") from error
