"""Reviser: mends a proposal by the critic's advice. A revision that changes nothing is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..models import Sampling
from .asking import ask, refuse_malformed
from .context import Context, bench_of
from .math_task import MATH
from .prompts import load_prompt
from .state import State, afresh, refuse
from .task import Task


@dataclass(frozen=True, slots=True)
class Reviser:
    """Revises proposals."""

    task: Task[Any] = MATH
    role: str = "reviser"
    prompt: str = "revise_math"
    sampling: Sampling = Sampling(temperature=0.3, max_tokens=700)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        old, critique = state["proposal"], state["critique"]
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values=old.shown() | {"flaw": critique.flaw, "advice": critique.advice},
            form=self.task.draft,
            sampling=self.sampling,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=old)
        new = asked.value.proposal(old.after("revise")).model_copy(update={"ancestors": old.ancestors})
        if new.content == old.content:
            return refuse(
                state,
                stage=self.role,
                code="unchanged",
                reason="the revision is the proposal that failed",
                candidate=old,
                **asked.told,
            )
        return {**afresh(new), **asked.told}
