"""Canaries of runs, in a table of their own. Nothing that makes a data set reads it.

A canary is written before its slot is settled, and counts when it is: what a killed run had begun is written
over when the slot is driven again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ...records import Decision, RunCanary
from . import tables
from .ledger import Ledger

_KEY = ("run_id", "slot", "number")


class LedgerCanaries:
    """Where a run's canaries go. What is put is durable."""

    def __init__(self, ledger: Ledger, run_id: str) -> None:
        self._ledger = ledger
        self._run_id = run_id

    async def put(self, canary: RunCanary) -> None:
        """Keep one; a second one of the same slot and number takes its place."""
        row = {
            "run_id": self._run_id,
            "slot": canary.slot,
            "number": canary.number,
            "verifier": canary.verifier,
            "kind": canary.kind,
            "decision": canary.decision.value,
            "canary": canary.model_dump_json(),
        }
        await self._ledger.later(lambda connection: connection.execute(_upsert(connection), row))


def run_canaries(ledger: Ledger, run_id: str) -> Iterator[RunCanary]:
    """Those of the settled slots, in the order of the slots."""
    table, settled = tables.canaries, ledger.settled(run_id)
    query = sa.select(table.c.slot, table.c.number, table.c.canary).where(
        table.c.run_id == run_id, table.c.slot < settled
    )
    for row in ledger.stream(query, table.c.slot, table.c.number):
        yield RunCanary.model_validate_json(row.canary)


class CanaryCount(NamedTuple):
    """Canaries of one kind before one verifier, and how many of them it accepted."""

    verifier: str
    kind: str
    canaries: int
    false_accepts: int


def canary_counts(ledger: Ledger, run_id: str) -> tuple[CanaryCount, ...]:
    """Those of the settled slots, by verifier and kind."""
    table, settled = tables.canaries, ledger.settled(run_id)
    accepted = sa.case((table.c.decision == Decision.ACCEPT.value, 1), else_=0)
    query = (
        sa.select(table.c.verifier, table.c.kind, sa.func.count(), sa.func.sum(accepted))
        .where(table.c.run_id == run_id, table.c.slot < settled)
        .group_by(table.c.verifier, table.c.kind)
        .order_by(table.c.verifier, table.c.kind)
    )
    return tuple(CanaryCount(*row) for row in ledger.transact(lambda c: c.execute(query).all()))


def _upsert(connection: sa.Connection) -> Any:
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(tables.canaries)
    changed = {column.name: insert.excluded[column.name] for column in tables.canaries.c}
    return insert.on_conflict_do_update(
        index_elements=_KEY, set_={name: value for name, value in changed.items() if name not in _KEY}
    )
