"""The tables of reviews.db.

`audit` is the truth: rows are added and never changed. `standing` is what each reviewer's decisions come to;
`items`, `bodies` and `words` are made from the run's files, and made again when those change.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..errors import UsageError
from ..records.wal import switch_to_wal

REVIEWS_DB = "reviews.db"

# An item's position is its row id, so that each index and the full-text index give rows in the order of
# the queue without sorting.
_TABLES = """
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    item TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('accept', 'edit', 'reject', 'undo')),
    edited TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    before INTEGER NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_item ON audit (item);
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_remains BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TABLE IF NOT EXISTS standing (
    item TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES audit (seq),
    PRIMARY KEY (item, reviewer)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS standing_reviewer ON standing (reviewer, seq);
CREATE TABLE IF NOT EXISTS leases (
    item TEXT PRIMARY KEY,
    reviewer TEXT NOT NULL,
    ends REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS leases_reviewer ON leases (reviewer);
CREATE TABLE IF NOT EXISTS items (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    method TEXT NOT NULL,
    grade TEXT NOT NULL,
    risk TEXT NOT NULL,
    decided INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS items_decided ON items (decided);
CREATE INDEX IF NOT EXISTS items_method ON items (decided, method);
CREATE INDEX IF NOT EXISTS items_grade ON items (decided, grade);
CREATE INDEX IF NOT EXISTS items_risk ON items (decided, risk);
CREATE TABLE IF NOT EXISTS bodies (position INTEGER PRIMARY KEY, body TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_WORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, content='bodies', content_rowid='position')"
)


def connect(directory: Path) -> sqlite3.Connection:
    """Open or create. What is committed survives kill -9 and the loss of power.

    Raises UsageError where it cannot be written, or is no database of ours.
    """
    path = directory / REVIEWS_DB
    try:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        switch_to_wal(connection, within_s=30)
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES)
    except sqlite3.Error as error:
        raise UsageError(f"{path}: cannot be used ({error}); mend that, or move it away") from error
    return connection


def add_words(connection: sqlite3.Connection) -> bool:
    """Make the full-text index; False where this SQLite has none, and a search has to read every text."""
    try:
        connection.execute(_WORDS)
    except sqlite3.OperationalError:
        return False
    return True
