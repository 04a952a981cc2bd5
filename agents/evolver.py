"""Evolver: makes a problem or an instruction harder, or breeds a new one from it, by one operator a round."""

from __future__ import annotations

from collections.abc import Callable
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
from .state import Proposal, State, afresh, attempt_of
from .task import Task


@dataclass(frozen=True, slots=True)
class Evolver:
    """Evolves proposals; every operator has the same chance, as in Evol-Instruct (arXiv 2304.12244), where no
    bandit is asked for. `evolutions` counts rounds, those that failed among them.

    Attributes:
        operators: the set of operators; or which set is for which proposal.
    """

    task: Task[Any] = MATH
    role: str = "evolver"
    prompt: str = "evolve_math"
    operators: str | Callable[[Proposal], str] = "math_evolutions"
    sampling: Sampling = Sampling(temperature=0.7, max_tokens=800)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)
        if isinstance(self.operators, str):
            load_operators(self.operators)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        old, round_ = state["proposal"], state.get("evolutions", 0)
        named = self.operators if isinstance(self.operators, str) else self.operators(old)
        slot, operators = state.get("slot", 0), load_operators(named, bench.context.prompts)
        random = rng(state.get("seed", 0), slot, attempt_of(state), self.role, round_)
        name = await choose(bench, slot, "operator", sorted(operators), random)
        name = name or random.choice(sorted(operators))
        operator, origin = operators[name], old.after(name)
        drawn = {place: random.choice(texts) for place, texts in operator.one_of.items()}
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=operator.prompt or self.prompt,
            values=old.shown() | drawn | {"operator": operator.says},
            form=self.task.draft,
            sampling=self.sampling,
            sample=round_,
        )
        counted = {"evolutions": round_ + 1}
        if asked.value is None:
            return refuse_malformed(
                state, stage=self.role, asked=asked, candidate=old, origin=origin, **counted
            )
        return {**afresh(old.before(asked.value.proposal(origin))), **counted, **asked.told}
