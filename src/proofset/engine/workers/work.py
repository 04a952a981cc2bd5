"""A worker's side: graph, models and sandbox are here; the journal and the memory are the owner's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypedDict

from ...agents import Services, open_evaluation
from ...agents.prompts import check_prompts
from ...agents.reviews import ReviewItem
from ...memory import MadeItem, Near, Novelty, Settlement, Similar, Tried, Yields
from ...memory.ledger import JournalRow, journal_row, reply_of
from ...models import Call, ModelPool, Reply, Request, Served, Spent
from ...records import Record, Rejection, RunCanary
from ...tools.sandbox import open_sandbox
from ..budget import Budget
from ..collecting import seldom_collected
from ..config import RunConfig, make_config
from ..events import Event, NodeDone, Notice
from ..opening import compiled_graph, material_of, seeds_of
from ..replay import replaying_chats
from ..slots import Slots
from ..spans import open_spans
from ..tracing import Tracing
from .link import Link, LinkLostError

if TYPE_CHECKING:
    from ..spans.spans import Spans


class Begin(TypedDict):
    """What a worker is told first.

    Attributes:
        config: the run's.
        concurrency: model calls at once, of this worker.
        served: local models that the owner's machine serves, by spec.
        traced: where the run is traced, its id and its span.
    """

    config: dict[str, Any]
    concurrency: int
    served: Mapping[str, Sequence[Any]]
    traced: Sequence[str] | None


class _Journal:
    """A `Journal` at the owner."""

    def __init__(self, link: Link, *, has_budget: bool) -> None:
        self._link = link
        self._has_budget = has_budget

    async def begin(self) -> None:
        if self._has_budget:
            await self._link.ask("begin")

    async def get(self, key: str) -> Reply | None:
        row = await self._link.ask("journal_get", key)
        return None if row is None else reply_of(JournalRow(*row))

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None:
        await self._link.ask("journal_put", journal_row(key, spec, request, call, reply))


class _Memory:
    """A `Memory` at the owner."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def look(self, slot: int, text: str, *, parent: str = "", kind: str = "") -> Novelty:
        return Novelty(*await self._link.ask("look", [slot, text, parent, kind]))

    async def yields(self, slot: int) -> Yields:
        known = await self._link.ask("yields", slot)
        return {part: {name: Tried(*one) for name, one in names.items()} for part, names in known.items()}

    async def made(self, slot: int, key: str, count: int) -> Sequence[MadeItem]:
        return [MadeItem(*one) for one in await self._link.ask("made", [slot, key, count])]

    async def similar(self, slot: int, text: str, *, k: int) -> Similar:
        nearest, mean = await self._link.ask("similar", [slot, text, k])
        return Similar(tuple(Near(*near) for near in nearest), mean)

    async def settle(
        self, slot: int, record: Record | None, rejections: Sequence[Rejection], *, attempts: int
    ) -> Settlement:
        told = [rejection.model_dump(mode="json") for rejection in rejections]
        made = None if record is None else record.model_dump(mode="json")
        return Settlement(await self._link.ask("settle", [slot, made, told, attempts]))


class _Canaries:
    """A `CanaryLog` at the owner."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def put(self, canary: RunCanary) -> None:
        await self._link.ask("canary", canary.model_dump(mode="json"))


class _Reviews:
    """A `Reviews` at the owner."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def decided(self, item: ReviewItem) -> dict[str, Any]:
        told: dict[str, Any] = await self._link.ask("decided", item.model_dump(mode="json"))
        return told


class Worker:
    """Drives the slots that the owner gives out, until the owner is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._link = Link(reader, writer, answer=self._answer, hear=lambda verb, body: None)
        self._slots: Slots | None = None
        self._models: ModelPool | None = None
        self._sandbox: Any = None
        self._spans: Spans | None = None
        self._driving: set[asyncio.Task[Any]] = set()

    async def work(self) -> None:
        """Returns when the owner has hung up."""
        try:
            await self._link.serve()
        finally:
            for task in self._driving:
                task.cancel()
            await asyncio.gather(*self._driving, return_exceptions=True)
            if self._models is not None:
                await self._models.close()
            if self._sandbox is not None:
                await self._sandbox.close()

    async def _answer(self, verb: str, body: Any) -> Any:
        match verb:
            case "begin":
                return await self._begin(body)
            case "run" if self._slots is not None:
                return await self._run(self._slots, body)
            case "drain" if self._models is not None:
                return await self._models.drain()
            case "cancel" if self._models is not None:
                return await self._models.cancel()
            case "spans":
                return [0, 0] if self._spans is None else list(await asyncio.to_thread(self._spans.close))
        raise ValueError(f"the owner asked for {verb!r}")

    async def _begin(self, told: Begin) -> None:
        config = make_config(told["config"], source="run")
        tracing = Tracing(config)
        if told["traced"] is not None and (spans := open_spans(config, tracing.drawn)) is not None:
            spans.go_on_with(*told["traced"])
            self._spans = spans
        self._models = ModelPool(
            config.models,
            chats=replaying_chats(config),
            journal=_Journal(self._link, has_budget=config.budget != Budget()),
            prices=config.prices,
            concurrency=told["concurrency"],
            timeout_s=config.timeout_s,
            on_spent=self._spent,
            notice=lambda text: self._link.tell("notice", text),
            traced=tracing.calls,
            watch=None if self._spans is None else self._spans.call,
            served={spec: Served(*served) for spec, served in told["served"].items()},
        )
        self._sandbox = await asyncio.to_thread(open_sandbox)
        if self._spans is not None:
            self._sandbox = self._spans.around(self._sandbox)
        services = await asyncio.to_thread(self._services, config, self._models)
        graph, canaries = compiled_graph(config), _Canaries(self._link)
        self._slots = Slots(graph, config, services, tell=self._tell, canaries=canaries, spans=self._spans)

    def _services(self, config: RunConfig, models: ModelPool) -> Services:
        check_prompts(config.settings.prompts, config.settings.constitution)
        evaluation = open_evaluation(config.not_to_be_made)
        memory, reviews = _Memory(self._link), _Reviews(self._link)
        seeds, material = seeds_of(config), material_of(config)
        return Services(models, self._sandbox, memory, seeds, evaluation, reviews, *material)

    async def _run(self, slots: Slots, slot: int) -> list[Any]:
        task = asyncio.create_task(slots.run(slot))
        self._driving.add(task)
        task.add_done_callback(self._driving.discard)
        return list(await task)

    def _spent(self, spent: Spent) -> None:
        call = list(asdict(spent.call).values())
        self._link.tell("spent", [spent.spec, call, spent.usage.model_dump(mode="json"), spent.replayed])

    def _tell(self, event: Event) -> None:
        if isinstance(event, NodeDone):
            self._link.tell("node", [event.slot, event.node, event.refused])
        elif isinstance(event, Notice):
            self._link.tell("notice", event.message)


async def work_at(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be a worker at the other end of a stream."""
    try:
        with seldom_collected():
            await Worker(reader, writer).work()
    except LinkLostError:
        return
