"""The queue as an index: the order of the items, filters, and search in their texts, a page at a time."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from .items import Item, Place, read_items

PAGE = 50
COUNTED = 1000
_BATCH = 1000
_ORDER = 2
"""Of the queue: another one has the items made anew."""
FACET_VALUES = {
    "method": "SELECT DISTINCT method FROM items ORDER BY method",
    "grade": "SELECT DISTINCT grade FROM items ORDER BY grade",
    "risk": "SELECT DISTINCT risk FROM items ORDER BY risk",
}


class Filter(BaseModel):
    """Which items are looked at. Empty fields let all pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str = ""
    grade: str = ""
    risk: str = ""
    state: Literal["undecided", "decided", "second", "all"] = Field(
        default="undecided", description="`second`: decided by others, and not by the one who asks."
    )
    search: str = Field(default="", max_length=500, description="Words that all have to be there.")


class Query(NamedTuple):
    """SQL with its values; texts of users are values only."""

    sql: str
    values: tuple[Any, ...]


def build(connection: sqlite3.Connection, place: Place, words: bool, note: Callable[[str], None]) -> int:
    """Make the items from the files where these changed; returns how many there are.

    Most uncertain first: what has no grade, then judged, checked, proved; within a grade, where the graph put
    it and how uncertain its judge was, then the least margin of a judge; then the order of the files.
    Decisions are kept apart and are not touched.
    """
    print_ = "\n".join(f"{p.name} {p.stat().st_size} {p.stat().st_mtime_ns}" for p in place.files)
    print_ += f"\nwords {words}\norder {_ORDER}"
    known = connection.execute("SELECT value FROM meta WHERE name = 'files'").fetchone()
    if known is None or known["value"] != print_:
        items = sorted(read_items(place, note), key=lambda item: item.order)
        connection.execute("BEGIN IMMEDIATE")
        try:
            _fill(connection, items, words)
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('files', ?)", (print_,))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return int(connection.execute("SELECT count(*) FROM items").fetchone()[0])


def _fill(connection: sqlite3.Connection, items: list[Item], words: bool) -> None:
    connection.execute("DELETE FROM items")
    connection.execute("DELETE FROM bodies")
    for start in range(0, len(items), _BATCH):
        batch = list(enumerate(items[start : start + _BATCH], start=start + 1))
        connection.executemany(
            "INSERT INTO items (position, id, kind, method, grade, risk) VALUES (?, ?, ?, ?, ?, ?)",
            [(n, one.id, one.kind, one.method, one.grade, one.risk) for n, one in batch],
        )
        connection.executemany(
            "INSERT INTO bodies VALUES (?, ?, ?)", [(n, one.body, one.text) for n, one in batch]
        )
    connection.execute(
        "UPDATE items SET version = (SELECT count(*) FROM audit WHERE audit.item = items.id),"
        " decided = EXISTS (SELECT 1 FROM standing WHERE standing.item = items.id)"
        " WHERE id IN (SELECT item FROM audit)"
    )
    if words:
        connection.execute("INSERT INTO words (words) VALUES ('rebuild')")


def matching(chosen: Filter, reviewer: str, words: bool) -> Query:
    """FROM and WHERE of the items that pass: the names are ours, what users said are values only."""
    tables, conditions = "items", ["1"]
    values: list[str | int] = []
    terms = re.findall(r"\w+", chosen.search)
    if terms and words:
        # The full-text index leads: it gives its rows in the order of their ids, which are the positions.
        tables = "words CROSS JOIN items ON items.position = words.rowid"
        conditions.append("words MATCH ?")
        values.append(" ".join(f'"{term}"*' for term in terms))
    elif terms:
        tables = "items JOIN bodies ON bodies.position = items.position"
        for term in terms:
            conditions.append("bodies.text LIKE ? ESCAPE '!'")
            values.append(f"%{term.replace('_', '!_')}%")
    if chosen.state != "all":
        conditions.append("items.decided = ?")
        values.append(int(chosen.state != "undecided"))
    if chosen.state == "second":
        conditions.append(
            "NOT EXISTS (SELECT 1 FROM standing WHERE standing.item = items.id AND standing.reviewer = ?)"
        )
        values.append(reviewer)
    for name in FACET_VALUES:
        if value := getattr(chosen, name):
            conditions.append(f"items.{name} = ?")
            values.append(value)
    return Query(f"FROM {tables} WHERE {' AND '.join(conditions)}", tuple(values))


def page_query(chosen: Filter, reviewer: str, words: bool, after: int) -> Query:
    """A page of rows whose position is greater than `after`."""
    found, order = matching(chosen, reviewer, words), _position(chosen, words)
    columns = (
        "items.position, items.id, items.method, items.grade, items.decided, items.kind,"
        " (SELECT substr(bodies.text, 1, 100) FROM bodies"
        " WHERE bodies.position = items.position) AS beginning"
    )
    return Query(
        f"SELECT {columns} {found.sql} AND {order} > ? ORDER BY {order} LIMIT {PAGE + 1}",
        (*found.values, after),
    )


def next_query(chosen: Filter, reviewer: str, words: bool, after: int, now: float) -> Query:
    """The first item after a position that nobody else holds."""
    found, order = matching(chosen, reviewer, words), _position(chosen, words)
    free = (
        "NOT EXISTS (SELECT 1 FROM leases"
        " WHERE leases.item = items.id AND leases.reviewer <> ? AND leases.ends > ?)"
    )
    return Query(
        f"SELECT items.id {found.sql} AND {free} AND {order} > ? ORDER BY {order} LIMIT 1",
        (*found.values, reviewer, now, after),
    )


def count_query(chosen: Filter, reviewer: str, words: bool) -> Query:
    """How many pass, counted up to one more than `COUNTED`."""
    found = matching(chosen, reviewer, words)
    return Query(f"SELECT count(*) FROM (SELECT 1 {found.sql} LIMIT ?)", (*found.values, COUNTED + 1))  # noqa: S608


def _position(chosen: Filter, words: bool) -> str:
    return "words.rowid" if words and re.search(r"\w", chosen.search) else "items.position"
