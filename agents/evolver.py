"""Evolver: makes a new problem harder by one operator a round, before anybody has solved it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..models import Sampling
from ..records import rng
from .asking import ask, refuse_malformed
from .choosing import choose
from .context import Context, bench_of
from .math_task import MATH
from .prompts import load_operators, load_prompt
from .state import State, afresh, attempt_of
from .task import Task


@dataclass(frozen=True, slots=True)
class Evolver:
    """Evolves problems; every operator has the same chance, as in Evol-Instruct (arXiv 2304.12244), where no
    bandit is asked for."""

    task: Task[Any] = MATH
    role: str = "evolver"
    prompt: str = "evolve_math"
    operators: str = "math_evolutions"
    sampling: Sampling = Sampling(temperature=0.7, max_tokens=800)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)
        load_operators(self.operators)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        old, round_ = state["proposal"], state.get("evolutions", 0)
        slot, operators = state.get("slot", 0), load_operators(self.operators)
        random = rng(state.get("seed", 0), slot, attempt_of(state), self.role, round_)
        name = await choose(bench, slot, "operator", sorted(operators), random)
        name = name or random.choice(sorted(operators))
        origin = old.after(name)
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values=old.shown() | {"operator": operators[name]},
            form=self.task.draft,
            sampling=self.sampling,
            sample=round_,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=old, origin=origin)
        new = old.before(asked.value.proposal(origin))
        return {**afresh(new), "evolutions": round_ + 1, **asked.told}
