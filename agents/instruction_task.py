"""The tasks `self_instruct` and `evol_instruct`: an instruction, perhaps with an input, and a response."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import field_validator

from ..records import Origin
from ..seeds import SeedInstruction
from .bounds import at_most, filled
from .prompts import load_operators
from .state import InstructionProposal, Proposal, State
from .task import Draft, Task

MAX_INSTRUCTION_CHARS = 6000
_CODE = re.compile(
    r"```|\b(?:python|javascript|typescript|java|c\+\+|rust|golang|sql|bash|html|css|regex|regular expression"
    r"|def \w+\(|function \w+\(|unit tests?|docstring|source code|code snippet|algorithm that)\b",
    re.IGNORECASE,
)


class InstructionDraft(Draft):
    """An instruction as an evolver writes it."""

    instruction: str

    @field_validator("instruction")
    @classmethod
    def _length(cls, text: str) -> str:
        return at_most(filled(text), MAX_INSTRUCTION_CHARS)

    def proposal(self, origin: Origin) -> InstructionProposal:
        return InstructionProposal(problem=self.instruction, **dict(origin))


def _drafted(seed: SeedInstruction) -> InstructionDraft:
    return InstructionDraft.model_construct(instruction=seed.instruction)


INSTRUCTIONS = Task("self_instruct", InstructionDraft, SeedInstruction, _drafted, judge_minimum=3)
EVOLUTIONS = Task(
    "evol_instruct", InstructionDraft, SeedInstruction, _drafted, judge_minimum=3, evolve_rounds=4
)


def instruction_proposal(state: State) -> InstructionProposal:
    """The state's proposal as an instruction. Raises TypeError for one of another method."""
    proposal = state["proposal"]
    if not isinstance(proposal, InstructionProposal):
        raise TypeError(f"an InstructionProposal belongs here, not a {type(proposal).__name__}")
    return proposal


def is_code(proposal: Proposal) -> bool:
    """Whether an instruction is about code, by its words."""
    return proposal.topic == "code" or bool(_CODE.search(proposal.problem))


@dataclass(frozen=True, slots=True)
class EvolutionsFor:
    """The set of operators for an instruction: WizardCoder's five (arXiv 2306.08568) where it is about code,
    the six of Evol-Instruct for any other.
    """

    code: str = "code_evolutions"
    other: str = "instruction_evolutions"

    def __post_init__(self) -> None:
        load_operators(self.code)
        load_operators(self.other)

    def __call__(self, proposal: Proposal) -> str:
        return self.code if is_code(proposal) else self.other
