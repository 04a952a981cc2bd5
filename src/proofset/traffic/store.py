"""Store: a directory of traffic, in which each row of a log is let in or left out once, whatever happens.

DIR/traffic.jsonl   items; added to, never changed
DIR/intake.db       the ledger: which rows were seen, which texts are there, how far traffic.jsonl is good
DIR/.lock           held by the ingest that writes

A batch is written to traffic.jsonl, flushed to the disk, and then acknowledged by one transaction of the
ledger, with the length that the file now has. What a killed ingest wrote behind that length is cut off by the
next one, which reads these rows again. Rows and texts are known by digests of 128 bits, not by what they
say.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from ..errors import ProofsetError, UsageError
from ..records.seal import row_sha256
from ..records.wal import switch_to_wal
from .item import TrafficItem
from .logs import INTAKE_DB

TRAFFIC = "traffic.jsonl"
"""The items of a directory of traffic, in the order in which they entered."""
_LOCK = ".lock"
_TABLES = """
CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, code TEXT NOT NULL, rules TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ingests (number INTEGER PRIMARY KEY, report TEXT NOT NULL);
"""


class Seen(NamedTuple):
    """What became of a row: `code` is why it was left out, empty where it entered; `item` is what entered."""

    key: bytes
    code: str
    item: TrafficItem | None = None
    text: bytes = b""


def row_key(row: Mapping[str, Any]) -> bytes:
    """A digest by which a row is known, in whichever file and order of keys it comes again."""
    return bytes.fromhex(row_sha256(row))[:16]


def text_key(item: TrafficItem) -> bytes:
    """A digest by which an exchange is known: blanks, case and Unicode's ways to write the same aside."""
    turns = [*(turn.content for turn in item.history), item.instruction, item.output]
    same = [" ".join(unicodedata.normalize("NFKC", turn).casefold().split()) for turn in turns]
    return hashlib.sha256(json.dumps(same).encode()).digest()[:16]


class Store:
    """An open directory of traffic. Use `writing` or `looking` to make one."""

    def __init__(self, directory: Path, sql: sqlite3.Connection, file: IO[bytes] | None) -> None:
        self.directory = directory
        self._sql, self._file = sql, file

    @property
    def keeps(self) -> bool:
        """Whether what is added stays: not where one only looks."""
        return self._file is not None

    def code(self, key: bytes, rules: str) -> str | None:
        """Why a row was left out, empty where it entered; None for one that has to be looked at.

        A row that other rules left out has to be looked at again.
        """
        row = self._sql.execute("SELECT code, rules FROM rows WHERE key = ?", (key,)).fetchone()
        return None if row is None or (row[0] and row[1] != rules) else str(row[0])

    def has_text(self, key: bytes) -> bool:
        return self._sql.execute("SELECT 1 FROM texts WHERE key = ?", (key,)).fetchone() is not None

    def add(self, batch: Sequence[Seen], rules: str, number: int, report: str) -> None:
        """Take in rows, all or none; on the disk on return.

        Raises ProofsetError where the disk does not take them.
        """
        if self._file is None:
            return
        lines = b"".join(seen.item.model_dump_json().encode() + b"\n" for seen in batch if seen.item)
        try:
            self._file.write(lines)
            self._file.flush()
            os.fsync(self._file.fileno())
            self._sql.execute("BEGIN IMMEDIATE")
            self._sql.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", [(one.key, one.code, rules) for one in batch]
            )
            self._sql.executemany(
                "INSERT OR IGNORE INTO texts VALUES (?)", [(one.text,) for one in batch if one.item]
            )
            self._set("bytes", self._file.tell())
            self._set("items", self._get("items") + sum(one.item is not None for one in batch))
            self._sql.execute("INSERT OR REPLACE INTO ingests VALUES (?, ?)", (number, report))
            self._sql.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise ProofsetError(f"--out {self.directory}: cannot write on ({error}); mend that") from error

    def next_number(self) -> int:
        """The number of the next ingest; the first is 1."""
        return int(self._sql.execute("SELECT coalesce(max(number), 0) FROM ingests").fetchone()[0]) + 1

    def ingests(self) -> list[str]:
        """The reports of all ingests, the first first."""
        return [row[0] for row in self._sql.execute("SELECT report FROM ingests ORDER BY number")]

    def standing(self) -> dict[str, int]:
        """Reason to rows that are left out for it, over all ingests; `entered` for those that are in."""
        rows = self._sql.execute("SELECT code, count(*) FROM rows GROUP BY code ORDER BY 2 DESC, 1")
        return {code or "entered": count for code, count in rows}

    def items(self) -> int:
        return self._get("items")

    def _get(self, name: str) -> int:
        row = self._sql.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def _set(self, name: str, value: int) -> None:
        self._sql.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


