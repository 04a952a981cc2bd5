"""The task `verified math` as agents share it: the reply's form and how examples are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from ..records import Answer, AnswerType, Message
from ..seeds import SeedProblem
from ..tools.programs import printing_fault
from .prompts import load_prompt
from .state import Proposal

MAX_PROBLEM_CHARS = 1500
MAX_PROGRAM_CHARS = 4000
MAX_ANSWER_CHARS = 200


class MathReply(BaseModel):
    """A problem, its program and its answer, as proposer, evolver and reviser return them.

    The program stands before the answer, so that a model has computed when it states.
    """

    model_config = ConfigDict(extra="forbid")

    problem: str
    program: str
    answer_type: Literal["integer", "rational", "closed_form", "expression", "set", "tuple"]
    answer: str

    @field_validator("problem", "program", "answer")
    @classmethod
    def _filled(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("it is empty")
        return text.strip()

    @field_validator("problem")
    @classmethod
    def _problem_length(cls, text: str) -> str:
        return _at_most(text, MAX_PROBLEM_CHARS)

    @field_validator("program")
    @classmethod
    def _prints(cls, text: str) -> str:
        return printing_program(text)

    @field_validator("answer")
    @classmethod
    def _answer_length(cls, text: str) -> str:
        return _at_most(text, MAX_ANSWER_CHARS)

    def proposal(self, **origin: object) -> Proposal:
        """As a proposal, with where it came from: topic, operators, exemplars."""
        answer = Answer(type=AnswerType(self.answer_type), value=self.answer)
        return Proposal.model_validate(
            {"problem": self.problem, "answer": answer, "program": self.program, **origin}
        )


def shots_of(seeds: Iterable[SeedProblem], prompt: str) -> list[Message]:
    """Seeds as turns of the chat: the proposer's question for each, and the seed as the reply wanted."""
    shots = []
    for seed in seeds:
        reply = MathReply.model_construct(
            problem=seed.problem,
            # Small models close the string badly right after a bracket: a last line break mends that.
            program=seed.program.rstrip() + "\n",
            answer_type=seed.answer.type.value,
            answer=seed.answer.value,
        )
        *_, question = load_prompt(prompt).render(topic=seed.topic, operator="")
        shots += [question, Message(role="assistant", content=reply.model_dump_json(warnings=False))]
    return shots


def printing_program(source: str) -> str:
    """The source, where it is Python that prints; a ValueError that a model can learn from where not."""
    fault = printing_fault(_at_most(source, MAX_PROGRAM_CHARS))
    if fault:
        raise ValueError(fault)
    return source


def _at_most(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueError(f"it has {len(text)} characters, at most {limit} are read")
    return text
