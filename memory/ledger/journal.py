"""The journal of model answers, kept in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Protocol

from ...models.request import Call, Reply, Request
from ...records import Usage
from .ledger import JournalRow


class Rows(Protocol):
    """Where entries are: a ledger, or what stands before one."""

    async def journal_get(self, key: str) -> JournalRow | None: ...

    async def journal_put(self, row: dict[str, Any]) -> None: ...


class LedgerJournal:
    """A `Journal` whose entries survive kill -9.

    Args:
        begin: told of every call that begins; raises where none may.
    """

    def __init__(self, ledger: Rows, *, begin: Callable[[], None] | None = None) -> None:
        self._ledger = ledger
        self._begin = begin

    async def get(self, key: str) -> Reply | None:
        row = await self._ledger.journal_get(key)
        return None if row is None else reply_of(row)

    async def begin(self) -> None:
        if self._begin is not None:
            self._begin()

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None:
        await self._ledger.journal_put(journal_row(key, spec, request, call, reply))


def journal_row(key: str, spec: str, request: Request, call: Call, reply: Reply) -> dict[str, Any]:
    """One answer as the ledger keeps it."""
    return {
        "key": key,
        "spec": spec,
        **asdict(call),
        "request": {
            "messages": [m.model_dump() for m in request.messages],
            "sampling": asdict(request.sampling),
            "schema": request.schema,
            **({"tools": request.tools} if request.tools else {}),
            **({"logprobs": request.logprobs} if request.logprobs else {}),
            **({"echo": True} if request.echo else {}),
        },
        "reply": reply.stored(),
        "finish_reason": reply.finish_reason,
        "input_tokens": reply.usage.input_tokens,
        "output_tokens": reply.usage.output_tokens,
        "seconds": reply.seconds,
    }


def reply_of(row: JournalRow) -> Reply:
    """The answer that was kept."""
    usage = Usage(calls=1, input_tokens=row.input_tokens, output_tokens=row.output_tokens)
    return Reply.restored(row.reply, row.finish_reason, usage)
