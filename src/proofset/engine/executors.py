"""Executors: where slots are driven. In this process, or in workers that one owner gives slots to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from ..agents import Services
from ..errors import UsageError
from ..memory import Admission
from ..models import ModelPool, Spent
from .budget import Accounts
from .canaries import CanaryLog
from .config import RunConfig
from .events import Event
from .opening import compiled_graph
from .slots import SlotEnd, Slots

if TYPE_CHECKING:
    from .spans.spans import Spans
    from .workers.owner import Owner
    from .workers.work import Begin


class Executor(Protocol):
    """Drives slots, any number at once."""

    async def run(self, slot: int) -> SlotEnd:
        """Drive a slot until it is settled. Raises ProofsetError where going on makes no sense."""
        ...

    async def drain(self) -> None:
        """Let calls in flight finish, so that what is paid for is journalled."""

    async def cancel(self) -> None:
        """End calls in flight; their answers are lost."""

    async def spans_sent(self) -> tuple[int, int]:
        """Send the spans of other processes; how many ended there, and how many arrived."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What an executor works with; `agents` are those given as objects."""

    config: RunConfig
    services: Services
    memory: Admission
    accounts: Accounts
    canaries: CanaryLog
    agents: Mapping[str, Any]
    on_spent: Callable[[Spent], None]
    tell: Callable[[Event], None]
    spans: Spans | None = None


@dataclass(frozen=True, slots=True)
class _Local:
    slots: Slots
    models: ModelPool

    async def run(self, slot: int) -> SlotEnd:
        return await self.slots.run(slot)

    async def drain(self) -> None:
        await self.models.drain()

    async def cancel(self) -> None:
        await self.models.cancel()

    async def spans_sent(self) -> tuple[int, int]:
        return 0, 0


@asynccontextmanager
async def open_executor(setting: Setting) -> AsyncIterator[Executor]:
    """The executor that the config asks for."""
    config, services = setting.config, setting.services
    if config.runs_on == "local":
        graph = compiled_graph(config, setting.agents)
        canaries, spans = setting.canaries, setting.spans
        slots = Slots(graph, config, services, tell=setting.tell, canaries=canaries, spans=spans)
        yield _Local(slots, services.models)
        return
    from .workers.owner import Owner

    owner = Owner(
        setting.accounts,
        setting.memory,
        _begin(setting),
        on_spent=setting.on_spent,
        tell=setting.tell,
        reviews=services.reviews,
        canaries=setting.canaries,
    )
    async with _workers(config, owner):
        yield owner


def _workers(config: RunConfig, owner: Owner) -> AbstractAsyncContextManager[Any]:
    if config.runs_on == "ray":
        from .workers.ray_workers import RayWorkers

        return RayWorkers(owner, config.workers, config.ray)
    from .workers.processes import Processes

    return Processes(owner, config.workers, config.graph)


def _begin(setting: Setting) -> Callable[[], Begin]:
    """What each worker is told first, with its share of the calls at once."""
    config, models = setting.config, setting.services.models
    numbers = count()

    def begin() -> Begin:
        number = next(numbers) % config.workers
        # On other machines, local models are served there.
        served = {} if config.runs_on == "ray" else models.served()
        return {
            "config": config.model_dump(mode="json"),
            "concurrency": _share(config.concurrency, config.workers, number),
            "traced": None if setting.spans is None else [setting.spans.run_id, setting.spans.parent],
            "served": {
                spec: [one.base_url, _share(one.slots, config.workers, number)]
                for spec, one in served.items()
            },
        }

    return begin


def _share(total: int, workers: int, number: int) -> int:
    return max(1, total // workers + (number < total % workers))


def check_executor(config: RunConfig, objects: Mapping[str, Any]) -> None:
    """Raises UsageError where workers would need what only this process has."""
    if config.runs_on != "local" and objects:
        raise UsageError(
            f"workers are other processes and cannot have objects of this one ({', '.join(objects)}): give "
            "models as specs and agents as `module:attribute`, or leave out workers"
        )
