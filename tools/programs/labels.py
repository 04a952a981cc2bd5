"""What independent solutions say about an input: equality by type, and a majority that may abstain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .expressions import Answer, AnswerKind

TOLERANCE = 1e-6
"""Relative and absolute, of two numbers of which one is a float."""
MIN_VOTES = 2


def agree(one: object, two: object) -> bool:
    """Whether two plain values are the same: as Python's `==` has it, floats within the tolerance.

    So 2 agrees with 2.0, but no list with a tuple and no text with a number; the order in a set or a dict
    does not matter, and nan agrees with nan.
    """
    if isinstance(one, int | float) and isinstance(two, int | float):
        return _numbers_agree(one, two)
    if isinstance(one, complex) and isinstance(two, complex):
        return _numbers_agree(one.real, two.real) and _numbers_agree(one.imag, two.imag)
    if isinstance(one, list | tuple) and type(one) is type(two) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(agree, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(agree(value, two[key]) for key, value in one.items())
    return type(one) is type(two) and one == two


def _numbers_agree(one: int | float, two: int | float) -> bool:
    if isinstance(one, int) and isinstance(two, int):
        return one == two
    try:
        if math.isnan(one) and math.isnan(two):
            return True
        return math.isclose(one, two, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except OverflowError:
        return one == two


def answers_agree(one: Answer, two: Answer) -> bool:
    """Whether two outcomes of a call are the same: both values that agree, or the same kind of failure."""
    if one.kind is not two.kind:
        return False
    if one.kind is AnswerKind.VALUE:
        return agree(one.value, two.value)
    return one.kind is not AnswerKind.RAISED or one.detail.partition(":")[0] == two.detail.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Label:
    """A value that more than half of the voters gave for an input, and how many did."""

    value: object
    votes: int
    voters: int

    @property
    def unanimous(self) -> bool:
        return self.votes == self.voters


def label_of(answers: Sequence[Answer], *, min_votes: int = MIN_VOTES) -> Label | None:
    """The majority's value; None where fewer than `min_votes` agree, or no more than half of all.

    A voter that raises or gives no value counts among the voters and for no value.
    """
    values = [answer.value for answer in answers if answer.kind is AnswerKind.VALUE]
    best: Label | None = None
    for value in values:
        votes = sum(agree(value, other) for other in values)
        if best is None or votes > best.votes:
            best = Label(value, votes, len(answers))
    if best is None or best.votes < min_votes or 2 * best.votes <= best.voters:
        return None
    return best
