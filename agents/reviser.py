"""Reviser: mends a proposal by the critic's advice. A revision that changes nothing is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..models import Malformed, Sampling
from .asking import ask
from .context import Context, bench_of
from .math_task import MathReply
from .prompts import load_prompt
from .state import State, refuse, refuse_malformed


@dataclass(frozen=True, slots=True)
class Reviser:
    """Revises proposals."""

    role: str = "reviser"
    prompt: str = "revise_math"
    sampling: Sampling = Sampling(temperature=0.3, max_tokens=700)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        old, critique = state["proposal"], state["critique"]
        reply = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={
                "problem": old.problem,
                "answer": old.answer.value,
                "program": old.program,
                "flaw": critique.flaw,
                "advice": critique.advice,
            },
            form=MathReply,
            sampling=self.sampling,
        )
        if isinstance(reply, Malformed):
            return refuse_malformed(state, stage=self.role, reply=reply, candidate=old)
        new = reply.value.proposal(
            topic=old.topic, operators=(*old.operators, "revise"), exemplars=old.exemplars
        )
        if (new.problem, new.program, new.answer) == (old.problem, old.program, old.answer):
            return refuse(
                state,
                stage=self.role,
                code="unchanged",
                reason="the revision is the proposal that failed",
                candidate=old,
                usage=reply.usage,
            )
        return {"proposal": new, "refusal": None, "usage": reply.usage}
