"""The owner's side: slots go out to workers; their journal entries and outcomes come in.

    Runner ─ run(slot) ─▶ Owner ─▶ the worker with the most room
                            ▲           │ journal, look, settle
                            └───────────┘
    no worker has room ─▶ the slot waits here: whoever came first does not get all there is to do
    a worker is lost   ─▶ its slots go to others, one at a time: one of them may have been the reason

Only the owner admits and writes. A worker that is lost has settled a slot or has not: never half.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...agents.reviews import ReviewItem, Reviews
from ...errors import ProofsetError
from ...memory import Admission
from ...models import Call, Spent
from ...records import Record, Rejection, RunCanary, Usage
from ..budget import Accounts
from ..canaries import CanaryLog
from ..events import Event, NodeDone, Notice
from ..slots import SlotEnd, quarantined
from .link import Link, LinkLostError

if TYPE_CHECKING:
    from .work import Begin

MOST_LOSSES = 3
"""So often a slot may lose its worker before it counts as the reason."""
_LOSSES_IN_A_ROW = 12
_SENDING_S = 30.0
"""How long workers may take to send what is traced."""
_PER_CALL = 2
"""Slots at a worker for each of its calls at once. Some of them wait for a sandbox, or before they ask again;
those that wait for their settlement do not count."""


class Owner:
    """Gives out slots to workers that connect. An `Executor`.

    Args:
        begin: what a worker is told first; see `work.Begin`.
        on_spent: told of every model call of every worker.
        tell: told of what happens.
        reviews: what people decided.
        canaries: takes what became of known-wrong candidates.
    """

    def __init__(
        self,
        accounts: Accounts,
        memory: Admission,
        begin: Callable[[], Begin],
        *,
        on_spent: Callable[[Spent], None],
        tell: Callable[[Event], None],
        reviews: Reviews | None = None,
        canaries: CanaryLog | None = None,
    ) -> None:
        self._accounts = accounts
        self._memory = memory
        self._begin = begin
        self._on_spent = on_spent
        self._tell = tell
        self._reviews = reviews
        self._canaries = canaries
        self._room: Counter[Link] = Counter()
        self._driven: dict[int, Link] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
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
            told = self._begin()
            await link.ask("begin", dict(told))
            self._room[link] = _PER_CALL * told["concurrency"]
            self._wake(self._room[link])
            await serving
        except LinkLostError:
            self._lost()
        except ProofsetError as error:
            self.fail(error)
        finally:
            self._room.pop(link, None)
            link.close()
            serving.cancel()

    def fail(self, error: ProofsetError) -> None:
        """Nothing more can be run: whoever waits for a worker is told why."""
        self._failure = self._failure or error
        self._wake(len(self._waiting))

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

    async def spans_sent(self) -> tuple[int, int]:
        """Have the workers send theirs. One that is gone has taken along what it had not sent."""
        asked = [asyncio.create_task(link.ask("spans")) for link in self._room]
        done, late = await asyncio.wait(asked, timeout=_SENDING_S) if asked else (set(), set())
        for task in late:
            task.cancel()
        counts = [task.result() for task in done if task.exception() is None]
        return sum(ended for ended, _ in counts), sum(arrived for _, arrived in counts)

    async def close(self) -> None:
        """Hang up; the workers end then."""
        for link in list(self._room):
            link.close()

    async def _ask_all(self, verb: str) -> None:
        await asyncio.gather(*(link.ask(verb) for link in self._room), return_exceptions=True)

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
        link = await self._with_room()
        self._room[link] -= 1
        self._driven[slot] = link
        try:
            end = SlotEnd(*await link.ask("run", slot))
        except LinkLostError:
            self._lost()
            raise
        finally:
            self._leave(slot)
        self._losses = 0
        self._settling.pop(slot, None)
        return end

    async def _with_room(self) -> Link:
        while self._failure is None:
            if there := [link for link, room in self._room.items() if room > 0 and not link.lost]:
                return max(there, key=lambda link: self._room[link])
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self._wake(1)
                raise
        raise self._failure

    def _leave(self, slot: int) -> None:
        """The slot needs its worker no more, or only to hear how it was settled."""
        link = self._driven.pop(slot, None)
        if link is not None and link in self._room:
            self._room[link] += 1
            self._wake(1)

    def _wake(self, count: int) -> None:
        while count > 0 and self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                count -= 1

    def _lost(self) -> None:
        self._losses += 1
        if self._losses > _LOSSES_IN_A_ROW * MOST_LOSSES:
            self.fail(ProofsetError("workers are lost, one after the other"))

    async def _answer(self, verb: str, body: Any) -> Any:
        match verb, body:
            case "journal_get", key:
                row = await self._accounts.journal_get(key)
                return None if row is None else list(row)
            case "begin", _:
                return self._accounts.begin()
            case "journal_put", row:
                return await self._accounts.journal_put(row)
            case "look", [slot, text, parent, kind]:
                return list(await self._memory.look(slot, text, parent=parent, kind=kind))
            case "made", [slot, key, count]:
                return [list(one) for one in await self._memory.made(slot, key, count)]
            case "decided", item if self._reviews is not None:
                return await self._reviews.decided(ReviewItem.model_validate(item))
            case "canary", canary if self._canaries is not None:
                return await self._canaries.put(RunCanary.model_validate(canary))
            case "yields", slot:
                return await self._memory.yields(slot)
            case "similar", [slot, text, k]:
                found = await self._memory.similar(slot, text, k=k)
                return [[list(near) for near in found.nearest], found.mean]
            case "settle", [slot, record, rejections, attempts]:
                if (arrived := self._arrived.get(slot)) is not None:
                    arrived.set()
                self._leave(slot)
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
