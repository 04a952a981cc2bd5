"""Logs, row by row: JSON lines, JSON lists, one object over many lines; each may be .gz. None is held whole.

What is wrong with a row is told by file and line, and the rest goes on. A last line without an end may still
be being written: unless it is whole already it is left for the next time.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ..corpus import Left
from ..corpus.scanning import raw_lines, row_of
from ..errors import UsageError
from ..records import well_formed
from ..records.json_lists import ListItem, list_items
from ..records.lines import MAX_LINE_BYTES, BadLine, RefusedError

SUFFIXES = (".jsonl", ".ndjson", ".json", ".log")
"""Of the files that a directory stands for, each also with `.gz` after it; rotated ones as `.jsonl.1`."""
INTAKE_DB = "intake.db"
"""The ledger of a directory of traffic."""
_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ENVELOPES = ("runs", "data", "observations", "traces")
_START = 4096


class LogRow(NamedTuple):
    """A row of a log. `line` is 1 for the first; `end` is how many bytes of the file were read."""

    line: int
    value: dict[str, Any]
    end: int


class Unfinished(NamedTuple):
    """A last line that is not whole: whoever writes the log has not come to its end."""

    line: int


@dataclass(frozen=True, slots=True)
class Log:
    """A file of a log, as long as it was when it was opened.

    Attributes:
        size: bytes; what is written behind them meanwhile is for the next time.
    """

    path: Path
    size: int

    @property
    def name(self) -> str:
        """As people and JSON can read it."""
        return " ".join(well_formed(str(self.path)).splitlines())

    def rows(self) -> Iterator[LogRow | Left | Unfinished]:
        """All rows in order. Never raises for what the file holds, nor where it cannot be read."""
        try:
            with self.path.open("rb") as raw:
                counted = _Until(raw, self.size)
                if self.path.suffix.lower() == ".gz":
                    with gzip.open(io.BufferedReader(counted)) as file:
                        yield from self._rows(io.BufferedReader(file), counted)
                else:
                    yield from self._rows(io.BufferedReader(counted, 1 << 18), counted)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield Left(self.name, 0, "broken_gzip", f"it does not unpack to its end ({error})")
        except OSError as error:
            yield Left(self.name, 0, "unreadable", f"it cannot be read ({error.strerror or error})")

    def _rows(self, file: io.BufferedReader, counted: _Until) -> Iterator[LogRow | Left | Unfinished]:
        start = file.peek(_START)[:_START].removeprefix(_MARK).lstrip()
        if start.startswith(_UTF16) or b"\0" in start:
            yield Left(self.name, 1, "not_utf8", "it is no UTF-8 (a NUL byte, or UTF-16); save it as UTF-8")
        elif start.startswith(b"["):
            yield from self._list(file)
        elif start.splitlines()[:1] == [b"{"]:
            yield from self._object(file)
        else:
            yield from self._lines(file, counted)

    def _lines(self, file: BinaryIO, counted: _Until) -> Iterator[LogRow | Left | Unfinished]:
        for line in raw_lines(file):
            if line.raw is None:
                reason = f"longer than {MAX_LINE_BYTES // 2**20} MiB; break it up"
                yield Left(self.name, line.number, "line_too_long", reason)
            elif line.raw.strip():
                row = row_of(line.raw, first=line.offset == 0)
                if isinstance(row, dict):
                    yield from _opened(line.number, row, counted.read_bytes)
                elif line.raw.endswith(b"\n"):
                    yield Left(self.name, line.number, "no_row", row)
                else:
                    yield Unfinished(line.number)

    def _list(self, file: BinaryIO) -> Iterator[LogRow | Left | Unfinished]:
        for item in list_items(file):
            if isinstance(item, BadLine):
                yield Left(self.name, item.number, "no_row", f"item {item.number} of the list: {item.reason}")
            elif isinstance(item.value, dict) and _is_text(item):
                yield LogRow(item.number, item.value, item.end)
            else:
                why = str(item.value) if isinstance(item.value, RefusedError) else "no JSON object in UTF-8"
                yield Left(self.name, item.number, "no_row", f"item {item.number} of the list: {why}")

    def _object(self, file: BinaryIO) -> Iterator[LogRow | Left | Unfinished]:
        data = file.read(MAX_LINE_BYTES + 1)
        if len(data) > MAX_LINE_BYTES:
            reason = f"one object of more than {MAX_LINE_BYTES // 2**20} MiB; write one object per line"
            yield Left(self.name, 1, "line_too_long", reason)
            return
        row = row_of(data, first=True)
        if isinstance(row, dict):
            yield from _opened(1, row, self.size)
        else:
            yield Left(self.name, 1, "no_row", row)


class _Until(io.RawIOBase):
    """The first so many bytes of a file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        self.read_bytes += len(data)
        return len(data)


def open_logs(paths: Sequence[str | Path]) -> tuple[Log, ...]:
    """The logs of these paths, each file once, those of a directory in the order of their names.

    Raises:
        UsageError: a path is not there, or holds no log.
    """
    found: dict[Path, Log] = {}
    for given in paths:
        path = Path(given)
        try:
            files = sorted(_within(path)) if path.is_dir() else [path]
            for file in files:
                found.setdefault(file.resolve(), Log(file, file.stat().st_size))
        except OSError as error:
            raise UsageError(
                f"{given}: cannot read it ({error.strerror}); give a log that is there"
            ) from error
        if not files:
            raise UsageError(f"{given}: no log is in this directory; give files with {', '.join(SUFFIXES)}")
    return tuple(found.values())


def _within(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if (path.parent / INTAKE_DB).is_file():
            # What an ingest wrote is no log.
            continue
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if not hidden and set(path.suffixes) & set(SUFFIXES) and path.is_file():
            yield path


def _opened(line: int, row: dict[str, Any], end: int) -> Iterator[LogRow]:
    """What an envelope such as `{"runs": […]}` holds; of any other row, itself."""
    for name in _ENVELOPES:
        inside = row.get(name)
        if isinstance(inside, list) and not (set(row) & {"id", "input", "inputs", "messages", "request"}):
            yield from (LogRow(line, item, end) for item in inside if isinstance(item, dict))
            return
    yield LogRow(line, row, end)


def _is_text(item: ListItem) -> bool:
    try:
        item.raw.encode()
    except UnicodeEncodeError:
        return False
    return True


def parsed(value: Any) -> Any:
    """A text that is JSON of a list or an object, as that; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "[") and len(value) <= MAX_LINE_BYTES:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
