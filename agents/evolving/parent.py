"""The proposer of Evol-Instruct: it takes the next instruction of the pool as the parent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from langgraph.runtime import Runtime

from ...records import rng
from ..context import Context, bench_of
from ..instruction_task import EVOLUTIONS
from ..judging.example import asked_with
from ..state import InstructionProposal, State, Survivor, afresh, attempt_of
from ..task import Task

_STRIDE = 7919
"""From one parent of a slot to its next: far away, so that it is not the next slot's."""


@dataclass(frozen=True, slots=True)
class Parent:
    """Takes every seed once, in an order that the run's seed draws, before it takes one again."""

    task: Task[Any] = EVOLUTIONS
    role: str = "proposer"

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        seeds = self.task.seeds_in(bench.services.seeds)
        turn = state.get("slot", 0) + _STRIDE * (attempt_of(state) - 1)
        lap, place = divmod(turn, len(seeds))
        seed = seeds[lap_order(state.get("seed", 0), self.role, lap, len(seeds))[place]]
        # The first of its instances, as the paper's code puts instruction and input together.
        text = asked_with(seed.instruction, seed.instances[0].input)
        proposal = InstructionProposal(problem=text, topic=seed.topic, parent=seed.id)
        return {**afresh(proposal), "survivor": Survivor(proposal=proposal), "evolutions": 0}


@lru_cache(maxsize=4)
def lap_order(seed: int, role: str, lap: int, count: int) -> tuple[int, ...]:
    """The order of one lap through all seeds; kept, because a user may bring 50,000 of them."""
    return tuple(rng(seed, role, lap).sample(range(count), count))
