"""The journal of model answers, kept in the ledger."""

from __future__ import annotations

from dataclasses import asdict

from ...models.request import Call, Reply, Request
from ...records import Usage
from .ledger import Ledger


class LedgerJournal:
    """A `Journal` whose entries survive kill -9."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def get(self, key: str) -> Reply | None:
        row = await self._ledger.journal_get(key)
        if row is None:
            return None
        usage = Usage(calls=1, input_tokens=row.input_tokens, output_tokens=row.output_tokens)
        return Reply.restored(row.reply, row.finish_reason, usage)

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None:
        await self._ledger.journal_put(
            {
                "key": key,
                "spec": spec,
                **asdict(call),
                "request": {
                    "messages": [m.model_dump() for m in request.messages],
                    "sampling": asdict(request.sampling),
                    "schema": request.schema,
                    **({"tools": request.tools} if request.tools else {}),
                },
                "reply": reply.stored(),
                "finish_reason": reply.finish_reason,
                "input_tokens": reply.usage.input_tokens,
                "output_tokens": reply.usage.output_tokens,
                "seconds": reply.seconds,
            }
        )
