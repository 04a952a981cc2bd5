"""Runner: one small graph per slot, a sliding window of slots, no barrier.

    slots not begun ─▶ open slots (at most the window ahead of the oldest) ─▶ settled, in order

A slot begins when the slot `window` places before it is settled. An exception in a graph ends its
slot only: it is quarantined, as a rejection with the exception as its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ..agents import Context, Services
from ..errors import ModelError, ProofsetError, RequestFailedError
from ..records import Rejection
from .config import RunConfig
from .events import Event, NodeDone, SlotDone

MAX_FAILURES_IN_A_ROW = 8
_NODES_PER_ATTEMPT = 8


class Runner:
    """Drives a compiled graph over the slots of a run.

    Args:
        graph: compiled, without a checkpointer.
        config: the run's.
        services: what the graph's agents use.
        tell: is told of every node and slot that is done.
    """

    def __init__(
        self, graph: Any, config: RunConfig, services: Services, *, tell: Callable[[Event], None]
    ) -> None:
        self._graph = graph
        self._config = config
        self._services = services
        self._memory = services.memory
        self._context = Context(**dict(config.settings), models=config.models).bound(services)
        self._tell = tell
        self._draining = asyncio.Event()
        self._failures = 0

    def drain(self) -> None:
        """Begin no more slots and leave those that are open; what they were answered is journalled."""
        self._draining.set()

    async def run(self) -> None:
        """Run until all slots are settled, enough records are kept, or `drain` is called.

        Raises ProofsetError where going on makes no sense: no model, no sandbox, wrong settings.
        """
        open_slots: set[asyncio.Task[None]] = set()
        begun = self._memory.next_slot
        drained = asyncio.create_task(self._draining.wait())
        try:
            while not self._memory.full and not self._draining.is_set():
                end = min(self._config.n, self._memory.next_slot + self._config.slots_ahead)
                while begun < end:
                    open_slots.add(asyncio.create_task(self._slot(begun)))
                    begun += 1
                if not open_slots:
                    return
                done, _ = await asyncio.wait({*open_slots, drained}, return_when=asyncio.FIRST_COMPLETED)
                for task in done & open_slots:
                    open_slots.discard(task)
                    task.result()
        finally:
            for task in (*open_slots, drained):
                task.cancel()
            await asyncio.gather(*open_slots, drained, return_exceptions=True)

    async def _slot(self, slot: int) -> None:
        rejections: list[Rejection] = []
        try:
            state = await self._drive(slot, rejections)
            self._failures = 0
        except RequestFailedError as error:
            self._failures += 1
            if self._failures >= MAX_FAILURES_IN_A_ROW:
                raise ModelError(f"{self._failures} slots in a row failed; the last one: {error}") from error
            state = await self._quarantine(slot, rejections, error)
        except ProofsetError:
            raise
        except Exception as error:
            state = await self._quarantine(slot, rejections, error)
        record = state.get("record")
        self._tell(
            SlotDone(slot, state.get("settlement", ""), record.id if record else None, self._memory.kept)
        )

    async def _drive(self, slot: int, rejections: list[Rejection]) -> dict[str, Any]:
        settings = self._config.settings
        limit = settings.n_attempts * (_NODES_PER_ATTEMPT + 2 * settings.evolve_rounds) + 10
        last: dict[str, Any] = {}
        updates = self._graph.astream(
            {"slot": slot, "seed": self._config.seed},
            config={"recursion_limit": limit},
            context=self._context,
            stream_mode="updates",
        )
        async for step in updates:
            for node, update in step.items():
                last = update or {}
                rejections += last.get("rejections", [])
                refusal = last.get("refusal")
                self._tell(NodeDone(slot, node, refusal.code if refusal else None))
        return last

    async def _quarantine(self, slot: int, rejections: list[Rejection], error: Exception) -> dict[str, Any]:
        attempt = len(rejections) + 1
        reason = f"{type(error).__name__}: {error}"[:2000]
        poison = Rejection(slot=slot, attempt=attempt, stage="run", code="quarantined", reason=reason)
        settlement = await self._memory.settle(slot, None, [*rejections, poison], attempts=attempt)
        return {"settlement": settlement.value}
