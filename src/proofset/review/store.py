"""Decisions of people: durable before they are acknowledged, never over what somebody has not seen.

    next ─▶ lease ─▶ decide at the version that was shown ─▶ audit + standing, one transaction
                          └─ another version ─▶ StaleError: look again

A reviewer has one standing decision on an item, the last that was not undone; an item stands as its last
standing decision says.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from ..records import Rated, kappa
from . import index
from .items import Place
from .schema import add_words, connect

LEASE_SECONDS = 600.0
Action = Literal["accept", "edit", "reject"]
_DECIDED = (
    "SELECT audit.item, audit.reviewer, audit.action, audit.edited, audit.reason, audit.at, audit.seq"
    " FROM standing JOIN audit ON audit.seq = standing.seq"
)


class StaleError(Exception):
    """What was shown is not what is there any more, or somebody else holds it; the message says which."""


class Decided(NamedTuple):
    """A decision that stands."""

    item: str
    reviewer: str
    action: Action
    edited: str
    reason: str
    at: str
    seq: int


class Shown(NamedTuple):
    """An item as it is shown, at a version.

    Attributes:
        mine: what the one who asks decided.
        others: how many others decided; what they did is not told, so that a second opinion is one.
        held_by: who else has it before them; empty where nobody does.
    """

    id: str
    kind: str
    body: str
    version: int
    mine: Decided | None
    others: int
    held_by: str


class Progress(NamedTuple):
    """How far the reviews are."""

    items: int
    decided: int
    mine: int


class Agreement(NamedTuple):
    """Two reviewers on the items that both decided: accepted, edited or not, against rejected."""

    first: str
    second: str
    items: int
    same: int
    kappa: float | None


class Store:
    """The reviews of one directory. May be used from many threads, and by many processes.

    Args:
        place: what is reviewed.
        note: told of lines that are left out.
        now: seconds since the epoch.
        full_text: use SQLite's full-text index where it has one.

    Raises UsageError where the database cannot be used.
    """

    def __init__(
        self,
        place: Place,
        note: Callable[[str], None] = lambda _: None,
        *,
        now: Callable[[], float] = time.time,
        full_text: bool = True,
    ) -> None:
        self.place = place
        self._now = now
        self._lock = threading.RLock()
        self._connection = connect(place.directory)
        self.words = full_text and add_words(self._connection)
        self.size = index.build(self._connection, place, self.words, note)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def next(self, chosen: index.Filter, reviewer: str, after: str = "") -> str | None:
        """The next item of the queue that nobody else holds, from then on held by this reviewer.

        It begins again at the top where nothing is left after `after`. What the reviewer held is given up.
        """
        with self._transaction() as sql:
            sql.execute("DELETE FROM leases WHERE reviewer = ?", (reviewer,))
            place = sql.execute("SELECT position FROM items WHERE id = ?", (after,)).fetchone()
            starts = [place["position"], 0] if place else [0]
            for start in starts:
                query = index.next_query(chosen, reviewer, self.words, start, self._now())
                if (row := sql.execute(*query).fetchone()) is not None:
                    self._hold(sql, row["id"], reviewer)
                    return str(row["id"])
        return None

    def show(self, item: str, reviewer: str) -> Shown | None:
        """An item, held by this reviewer unless somebody else holds it; None where there is none."""
        with self._transaction() as sql:
            row = sql.execute(
                "SELECT items.id, items.kind, items.version, bodies.body FROM items"
                " JOIN bodies ON bodies.position = items.position WHERE items.id = ?",
                (item,),
            ).fetchone()
            if row is None:
                return None
            held_by = self._held_by(sql, item, reviewer)
            if not held_by:
                sql.execute("DELETE FROM leases WHERE reviewer = ?", (reviewer,))
                self._hold(sql, item, reviewer)
            standing = [_decided(one) for one in sql.execute(f"{_DECIDED} WHERE standing.item = ?", (item,))]
            mine = next((one for one in standing if one.reviewer == reviewer), None)
            others = sum(one.reviewer != reviewer for one in standing)
            return Shown(item, row["kind"], row["body"], row["version"], mine, others, held_by)

    def decide(
        self, item: str, reviewer: str, version: int, action: Action, *, edited: str = "", reason: str = ""
    ) -> int:
        """Write a decision down; returns the item's new version. When this returns, it is on the disk.

        Raises StaleError where the item has another version or is held by somebody else, KeyError where
        there is no such item.
        """
        with self._transaction() as sql:
            row = sql.execute("SELECT version FROM items WHERE id = ?", (item,)).fetchone()
            if row is None:
                raise KeyError(item)
            if row["version"] != version:
                raise StaleError("somebody decided on this item after it was shown to you: look again")
            if holder := self._held_by(sql, item, reviewer):
                raise StaleError(f"{holder} has this item: take another one, or look again later")
            seq = self._audit(sql, item, reviewer, action, edited, reason, version)
            sql.execute("INSERT OR REPLACE INTO standing VALUES (?, ?, ?)", (item, reviewer, seq))
            sql.execute("DELETE FROM leases WHERE item = ?", (item,))
            return self._settle(sql, item)

    def undo(self, reviewer: str) -> str | None:
        """Take back the reviewer's last standing decision; returns its item, None where there is none.

        The item stands as the others' last decision says, or is undecided again.
        """
        with self._transaction() as sql:
            row = sql.execute(
                "SELECT item FROM standing WHERE reviewer = ? ORDER BY seq DESC LIMIT 1", (reviewer,)
            ).fetchone()
            if row is None:
                return None
            item = str(row["item"])
            version = sql.execute("SELECT count(*) AS n FROM audit WHERE item = ?", (item,)).fetchone()["n"]
            self._audit(sql, item, reviewer, "undo", "", "", version)
            sql.execute("DELETE FROM standing WHERE item = ? AND reviewer = ?", (item, reviewer))
            self._settle(sql, item)
            return item

    def release(self, reviewer: str) -> None:
        """Give up what a reviewer holds."""
        with self._transaction() as sql:
            sql.execute("DELETE FROM leases WHERE reviewer = ?", (reviewer,))

    def page(self, chosen: index.Filter, reviewer: str, after: int = 0) -> list[dict[str, Any]]:
        """Items in the order of the queue, whoever holds them; one more than a page where there are more."""
        with self._lock:
            query = index.page_query(chosen, reviewer, self.words, after)
            return [dict(row) for row in self._connection.execute(*query)]

    def count(self, chosen: index.Filter, reviewer: str) -> int:
        """How many pass a filter; `COUNTED` + 1 for more than that."""
        with self._lock:
            query = index.count_query(chosen, reviewer, self.words)
            return int(self._connection.execute(*query).fetchone()[0])

    def plan(self, query: index.Query) -> list[str]:
        """How SQLite would answer a query, step by step."""
        with self._lock:
            rows = self._connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.values)
            return [row["detail"] for row in rows]

    def facets(self) -> dict[str, list[str]]:
        """The values that each filter may take."""
        with self._lock:
            rows = {
                name: self._connection.execute(sql).fetchall() for name, sql in index.FACET_VALUES.items()
            }
        return {name: [row[0] for row in found if row[0]] for name, found in rows.items()}

    def progress(self, reviewer: str) -> Progress:
        with self._lock:
            count = self._connection.execute("SELECT count(*) FROM items WHERE decided = 1").fetchone()[0]
            mine = self._connection.execute(
                "SELECT count(*) FROM standing WHERE reviewer = ?", (reviewer,)
            ).fetchone()[0]
        return Progress(self.size, count, mine)

    def decisions(self) -> list[Decided]:
        """All that stand, in the order in which they were made."""
        with self._lock:
            return [_decided(row) for row in self._connection.execute(f"{_DECIDED} ORDER BY audit.seq")]

    def touched(self) -> set[str]:
        """Items on which anything was ever done, also where nothing of it stands."""
        with self._lock:
            return {str(row["item"]) for row in self._connection.execute("SELECT DISTINCT item FROM audit")}

    def history(self, item: str) -> list[dict[str, Any]]:
        """All that was ever done to an item, the first first."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM audit WHERE item = ? ORDER BY seq", (item,))
            return [dict(row) for row in rows]

    def bodies(self, kind: str, ids: list[str]) -> dict[str, str]:
        """The lines that these items stand in, of those of one kind."""
        found = {}
        with self._lock:
            for item in ids:
                row = self._connection.execute(
                    "SELECT bodies.body FROM items JOIN bodies ON bodies.position = items.position"
                    " WHERE items.id = ? AND items.kind = ?",
                    (item, kind),
                ).fetchone()
                if row is not None:
                    found[item] = str(row["body"])
        return found

    def agreement(self) -> list[Agreement]:
        """Each two reviewers who decided on the same items."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT one.reviewer AS first, two.reviewer AS second, first.action <> 'reject' AS a,"
                " second.action <> 'reject' AS b FROM standing AS one"
                " JOIN standing AS two ON two.item = one.item AND two.reviewer > one.reviewer"
                " JOIN audit AS first ON first.seq = one.seq JOIN audit AS second ON second.seq = two.seq"
            ).fetchall()
        pairs: dict[tuple[str, str], list[Rated]] = {}
        for row in rows:
            rated = Rated(bool(row["a"]), bool(row["b"]))
            pairs.setdefault((row["first"], row["second"]), []).append(rated)
        return [
            Agreement(*names, len(rated), sum(one.first == one.second for one in rated), kappa(rated))
            for names, rated in sorted(pairs.items())
        ]

    def _audit(
        self, sql: sqlite3.Connection, item: str, who: str, action: str, edited: str, reason: str, before: int
    ) -> int:
        at = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds")
        row = sql.execute(
            "INSERT INTO audit (item, reviewer, action, edited, reason, before, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING seq",
            (item, who, action, edited, reason, before, at),
        ).fetchone()
        return int(row["seq"])

    def _settle(self, sql: sqlite3.Connection, item: str) -> int:
        sql.execute(
            "UPDATE items SET version = (SELECT count(*) FROM audit WHERE item = items.id),"
            " decided = EXISTS (SELECT 1 FROM standing WHERE item = items.id) WHERE id = ?",
            (item,),
        )
        row = sql.execute("SELECT version FROM items WHERE id = ?", (item,)).fetchone()
        return int(row["version"]) if row else 0

    def _hold(self, sql: sqlite3.Connection, item: str, reviewer: str) -> None:
        ends = self._now() + LEASE_SECONDS
        sql.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", (item, reviewer, ends))

    def _held_by(self, sql: sqlite3.Connection, item: str, reviewer: str) -> str:
        row = sql.execute(
            "SELECT reviewer FROM leases WHERE item = ? AND reviewer <> ? AND ends > ?",
            (item, reviewer, self._now()),
        ).fetchone()
        return str(row["reviewer"]) if row else ""

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _decided(row: sqlite3.Row) -> Decided:
    return Decided(*(row[name] for name in Decided._fields))
