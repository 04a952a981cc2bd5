"""Rephraser: tells a verified problem otherwise, so that one reading of its text is not the only witness.

other numbers   made here: text and author's program changed alike, no model is asked
other words     by a model; dropped where a number of the text is lost or new
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, field_validator

from ..models import Sampling
from ..tools.problems import changed_twin, numbers_kept
from .asking import Asked, ask
from .bounds import at_most, filled
from .context import Context, bench_of
from .math_task import MAX_PROBLEM_CHARS, math_proposal
from .prompts import load_prompt
from .state import MathProposal, State, Variant


class Rephrased(BaseModel):
    model_config = ConfigDict(extra="forbid")

    problem: str

    @field_validator("problem")
    @classmethod
    def _length(cls, text: str) -> str:
        return at_most(filled(text), MAX_PROBLEM_CHARS)


@dataclass(frozen=True, slots=True)
class Rephraser:
    """Makes variants of a math problem; it turns nothing down, and may find none."""

    role: str = "rephraser"
    prompt: str = "rephrase_math"
    sampling: Sampling = Sampling(temperature=0.7, max_tokens=400)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        proposal = math_proposal(state)
        variants, told = [], {}
        if bench.context.other_numbers:
            variants += _other_numbers(proposal, bench.services.models.spec("proposer"))
        if bench.context.other_words:
            asked = await ask(
                bench,
                state,
                role=self.role,
                prompt=self.prompt,
                values=proposal.asked(),
                form=Rephrased,
                sampling=self.sampling,
            )
            variants += _other_words(proposal, asked, bench.services.models.spec(self.role))
            told = asked.told
        return {"variants": tuple(variants), "rephrased": True, "refusal": None, **told}


def _other_numbers(proposal: MathProposal, basis: str) -> list[Variant]:
    twin = changed_twin(proposal.problem, proposal.program)
    if twin is None:
        return []
    return [Variant(kind="other_numbers", problem=twin.problem, program=twin.program, basis=basis)]


def _other_words(proposal: MathProposal, asked: Asked[Rephrased], basis: str) -> list[Variant]:
    if asked.value is None or asked.value.problem == proposal.problem:
        return []
    if not numbers_kept(proposal.problem, asked.value.problem).kept:
        return []
    program = proposal.program
    return [Variant(kind="other_words", problem=asked.value.problem, program=program, basis=basis)]
