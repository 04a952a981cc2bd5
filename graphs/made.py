"""What each method makes of a verified state: its record, which is what the judge was shown."""

from __future__ import annotations

from ..agents import State
from ..agents.code_task import CODE
from ..agents.judging import code_example, math_example
from ..agents.math_task import MATH, math_proposal
from ..records import Record
from .settle import record_of


def math_record(state: State) -> Record:
    """A problem with its worked answer."""
    return record_of(state, MATH.method, *math_example(state), answer=math_proposal(state).answer)


def code_record(state: State) -> Record:
    """A programming problem with a proved solution, and the tests that it passes."""
    return record_of(state, CODE.method, *code_example(state), tests=state["tests"])
