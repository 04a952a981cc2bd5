"""From one iteration to the next: pairs that were kept by then are shown to whoever writes and scores.

In the paper the model is trained on what was kept, and scores all again. Slots are independent here, so that
a slot's second iteration sees what slots at least a window before it have kept: the same on every replay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..context import Context, bench_of
from ..state import State


@dataclass(frozen=True, slots=True)
class Iteration:
    """Counts the iteration, and draws the pairs that it shows."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        slot, number = state.get("slot", 0), state.get("iteration", 1) + 1
        key = f"{state.get('seed', 0)} {slot} {number}"
        kept = await bench.services.memory.made(slot, key, bench.context.kept_exemplars)
        # A function shows nothing of how prose is asked for.
        return {"iteration": number, "shown": tuple(one for one in kept if not one.output.startswith("def "))}
