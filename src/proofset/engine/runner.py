"""Runner: one small graph per slot, a sliding window of slots, no barrier.

    slots not begun ─▶ open slots (at most the window ahead of the oldest) ─▶ settled, in order
                            │
                            ▼
                  executor: in this process, in workers, on other machines

A slot begins when the slot `window` places before it is settled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..memory import Admission
from .config import RunConfig
from .events import Event, SlotDone
from .executors import Executor


class Runner:
    """Gives out the slots of a run.

    Args:
        executor: drives them.
        config: the run's.
        memory: says how many are settled.
        tell: is told of every slot that is done.
    """

    def __init__(
        self, executor: Executor, config: RunConfig, memory: Admission, *, tell: Callable[[Event], None]
    ) -> None:
        self._executor = executor
        self._config = config
        self._memory = memory
        self._tell = tell
        self._draining = asyncio.Event()

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
        end = await self._executor.run(slot)
        self._tell(SlotDone(slot, end.settlement, end.record_id, self._memory.kept))
