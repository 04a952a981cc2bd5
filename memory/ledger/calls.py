"""The calls of one slot, as the journal has them: who was asked what, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from ...models.request import Reply
from . import tables
from .journal import reply_of
from .ledger import JournalRow, Ledger


class StoredCall(NamedTuple):
    """One question to a model and its answer; `request` holds messages, sampling and schema."""

    spec: str
    role: str
    slot: int
    attempt: int
    sample: int
    request: dict[str, Any]
    reply: Reply
    seconds: float | None


def calls_of_slot(ledger: Ledger, slot: int) -> Iterator[StoredCall]:
    """The calls of a slot by attempt, role and sample."""
    table = tables.requests
    order = (table.c.attempt, table.c.role, table.c.sample, table.c.key)
    for row in ledger.stream(sa.select(table).where(table.c.slot == slot), *order):
        kept = JournalRow(row.reply, row.finish_reason, row.input_tokens, row.output_tokens)
        yield StoredCall(
            row.spec, row.role, row.slot, row.attempt, row.sample, row.request, reply_of(kept), row.seconds
        )
