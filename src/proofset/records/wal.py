"""SQLite's write-ahead log, switched on by whoever opens a file, however many do at once."""

from __future__ import annotations

import sqlite3
import time

_AGAIN_S = 0.02


def switch_to_wal(connection: sqlite3.Connection, *, within_s: float) -> None:
    """Switch it on. SQLite's own time-out does not hold for that: of two who open a new file at once, one is
    told at once that it is locked.

    Raises sqlite3.OperationalError where it is still locked after so many seconds.
    """
    until = time.monotonic() + within_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return
