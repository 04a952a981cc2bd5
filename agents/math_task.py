"""The task `verified_math`: a problem, the program that computes its answer, and the answer."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from ..records import Answer, AnswerType, Origin
from ..seeds import SeedProblem
from ..tools.programs import printing_fault
from .bounds import at_most, filled
from .state import MathProposal, State
from .task import Draft, Task

MAX_PROBLEM_CHARS = 1500
MAX_PROGRAM_CHARS = 4000
MAX_ANSWER_CHARS = 200


class MathDraft(Draft):
    """The program stands before the answer, so that a model has computed when it states."""

    problem: str
    program: str
    answer_type: Literal["integer", "rational", "closed_form", "expression", "set", "tuple"]
    answer: str

    @field_validator("problem", "program", "answer")
    @classmethod
    def _filled(cls, text: str) -> str:
        return filled(text)

    @field_validator("problem")
    @classmethod
    def _problem_length(cls, text: str) -> str:
        return at_most(text, MAX_PROBLEM_CHARS)

    @field_validator("program")
    @classmethod
    def _prints(cls, text: str) -> str:
        return printing_program(text)

    @field_validator("answer")
    @classmethod
    def _answer_length(cls, text: str) -> str:
        return at_most(text, MAX_ANSWER_CHARS)

    def proposal(self, origin: Origin) -> MathProposal:
        answer = Answer(type=AnswerType(self.answer_type), value=self.answer)
        return MathProposal(problem=self.problem, answer=answer, program=self.program, **dict(origin))


def _drafted(seed: SeedProblem) -> MathDraft:
    return MathDraft.model_construct(
        problem=seed.problem,
        # Small models close the string badly right after a bracket: a last line break mends that.
        program=seed.program.rstrip() + "\n",
        answer_type=seed.answer.type.value,
        answer=seed.answer.value,
    )


MATH = Task("verified_math", MathDraft, SeedProblem, _drafted, kind="math")


def math_proposal(state: State) -> MathProposal:
    """The state's proposal as a math problem. Raises TypeError for one of another method."""
    proposal = state["proposal"]
    if not isinstance(proposal, MathProposal):
        raise TypeError(f"a MathProposal belongs here, not a {type(proposal).__name__}")
    return proposal


def printing_program(source: str) -> str:
    """The source, where it is Python that prints; a ValueError that a model can learn from where not."""
    fault = printing_fault(at_most(source, MAX_PROGRAM_CHARS))
    if fault:
        raise ValueError(fault)
    return source
