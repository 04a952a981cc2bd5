"""What a judge reads: an instruction and a response, taken from the state by a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ...records import text_sha256
from ..code_task import code_proposal
from ..instruction_task import instruction_proposal
from ..math_task import math_proposal
from ..state import State

_MARK_DIGITS = 12


class Example(NamedTuple):
    """What is judged, as a record would show it."""

    instruction: str
    response: str


ExampleOf = Callable[[State], Example]
"""Reads the example out of a graph's state; a graph with other fields gives its own."""


def math_example(state: State) -> Example:
    """The problem, and a reasoning that the checks agree with; the bare answer where none was written."""
    proposal = math_proposal(state)
    right = [trace.output for trace in state.get("traces", ()) if trace.verdict.accepted]
    return Example(proposal.problem, right[0] if right else f"Answer: {proposal.answer.value}")


def code_example(state: State) -> Example:
    """The problem with the function's head, and the first proved solution."""
    return Example(code_proposal(state).task, state["traces"][0].output)


def instance_example(state: State) -> Example:
    """The instruction with its input, and the response."""
    instance = state["instances"][0]
    return Example(asked_with(instruction_proposal(state).problem, instance.input), instance.output)


def asked_with(instruction: str, given: str) -> str:
    """An instruction and its input as one text."""
    return f"{instruction}\n\n{given}" if given else instruction


def mark_of(*texts: str) -> str:
    """A word to put around texts in a prompt: a hash of them, so that none of them can hold it."""
    return text_sha256("\x00".join(texts))[:_MARK_DIGITS]
