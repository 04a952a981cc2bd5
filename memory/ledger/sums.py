"""Sums: what a ledger adds up to, for reports, forecasts and budgets. Nothing here is stored twice."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

import sqlalchemy as sa

from ...records import Origin
from . import tables
from .ledger import Ledger

_SLOTS_A_PAGE = 1000


def reason_name(stage: str, code: str) -> str:
    """A reason as reports name it."""
    return f"{stage}: {code}"


class StageCount(NamedTuple):
    """How many attempts a stage turned down for one reason."""

    stage: str
    code: str
    attempts: int

    @property
    def reason(self) -> str:
        return reason_name(self.stage, self.code)


class ModelTokens(NamedTuple):
    """Calls to one model and their tokens."""

    spec: str
    calls: int
    input_tokens: int
    output_tokens: int


class AttemptCalls(NamedTuple):
    """What the calls of one role to one model took in one attempt; seconds are those that were waited for."""

    slot: int
    attempt: int
    spec: str
    role: str
    calls: int
    input_tokens: int
    output_tokens: int
    seconds: float


class Attempt(NamedTuple):
    """How one attempt of a settled slot ended; stage and code are empty where it was kept."""

    slot: int
    attempt: int
    stage: str
    code: str
    origin: Origin

    @property
    def kept(self) -> bool:
        return not self.stage

    @property
    def reason(self) -> str:
        return reason_name(self.stage, self.code)


def stage_counts(ledger: Ledger, run_id: str) -> tuple[StageCount, ...]:
    """Attempts that were turned down, by stage and reason."""
    table = tables.rejections
    query = (
        sa.select(table.c.stage, table.c.code, sa.func.count())
        .where(table.c.run_id == run_id)
        .group_by(table.c.stage, table.c.code)
        .order_by(table.c.stage, table.c.code)
    )
    return tuple(StageCount(*row) for row in ledger.transact(lambda c: c.execute(query).all()))


def spent(ledger: Ledger) -> tuple[ModelTokens, ...]:
    """What the journal holds, by model: all that was ever paid for in this ledger."""
    table = tables.requests
    query = (
        sa.select(table.c.spec, sa.func.count(), *_sums(table.c.input_tokens, table.c.output_tokens))
        .group_by(table.c.spec)
        .order_by(table.c.spec)
    )
    return tuple(ModelTokens(*row) for row in ledger.transact(lambda c: c.execute(query).all()))


def calls_by_attempt(ledger: Ledger, *, slots: int) -> Iterator[AttemptCalls]:
    """What each attempt of the first so many slots took, in their order."""
    table = tables.requests
    by = (table.c.slot, table.c.attempt, table.c.spec, table.c.role)
    summed = _sums(table.c.input_tokens, table.c.output_tokens, sa.func.coalesce(table.c.seconds, 0.0))
    query = sa.select(*by, sa.func.count(), *summed).group_by(*by).order_by(*by)
    for first in range(0, slots, _SLOTS_A_PAGE):
        page = query.where(table.c.slot >= first, table.c.slot < min(first + _SLOTS_A_PAGE, slots))
        for row in ledger.transact(lambda c, page=page: c.execute(page).all()):  # type: ignore[misc]
            yield AttemptCalls(*row)


def attempts(ledger: Ledger, run_id: str) -> Iterator[Attempt]:
    """Every attempt of the settled slots that came to a candidate or failed to, in order of the slots."""
    kept, refused = tables.records.c, tables.rejections.c
    records = sa.select(kept.slot, kept.attempt, kept.origin).where(kept.run_id == run_id)
    rejections = sa.select(
        refused.slot, refused.number, refused.attempt, refused.stage, refused.code, refused.origin
    ).where(refused.run_id == run_id)
    yield from merge(
        (
            Attempt(row.slot, row.attempt, row.stage, row.code, Origin(**row.origin))
            for row in ledger.stream(rejections, refused.slot, refused.number)
        ),
        (
            Attempt(row.slot, row.attempt, "", "", Origin(**row.origin))
            for row in ledger.stream(records, kept.slot)
        ),
        key=lambda attempt: attempt.slot,
    )


def _sums(*columns: sa.ColumnElement[int] | sa.ColumnElement[float]) -> list[sa.Function[float]]:
    return [sa.func.sum(column) for column in columns]
