"""Critic: reads what the checks found and says where the fault lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..models import Malformed, Sampling
from .asking import ask
from .context import Context, bench_of
from .prompts import load_prompt
from .state import Critique, State, refuse_malformed


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
        reply = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={
                "problem": proposal.problem,
                "answer": proposal.answer.value,
                "program": proposal.program,
                "findings": state["verdict"].reason,
            },
            form=Critique,
            sampling=self.sampling,
        )
        if isinstance(reply, Malformed):
            return refuse_malformed(state, stage=self.role, reply=reply, candidate=proposal)
        return {"critique": reply.value, "refusal": None, "usage": reply.usage}
