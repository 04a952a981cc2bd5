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

from ..errors import BudgetSpentError, NotRecordedError, ReviewPendingError
from ..memory import Admission
from .config import RunConfig
from .events import Event, SlotDone
from .executors import Executor


class Runner:
    """Gives out the slots of a run.

    Attributes:
        budget_spent: which limit ended the run; empty where none did.

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
        self._draining = False
        self._open: set[asyncio.Task[None]] = set()
        self._ended: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()
        self._parked: set[int] = set()
        self._unrecorded: dict[int, NotRecordedError] = {}
        self.budget_spent = ""
        self._awaiting: set[int] = set()
        memory.on_hand_in = self._handed_in

    @property
    def awaits_review(self) -> bool:
        """Whether slots wait for people."""
        return bool(self._awaiting)

    def drain(self) -> None:
        """Begin no more slots and leave those that are open; what they were answered is journalled."""
        self._draining = True
        self._changed.set()

    async def run(self) -> None:
        """Run until all slots are settled, enough records are kept, or `drain` is called.

        Raises ProofsetError where going on makes no sense: no model, no sandbox, wrong settings.
        """
        begun = self._memory.next_slot
        try:
            while not self._over():
                end = min(self._config.n, self._memory.next_slot + self._config.slots_ahead)
                while begun < end and not self._parked:
                    self._begin(begun)
                    begun += 1
                if not self._open or self._stuck(begun, end):
                    return
                await self._changed.wait()
                self._changed.clear()
                while self._ended:
                    self._ended.pop().result()
            if not self._memory.full and (missing := self._unrecorded.get(self._memory.next_slot)):
                raise missing
        finally:
            for task in self._open:
                task.cancel()
            # The first failure is told; of the others there is nothing to add.
            await asyncio.gather(*self._open, *self._ended, return_exceptions=True)

    def _begin(self, slot: int) -> None:
        task = asyncio.create_task(self._slot(slot))
        self._open.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        # Told by each, not asked of all: with a wide window, asking all is what costs.
        self._open.discard(task)
        self._ended.append(task)
        self._changed.set()

    def _handed_in(self) -> None:
        # Only then may what is handed in be the last that can happen.
        if self._awaiting:
            self._changed.set()

    def _stuck(self, begun: int, end: int) -> bool:
        # All that is open is done, and waits for a slot that waits for a person.
        waits = self._memory.next_slot in self._awaiting
        return waits and begun == end and self._memory.waiting == len(self._open)

    def _over(self) -> bool:
        # What is parked waits for money; slots below it may still settle with what they have.
        waits = self._memory.next_slot in self._parked
        return self._memory.full or self._draining or waits

    async def _slot(self, slot: int) -> None:
        try:
            end = await self._executor.run(slot)
        except BudgetSpentError as error:
            self.budget_spent = str(error)
            self._parked.add(slot)
            return
        except ReviewPendingError:
            # Others go on, as far as the window reaches.
            self._awaiting.add(slot)
            return
        except NotRecordedError as error:
            # A run that was ended by its last record had begun fewer slots than a replay, which never waits.
            self._unrecorded[slot] = error
            self._parked.add(slot)
            return
        self._tell(SlotDone(slot, end.settlement, end.record_id, self._memory.kept))
