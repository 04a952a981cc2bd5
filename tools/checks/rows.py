"""Files of rows to check: read line by line, ruled on in windows, written in one atomic step.

A line that cannot be read is reported with its number and costs no other line its ruling.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, ValidationError

from ...errors import ProofsetError, UsageError
from ...records import Decision, Evidence, well_formed
from ..sandbox import Sandbox

MAX_LINE_BYTES = 8 * 1024 * 1024
WINDOW_ROWS = 64
WINDOW_BYTES = 8 * 1024 * 1024

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


class BadLine(NamedTuple):
    number: int
    reason: str


class Ruled(NamedTuple):
    number: int
    ruling: Ruling


@dataclass(slots=True)
class Totals:
    verdicts: Counter[Decision] = field(default_factory=Counter)
    unreadable: int = 0


def read_lines(file: BinaryIO, form: type[RowT]) -> Iterator[Line[RowT] | BadLine]:
    """Rows of a JSONL file in order; blank lines are skipped. Never raises for what a line holds."""
    number = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(MAX_LINE_BYTES)
            yield BadLine(number, f"longer than {MAX_LINE_BYTES // 2**20} MiB")
        elif raw.strip():
            yield _read(number, raw, form)


def _read(number: int, raw: bytes, form: type[RowT]) -> Line[RowT] | BadLine:
    try:
        value = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return BadLine(number, f"no UTF-8 at byte {error.start}")
    except json.JSONDecodeError as error:
        return BadLine(number, f"no JSON: {error.msg} at character {error.pos + 1}")
    except (ValueError, RecursionError):
        return BadLine(number, "no JSON that can be read: a number too long, or nested too deep")
    if not isinstance(value, dict):
        return BadLine(number, f"a JSON {type(value).__name__} where an object belongs")
    # Lone surrogates can stand in JSON, yet in no file of ours.
    clean = {name: well_formed(item) if isinstance(item, str) else item for name, item in value.items()}
    try:
        return Line(number, form.model_validate(clean), len(raw))
    except ValidationError as error:
        return BadLine(number, first_fault(error))


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
    with _opened(source) as file, _Atomic(source, out) as target:
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
    target: _Atomic,
    totals: Totals,
    tell: Callable[[Ruled | BadLine], None],
) -> None:
    rulings = await check([line.row for line in window], sandbox) if window else ()
    for line, ruling in zip(window, rulings, strict=True):
        target.write(ruling.model_dump_json() + "\n")
        totals.verdicts[ruling.verdict] += 1
        tell(Ruled(line.number, ruling))


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise UsageError(f"{source}: cannot read it ({error.strerror}); give a JSONL file") from error


class _Atomic:
    """A file beside its final place, moved there when it is complete."""

    def __init__(self, source: Path, out: Path) -> None:
        self.out = out
        if out.is_dir() or (out.exists() and out.samefile(source)):
            raise UsageError(f"--out {out}: give a file that is not the input and no directory")
        try:
            descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        except OSError as error:
            raise UsageError(f"--out {out}: cannot write it ({error.strerror}); give another path") from error
        self._path = Path(name)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")

    def __enter__(self) -> _Atomic:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError as error:
            raise ProofsetError(f"--out {self.out}: cannot write on ({error.strerror}); mend that") from error

    def keep(self) -> None:
        try:
            self._file.flush()
            # A private temporary file becomes one like any other that this user makes.
            mask = os.umask(0)
            os.umask(mask)
            self._path.chmod(0o666 & ~mask)
            self._path.replace(self.out)
        except OSError as error:
            raise ProofsetError(f"--out {self.out}: cannot write it ({error.strerror}); mend that") from error
