"""The task `flywheel`: what a person asked a model in production, and what it answered.

Both are taken as they are; a model only judges, and drafts a better answer for people to compare.
"""

from __future__ import annotations

from ..records import asked_in_full
from ..seeds import SeedInstruction
from .instruction_task import InstructionDraft
from .state import ExchangeProposal, State
from .task import Task

PRODUCTION = "production"
"""The role of the model that answered in production: asked by nobody here, and named in every record."""


def _drafted(seed: SeedInstruction) -> InstructionDraft:
    return InstructionDraft.model_construct(instruction=seed.instruction)


FLYWHEEL = Task("flywheel", InstructionDraft, SeedInstruction, _drafted, traffic=True)


def exchange_of(state: State) -> ExchangeProposal:
    """The state's proposal as an exchange. Raises TypeError for one of another method."""
    proposal = state["proposal"]
    if not isinstance(proposal, ExchangeProposal):
        raise TypeError(f"an ExchangeProposal belongs here, not a {type(proposal).__name__}")
    return proposal


def dialogue_of(state: State) -> str:
    """All that was said before the answer, as one text."""
    return asked_in_full(exchange_of(state).turns)
