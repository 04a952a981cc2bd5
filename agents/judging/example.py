"""What a judge reads: an instruction and a response, taken from the state by a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ...records import text_sha256
from ..state import State

_MARK_DIGITS = 12


class Example(NamedTuple):
    """What is judged, as a record would show it."""

    instruction: str
    response: str


ExampleOf = Callable[[State], Example]
"""Reads the example out of a graph's state; a graph with other fields gives its own."""


def math_example(state: State) -> Example:
    """The problem, and the first reasoning with the final answer on a line of its own: what is kept."""
    proposal = state["proposal"]
    reasoning = next((s.reasoning.strip() for s in state["solutions"] if s.reasoning.strip()), "")
    final = f"Answer: {proposal.answer.value}"
    return Example(proposal.problem, f"{reasoning}\n\n{final}" if reasoning else final)


def mark_of(*texts: str) -> str:
    """A word to put around texts in a prompt: a hash of them, so that none of them can hold it."""
    return text_sha256("\x00".join(texts))[:_MARK_DIGITS]
