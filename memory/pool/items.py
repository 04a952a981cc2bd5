"""The items of a pool in SQLite: the truth that every index is made from.

Writers take turns: a transaction begins by locking the database, so that what is looked at in it is still so
when it ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from ...errors import ProofsetError
from ...records.wal import switch_to_wal

RESERVED, KEPT = "reserved", "kept"
_FORMAT = 1
_BUSY_S = 60.0
_TABLES = (
    "CREATE TABLE IF NOT EXISTS pool (pool_id TEXT NOT NULL, format INTEGER NOT NULL)",
    # AUTOINCREMENT: a number is never given twice, for indexes follow the table by it.
    "CREATE TABLE IF NOT EXISTS items (seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL UNIQUE, "
    "kind TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS items_reserved ON items (seq) WHERE state = 'reserved'",
)


class Item(NamedTuple):
    """A text with its number; numbers grow."""

    seq: int
    item_id: str
    kind: str
    text: str
    state: str


class Items:
    """The open database of a pool. Used by one thread at a time, within `transaction` or `reading`.

    Raises:
        ProofsetError: the file cannot be used, or a newer proofset wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            # As in the ledger: a killed process loses nothing that was acknowledged.
            switch_to_wal(self._db, within_s=_BUSY_S)
            self._db.execute("PRAGMA synchronous=NORMAL")
        with self.transaction():
            for table in _TABLES:
                self._db.execute(table)
            row = self._db.execute("SELECT pool_id, format FROM pool").fetchone()
            if row is None:
                row = (uuid4().hex, _FORMAT)
                self._db.execute("INSERT INTO pool VALUES (?, ?)", row)
        self.pool_id: str = row[0]
        if row[1] > _FORMAT:
            raise ProofsetError(f"the memory {path} was written by a newer proofset; install that one")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and alone among all processes."""
        with self._within("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the database, while others may write."""
        with self._within("BEGIN"):
            yield

    @contextmanager
    def _within(self, begin: str) -> Iterator[None]:
        with self._told():
            self._db.execute(begin)
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def after(self, seq: int, *, through: int | None = None) -> Iterator[Item]:
        """Items with a number above `seq`, and none above `through`, in order."""
        rows = self._db.execute(
            "SELECT seq, item_id, kind, text, state FROM items WHERE seq > ? AND seq <= ? ORDER BY seq",
            (seq, self.last() if through is None else through),
        )
        return (Item(*row) for row in rows)

    def newest(self, count: int, kind: str, *, through: int, without: Sequence[int]) -> list[tuple[str, str]]:
        """Ids and texts of the last kept items of a kind, oldest first; some numbers left out."""
        rows = self._db.execute(
            "SELECT seq, item_id, text FROM items WHERE kind = ? AND seq <= ? AND state = 'kept' "
            "ORDER BY seq DESC LIMIT ?",
            (kind, through, count + len(without)),
        )
        left = [(item_id, text) for seq, item_id, text in rows if seq not in without]
        return left[:count][::-1]

    def named(self, item_id: str) -> Item | None:
        row = self._db.execute(
            "SELECT seq, item_id, kind, text, state FROM items WHERE item_id = ?", (item_id,)
        ).fetchone()
        return row and Item(*row)

    def numbered(self, seq: int) -> Item | None:
        row = self._db.execute(
            "SELECT seq, item_id, kind, text, state FROM items WHERE seq = ?", (seq,)
        ).fetchone()
        return row and Item(*row)

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM items").fetchone()[0])

    def last(self) -> int:
        """The highest number; 0 where there is none."""
        return int(self._db.execute("SELECT coalesce(max(seq), 0) FROM items").fetchone()[0])

    def reserved(self) -> tuple[int, ...]:
        """The numbers of what is reserved."""
        rows = self._db.execute("SELECT seq FROM items WHERE state = 'reserved' ORDER BY seq")
        return tuple(seq for (seq,) in rows)

    def insert(self, item_id: str, text: str, *, kind: str, state: str) -> int:
        """Add an item; returns its number."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        row = (item_id, kind, text, state, at)
        done = self._db.execute(
            "INSERT INTO items (item_id, kind, text, state, at) VALUES (?, ?, ?, ?, ?)", row
        )
        return int(done.lastrowid or 0)

    def keep(self, item_ids: Sequence[str]) -> None:
        rows = [(item_id,) for item_id in item_ids]
        self._db.executemany("UPDATE items SET state = 'kept' WHERE item_id = ?", rows)

    def release(self, item_id: str) -> None:
        """Remove a reservation; what is kept stays."""
        self._db.execute("DELETE FROM items WHERE item_id = ? AND state = 'reserved'", (item_id,))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ProofsetError(f"the memory {self._path} cannot be used: {error}") from error