@contextmanager
def writing(directory: Path) -> Iterator[Store]:
    """Open a directory of traffic, or make one, and keep others from writing to it.

    Raises:
        UsageError: another ingest is at work there, or it cannot be used.
        ProofsetError: traffic.jsonl is shorter than it was.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / _LOCK).open("ab")
    except OSError as error:
        raise UsageError(
            f"--out {directory}: cannot write there ({error.strerror}); give another path"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"--out {directory}: another ingest is writing there; wait until it has ended"
            ) from error
        with closing(_connect(directory)) as sql, _good_part(directory, sql) as file:
            yield Store(directory, sql, file)


@contextmanager
def looking(directory: Path) -> Iterator[Store]:
    """Open a directory of traffic without changing anything; one that is not there is empty.

    Raises UsageError where it cannot be read.
    """
    path = directory / INTAKE_DB
    target = f"{path.absolute().as_uri()}?mode=ro" if path.is_file() else ":memory:"
    try:
        with closing(sqlite3.connect(target, uri=True, isolation_level=None)) as sql:
            if target == ":memory:":
                sql.executescript(_TABLES)
            sql.execute("SELECT count(*) FROM meta").fetchone()
            yield Store(directory, sql, None)
    except sqlite3.Error as error:
        raise UsageError(f"{path}: cannot be read ({error}); mend that, or move it away") from error


def good_bytes(directory: Path) -> int | None:
    """How much of traffic.jsonl is acknowledged; None where no ledger says."""
    path = directory / INTAKE_DB
    if not path.is_file():
        return None
    with looking(directory) as store:
        return store._get("bytes")


def _connect(directory: Path) -> sqlite3.Connection:
    path = directory / INTAKE_DB
    try:
        sql = sqlite3.connect(path, timeout=30, isolation_level=None)
        switch_to_wal(sql, within_s=30)
        sql.execute("PRAGMA synchronous = FULL")
        sql.executescript(_TABLES)
    except sqlite3.Error as error:
        raise UsageError(f"{path}: cannot be used ({error}); mend that, or move it away") from error
    return sql


@contextmanager
def _good_part(directory: Path, sql: sqlite3.Connection) -> Iterator[IO[bytes]]:
    """traffic.jsonl, open at the end of what is acknowledged; what stands behind that is cut off."""
    path = directory / TRAFFIC
    try:
        row = sql.execute("SELECT value FROM meta WHERE name = 'bytes'").fetchone()
        if row is None:
            if path.is_file() and path.stat().st_size:
                raise UsageError(f"{path}: it has no {INTAKE_DB} of its own beside it; name a new directory")
            sql.execute("INSERT INTO meta VALUES ('bytes', 0)")
        good = int(row[0]) if row else 0
        with path.open("ab") as file:
            size = path.stat().st_size
            if size < good:
                raise ProofsetError(
                    f"{path}: it has {size:,} bytes where {good:,} were acknowledged; put the file back"
                )
            file.truncate(good)
            yield file
    except OSError as error:
        raise ProofsetError(f"{path}: cannot be written ({error.strerror}); mend that") from error
