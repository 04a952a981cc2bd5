"""Stopping: a slot that is open when a run is stopped is neither settled nor blamed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from faulty_endpoint import Answer, endpoint

from proofset.agents import Services
from proofset.engine.config import make_config
from proofset.engine.opening import compiled_graph, seeds_of
from proofset.engine.slots import Slots
from proofset.errors import StoppedError
from proofset.memory import Novelty, Settlement
from proofset.models import ModelPool
from proofset.models.pacing import Patience
from proofset.records import Record, Rejection

BROKEN = Answer(status=500)


class Unsettled:
    """A memory to which all is new, and that no slot should be settled in."""

    async def look(self, slot: int, text: str) -> Novelty:
        return Novelty(True, "")

    async def settle(
        self, slot: int, record: Record | None, rejections: Sequence[Rejection], *, attempts: int
    ) -> Settlement:
        raise AssertionError(f"slot {slot} is settled: {rejections}")


@pytest.mark.parametrize("end", ["drain", "cancel"])
async def test_a_slot_that_waits_to_ask_again_stays_open(end: str) -> None:
    waits = asyncio.Event()

    async def forever(seconds: float) -> None:
        waits.set()
        await asyncio.sleep(3600)

    config = make_config({"graph": "verified_math", "n": 1, "models": {}}, source="test")
    async with endpoint(lambda number, prompt: BROKEN) as there:
        models = ModelPool({"default": f"openai:m@{there.url}"}, patience=Patience(sleep=forever))
        services = Services(models, cast(Any, None), cast(Any, Unsettled()), seeds_of(config))
        slots = Slots(compiled_graph(config), config, services, tell=lambda event: None)
        driven = asyncio.create_task(slots.run(0))
        await waits.wait()
        await getattr(models, end)()
        with pytest.raises(StoppedError):
            await driven
