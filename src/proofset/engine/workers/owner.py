"""The owner's side: slots go out to workers; their journal entries and outcomes come in.

    Runner ─ run(slot) ─▶ Owner ─▶ the worker with the fewest open slots
                            ▲           │ journal, look, settle
                            └───────────┘
    a worker is lost ─▶ its slots go to others, one at a time: one of them may have been the reason

Only the owner admits and writes. A worker that is lost has settled a slot or has not: never half.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import ProofsetError
from ...memory import Admission
from ...models import Call, Spent
from ...records import Record, Rejection, Usage
from ..budget import Accounts
from ..events import Event, NodeDone, Notice
from ..slots import SlotEnd, quarantined
from .link import Link, LinkLostError

if TYPE_CHECKING:
    from .work import Begin

MOST_LOSSES = 3
"""So often a slot may lose its worker before it counts as the reason."""
_LOSSES_IN_A_ROW = 12


class Owner:
    """Gives out slots to workers that connect. An `Executor`.

    Args:
        begin: what a worker is told first; see `work.Begin`.
        on_spent: told of every model call of every worker.
        tell: told of what happens.
    """

    def __init__(
        self,
        accounts: Accounts,
        memory: Admission,
        begin: Callable[[], Begin],
        *,
        on_spent: Callable[[Spent], None],
        tell: Callable[[Event], None],
    ) -> None:
        self._accounts = accounts
        self._memory = memory
        self._begin = begin
        self._on_spent = on_spent
        self._tell = tell
        self._open: Counter[Link] = Counter()
        self._connected = asyncio.Condition()
        self._suspects = asyncio.Lock()
        self._arrived: dict[int, asyncio.Event] = {}
        self._settling: dict[int, asyncio.Task[SlotEnd]] = {}
        self._losses = 0
        self._failure: ProofsetError | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one worker until it is gone."""
        link = Link(reader, writer, answer=self._answer, hear=self._heard)
        serving = asyncio.create_task(link.serve())
        try:
            await link.ask("begin", dict(self._begin()))
            async with self._connected:
                self._open[link] = 0
                self._connected.notify_all()
            await serving
        except LinkLostError:
            self._lost()
        except ProofsetError as error:
            await self.fail(error)
        finally:
            self._open.pop(link, None)
            link.close()
            serving.cancel()

    async def fail(self, error: ProofsetError) -> None:
        """Nothing more can be run: whoever waits for a worker is told why."""
        async with self._connected:
            self._failure = self._failure or error
            self._connected.notify_all()

    async def run(self, slot: int) -> SlotEnd:
        """Have a worker drive it. One that takes its worker down again and again is quarantined."""
        losses = 0
        while losses < MOST_LOSSES:
            try:
                return await (self._run_apart(slot) if losses else self._run(slot))
            except LinkLostError:
                if (settling := self._settling.get(slot)) is not None:
                    end = await asyncio.shield(settling)
                    self._settling.pop(slot, None)
                    return end
                losses += 1
        reason = f"its worker was lost {losses} times"
        poison = quarantined(slot, attempt=1, reason=reason)
        self._tell(Notice(f"slot {slot} is quarantined: {reason}"))
        settlement = await self._memory.settle(slot, None, [poison], attempts=1)
        return SlotEnd(settlement.value, None)

    async def drain(self) -> None:
        """Let calls in flight finish, so that what is paid for is journalled."""
        await self._ask_all("drain")

    async def cancel(self) -> None:
        """End calls in flight; their answers are lost."""
        await self._ask_all("cancel")

    async def close(self) -> None:
        """Hang up; the workers end then."""
        for link in list(self._open):
            link.close()

    async def _ask_all(self, verb: str) -> None:
        await asyncio.gather(*(link.ask(verb) for link in self._open), return_exceptions=True)

    async def _run_apart(self, slot: int) -> SlotEnd:
        """Run it while no other suspect runs, until it has come to its settlement: that waits for others."""
        async with self._suspects:
            arrived = self._arrived[slot] = asyncio.Event()
            running = asyncio.create_task(self._run(slot))
            waiting = asyncio.create_task(arrived.wait())
            try:
                await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                running.cancel()
                raise
            finally:
                waiting.cancel()
                del self._arrived[slot]
        return await running

    async def _run(self, slot: int) -> SlotEnd:
        link = await self._least_busy()
        self._open[link] += 1
        try:
            end = SlotEnd(*await link.ask("run", slot))
        except LinkLostError:
            self._lost()
            raise
        finally:
            if link in self._open:
                self._open[link] -= 1
        self._losses = 0
        self._settling.pop(slot, None)
        return end

    async def _least_busy(self) -> Link:
        async with self._connected:
            while self._failure is None:
                if there := [link for link in self._open if not link.lost]:
                    return min(there, key=lambda link: self._open[link])
                await self._connected.wait()
            raise self._failure

    def _lost(self) -> None:
        self._losses += 1
        if self._losses > _LOSSES_IN_A_ROW * MOST_LOSSES:
            self._failure = self._failure or ProofsetError("workers are lost, one after the other")

    async def _answer(self, verb: str, body: Any) -> Any:
        match verb, body:
            case "journal_get", key:
                row = await self._accounts.journal_get(key)
                return None if row is None else list(row)
            case "begin", _:
                return self._accounts.begin()
            case "journal_put", row:
                return await self._accounts.journal_put(row)
            case "look", [slot, text]:
                return list(await self._memory.look(slot, text))
            case "yields", slot:
                return await self._memory.yields(slot)
            case "similar", [slot, text, k]:
                found = await self._memory.similar(slot, text, k=k)
                return [[list(near) for near in found.nearest], found.mean]
            case "settle", [slot, record, rejections, attempts]:
                if (arrived := self._arrived.get(slot)) is not None:
                    arrived.set()
                task = self._settling.get(slot)
                if task is None:
                    task = asyncio.create_task(self._settle(slot, record, rejections, attempts))
                    self._settling[slot] = task
                return (await asyncio.shield(task)).settlement
        raise ValueError(f"a worker asked for {verb!r}")

    async def _settle(self, slot: int, record: Any, rejections: list[Any], attempts: int) -> SlotEnd:
        made = None if record is None else Record.model_validate(record)
        refused = [Rejection.model_validate(rejection) for rejection in rejections]
        settlement = await self._memory.settle(slot, made, refused, attempts=attempts)
        kept = made is not None and settlement.value == "kept"
        return SlotEnd(settlement.value, made.id if made is not None and kept else None)

    def _heard(self, verb: str, body: Any) -> None:
        match verb, body:
            case "node", [slot, node, refused]:
                self._tell(NodeDone(slot, node, refused))
            case "spent", [spec, call, usage, replayed]:
                self._on_spent(Spent(spec, Call(*call), Usage.model_validate(usage), replayed))
            case "notice", text:
                self._tell(Notice(text))
