"""Proposer: writes a new problem, its answer and the program that computes it.

Diversity control, all of it derived from (seed, slot, attempt): topics rotate with the slot, an
operator says how to differ, and the in-context examples are drawn anew, one of another topic. A bandit,
where one is asked for, draws topics and operators by what they yield.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from langgraph.runtime import Runtime

from ..models import Sampling
from ..records import Origin, rng
from .asking import ask, refuse_malformed
from .choosing import choose
from .context import Context, bench_of
from .math_task import MATH
from .prompts import load_operators, load_prompt
from .state import State, afresh, attempt_of
from .task import SeedT, Task


@dataclass(frozen=True, slots=True)
class Proposer:
    """Proposes problems, sampled as Self-Instruct does: temperature 0.7, top_p 0.5 (arXiv 2212.10560)."""

    task: Task[Any] = MATH
    role: str = "proposer"
    prompt: str = "propose_math"
    operators: str = "math_operators"
    sampling: Sampling = Sampling(temperature=0.7, top_p=0.5, max_tokens=500)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)
        load_operators(self.operators)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        slot, attempt = state.get("slot", 0), attempt_of(state)
        random = rng(state.get("seed", 0), slot, attempt, self.role)
        seeds = self.task.seeds_in(bench.services.seeds)
        topics = bench.context.topics or sorted({seed.topic for seed in seeds})
        topic = await choose(bench, slot, "topic", topics, random)
        topic = topic or topics[(slot + attempt - 1) % len(topics)]
        operators = load_operators(self.operators, bench.context.prompts)
        name = await choose(bench, slot, "operator", sorted(operators), random)
        name = name or random.choice(sorted(operators))
        exemplars = draw_exemplars(seeds, topic, bench.context.exemplars, random)
        origin = Origin(topic=topic, operators=(name,), exemplars=tuple(seed.id for seed in exemplars))
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={"topic": topic, "operator": operators[name].says},
            shots=self.task.shots(exemplars, load_prompt(self.prompt, bench.context.prompts)),
            form=self.task.draft,
            sampling=self.sampling,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, origin=origin)
        return {**afresh(asked.value.proposal(origin)), "evolutions": 0, **asked.told}


def draw_exemplars(seeds: Sequence[SeedT], topic: str, count: int, random: Random) -> tuple[SeedT, ...]:
    """`count` examples in random order: of the topic but one, of other topics where it has too few."""
    same = [seed for seed in seeds if seed.topic == topic]
    other = [seed for seed in seeds if seed.topic != topic]
    foreign = min(len(other), max(1 if count > 1 else 0, count - len(same)))
    chosen = random.sample(other, foreign) + random.sample(same, min(count - foreign, len(same)))
    random.shuffle(chosen)
    return tuple(chosen)
