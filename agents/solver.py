"""Solver: works the problem out from its text alone, k times, by program and by reasoning in turn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, field_validator

from ..models import Malformed, Sampling
from ..records import Usage
from .asking import ask
from .context import Bench, Context, bench_of
from .math_task import printing_program
from .prompts import load_prompt
from .state import Solution, State, refuse


class ProgramReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    program: str

    @field_validator("program")
    @classmethod
    def _prints(cls, text: str) -> str:
        return printing_program(text)


class ReasoningReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reasoning: str
    answer: str


class _Tried(NamedTuple):
    solution: Solution
    usage: Usage


@dataclass(frozen=True, slots=True)
class Solver:
    """Solves problems. The state holds the author's answer; only the problem's text is ever sent."""

    role: str = "solver"
    program_prompt: str = "solve_math_program"
    reasoning_prompt: str = "solve_math_reasoning"
    sampling: Sampling = Sampling(temperature=0.2, max_tokens=600)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.program_prompt)
        load_prompt(self.reasoning_prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        samples = range(bench.context.solver_samples)
        tried = await asyncio.gather(*(self._solve(bench, state, sample) for sample in samples))
        solutions = tuple(one.solution for one in tried)
        usage = sum((one.usage for one in tried), Usage())
        unread = [s for s in solutions if s.unreadable]
        if unread:
            reason = f"{len(unread)} of {len(solutions)} solutions could not be read: {unread[0].unreadable}"
            return refuse(
                state,
                stage=self.role,
                code="malformed",
                reason=reason,
                candidate=state["proposal"],
                solutions=solutions,
                usage=usage,
            )
        return {"solutions": solutions, "refusal": None, "usage": usage}

    async def _solve(self, bench: Bench, state: State, sample: int) -> _Tried:
        style: Literal["program", "reasoning"] = "reasoning" if sample % 2 else "program"
        forms: dict[str, type[BaseModel]] = {"program": ProgramReply, "reasoning": ReasoningReply}
        reply = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.reasoning_prompt if style == "reasoning" else self.program_prompt,
            values={"problem": state["proposal"].problem},
            form=forms[style],
            sampling=self.sampling,
            sample=sample,
        )
        basis = bench.services.models.spec(self.role)
        found = {"unreadable": reply.problem} if isinstance(reply, Malformed) else reply.value.model_dump()
        return _Tried(Solution(style=style, sample=sample, basis=basis, **found), reply.usage)
