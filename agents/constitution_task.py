"""The task `constitutional`: a prompt, and a response that was criticised and revised by principles."""

from __future__ import annotations

from ..seeds import SeedPrompt
from .instruction_task import InstructionDraft
from .task import Task


def _drafted(seed: SeedPrompt) -> InstructionDraft:
    return InstructionDraft.model_construct(instruction=seed.prompt)


# A kind of its own: what a red team writes is shown to no other graph as an instruction.
CONSTITUTIONAL = Task("constitutional", InstructionDraft, SeedPrompt, _drafted, kind="prompt")
