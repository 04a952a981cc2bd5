"""Critic: reads what the checks found and says where the fault lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..models import Sampling
from .asking import ask, refuse_malformed
from .context import Context, bench_of
from .prompts import load_prompt
from .state import Critique, State


@dataclass(frozen=True, slots=True)
class Critic:
    """Criticises a proposal that failed verification."""

    role: str = "critic"
    prompt: str = "critique_math"
    sampling: Sampling = Sampling(temperature=0.2, max_tokens=250)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        proposal = state["proposal"]
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values=proposal.shown() | {"findings": state["verdict"].reason},
            form=Critique,
            sampling=self.sampling,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=proposal)
        return {"critique": asked.value, "refusal": None, **asked.told}
