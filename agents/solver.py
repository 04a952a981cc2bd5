"""Solver: works the problem out from its text alone, k times, in several styles in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, field_validator

from ..models import Sampling
from .asking import Asked, ask, told_by
from .context import Bench, Context, bench_of
from .math_task import printing_program
from .prompts import load_prompt
from .state import Posed, Solution, State, posed, refuse


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
    asked: Asked[BaseModel]


class Style(NamedTuple):
    """One way to solve: its name, what is said, and the form of the reply, whose fields a Solution has."""

    name: Literal["program", "reasoning", "code"]
    prompt: str
    form: type[BaseModel]


BY_PROGRAM = Style("program", "solve_math_program", ProgramReply)
BY_REASONING = Style("reasoning", "solve_math_reasoning", ReasoningReply)


@dataclass(frozen=True, slots=True)
class Solver:
    """Solves problems. The state holds the author's answer; only the problem's text is ever sent.

    Where the state holds variants of the problem, each of them is solved once, in the first style.

    Attributes:
        styles: taken in turn by the samples.
        samples: solutions per problem, where the settings do not say.
        needed: how many must be readable.
    """

    role: str = "solver"
    styles: tuple[Style, ...] = (BY_PROGRAM, BY_REASONING)
    samples: int = 2
    needed: int = 2
    sampling: Sampling = Sampling(temperature=0.2, max_tokens=600)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        for style in self.styles:
            load_prompt(style.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        questions = posed(state, bench.context.solver_samples or self.samples)
        tried = await asyncio.gather(*(self._solve(bench, state, question) for question in questions))
        solutions = tuple(one.solution for one in tried)
        told = told_by([one.asked for one in tried])
        unread = [s for s in solutions if s.unreadable]
        needed = len(solutions) if state.get("variants") else self.needed
        if len(solutions) - len(unread) < needed:
            reason = f"{len(unread)} of {len(solutions)} solutions could not be read: {unread[0].unreadable}"
            return refuse(
                state,
                stage=self.role,
                code="malformed",
                reason=reason,
                candidate=state["proposal"],
                solutions=solutions,
                **told,
            )
        return {"solutions": solutions, "refusal": None, **told}

    async def _solve(self, bench: Bench, state: State, question: Posed) -> _Tried:
        style = self.styles[0 if question.about else question.sample % len(self.styles)]
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=style.prompt,
            values=question.values,
            form=style.form,
            sampling=self.sampling,
            sample=question.sample,
        )
        found = {"unreadable": asked.problem} if asked.value is None else asked.value.model_dump()
        basis = bench.services.models.spec(self.role)
        solution = Solution(
            style=style.name, sample=question.sample, about=question.about, basis=basis, **found
        )
        return _Tried(solution, asked)


def readable(solutions: Sequence[Solution]) -> tuple[Solution, ...]:
    """Those that could be read."""
    return tuple(solution for solution in solutions if not solution.unreadable)
