"""What each method makes of a verified state: its record, which is what the judge was shown."""

from __future__ import annotations

from collections.abc import Callable

from ..agents import State
from ..agents.code_task import CODE
from ..agents.instruction_task import instruction_proposal
from ..agents.judging import code_example, math_example
from ..agents.math_task import MATH, math_proposal
from ..records import Record
from .settle import record_of


def instruction_record(method: str) -> Callable[[State], Record]:
    """What makes the record of an instruction with one instance of it, asked as it is to be trained."""

    def record(state: State) -> Record:
        instance = state["instances"][0]
        return record_of(
            state,
            method,
            instruction_proposal(state).problem,
            instance.output,
            input=instance.input,
            prompt=state["asked_as"],
            risk=state["risk"],
        )

    return record


def math_record(state: State) -> Record:
    """A problem with its worked answer."""
    return record_of(state, MATH.method, *math_example(state), answer=math_proposal(state).answer)


def code_record(state: State) -> Record:
    """A programming problem with a proved solution, and the tests that it passes."""
    return record_of(state, CODE.method, *code_example(state), tests=state["tests"])
