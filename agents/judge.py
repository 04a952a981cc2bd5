"""Judge: an opinion on a verified example. It may only turn down: it never mends a failed check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, Field

from ..models import Malformed, Sampling
from .asking import ask
from .context import Context, bench_of
from .prompts import load_prompt
from .state import State, refuse, refuse_malformed


class Scores(BaseModel):
    """Three scores from 1 to 5."""

    model_config = ConfigDict(extra="forbid")

    clarity: int = Field(ge=1, le=5)
    quality: int = Field(ge=1, le=5)
    diversity: int = Field(ge=1, le=5)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges one example on clarity, quality and diversity; lets all pass where no minimum is set."""

    role: str = "judge"
    prompt: str = "judge_instruction"
    sampling: Sampling = Sampling(temperature=0.0, max_tokens=60)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        minimum = bench.context.judge_minimum
        if minimum is None:
            return {"refusal": None}
        proposal = state["proposal"]
        response = "\n".join(s.reasoning for s in state["solutions"] if s.reasoning) or proposal.program
        reply = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={"instruction": proposal.problem, "response": response},
            form=Scores,
            sampling=self.sampling,
        )
        if isinstance(reply, Malformed):
            return refuse_malformed(state, stage=self.role, reply=reply, candidate=proposal)
        scores = {name: float(score) for name, score in reply.value.model_dump().items()}
        low = [f"{name} {score:g} < {minimum}" for name, score in scores.items() if score < minimum]
        if low:
            return refuse(
                state,
                stage=self.role,
                code="judged_low",
                reason=", ".join(low),
                candidate=proposal,
                scores=scores,
                usage=reply.usage,
            )
        return {"scores": scores, "refusal": None, "usage": reply.usage}
