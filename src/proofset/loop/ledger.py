"""LoopLedger: `loop.jsonl`, to which lines are only added, each chained to all before it.

{"entry": {"event": "trained", …}, "head": SHA-256(head before ‖ SHA-256 of the entry)}

A line that a kill cut short was never said: it goes when the next one is written. Any other change is told.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from ..errors import ProofsetError, UsageError
from ..records.lines import BadLine, RawLine, object_of
from ..records.seal import NO_ROWS, next_head, row_sha256
from .entries import Begun, Entry, Failed, Sent, Trained

LEDGER = "loop.jsonl"
_LOCK = ".loop.lock"
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


class _Read(NamedTuple):
    entries: tuple[Entry, ...]
    head: str
    length: int


class LoopLedger:
    """The ledger of one directory.

    Args:
        directory: holds `loop.jsonl`, and a directory for each attempt.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / LEDGER

    def entries(self) -> tuple[Entry, ...]:
        """All that was said, in order; nothing where there is no ledger yet.

        Raises ProofsetError for a line that is none, or that was changed.
        """
        return self._read().entries

    def append(self, entry: Entry) -> None:
        """Say one more; durable on return. For whoever holds the lock.

        Raises ProofsetError as `entries` does, and where the disk does not take it.
        """
        read = self._read()
        told = entry.model_dump(mode="json")
        head = next_head(read.head, row_sha256(told))
        line = json.dumps({"entry": told, "head": head}, ensure_ascii=False) + "\n"
        try:
            with self.path.open("ab") as file:
                file.truncate(read.length)
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ProofsetError(f"{self.path}: cannot write it ({error.strerror}); mend the disk") from error

    @contextmanager
    def locked(self, waiting: Callable[[], None]) -> Iterator[int]:
        """Be the only one who publishes; gives the lock's descriptor, which a child process may hold, too.

        Args:
            waiting: is called where somebody else has the lock, which is then waited for.

        Raises UsageError where the directory cannot be made.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            lock = (self.directory / _LOCK).open("ab")
        except OSError as error:
            raise UsageError(f"--loop {self.directory}: cannot write there ({error.strerror})") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock.fileno()

    def _read(self) -> _Read:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return _Read((), NO_ROWS, 0)
        except OSError as error:
            raise ProofsetError(f"{self.path}: cannot read it ({error.strerror})") from error
        length = data.rfind(b"\n") + 1
        head, entries = NO_ROWS, []
        for number, raw in enumerate(data[:length].splitlines(), start=1):
            entry, head = self._line(RawLine(number, raw), head)
            entries.append(entry)
        return _Read(tuple(entries), head, length)

    def _line(self, line: RawLine, before: str) -> tuple[Entry, str]:
        where = f"{self.path} line {line.number}"
        said = object_of(line)
        if isinstance(said, BadLine) or not isinstance(said.get("entry"), dict):
            raise ProofsetError(f"{where}: no entry of a loop; put the file back as it was written")
        head = next_head(before, row_sha256(said["entry"]))
        if said.get("head") != head:
            raise ProofsetError(
                f"{where}: it is not what was written there, or a line before it is gone; put the file back"
            )
        try:
            return _ENTRY.validate_python(said["entry"]), head
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            at = ".".join(str(part) for part in first["loc"])
            raise ProofsetError(
                f"{where}: {at}: {first['msg']}; a newer proofset may have written it"
            ) from error


def open_attempt(entries: tuple[Entry, ...]) -> tuple[Begun, Sent | None] | None:
    """The attempt that has no end yet, and whether it was sent; None where the last one ended."""
    begun, sent = None, None
    for entry in entries:
        if isinstance(entry, Begun):
            begun, sent = entry, None
        elif isinstance(entry, Sent):
            sent = entry
        elif isinstance(entry, Failed | Trained):
            begun, sent = None, None
    return (begun, sent) if begun is not None else None


def published(entries: tuple[Entry, ...], sha256: str) -> Trained | None:
    """What came last of the version with this manifest; None where nothing did."""
    found, version = None, ""
    for entry in entries:
        if isinstance(entry, Begun):
            version = entry.version.sha256
        elif isinstance(entry, Trained) and version == sha256:
            found = entry
    return found
