"""Wrong: what every maker of canaries gives, a candidate or a part of one that is known to be wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from ...records import Answer, HowKnown, Known, Outcome
from ...tools.answers import Pair, compare_answers
from ...tools.sandbox import Sandbox

M = TypeVar("M")

MUTANTS = 12
"""Of one program, of which those that are not known to be wrong are left out."""
SHOWN = 300
"""Characters of a text that shows how something is known."""


@dataclass(frozen=True, slots=True)
class Wrong(Generic[M]):
    """One thing made wrong.

    Attributes:
        kind: of the defect.
        told: what was made wrong, without the text.
        known: how it is known to be wrong.
        fingerprint: by which an export knows it.
        made: the candidate.
        response: the one response in it that is wrong, where the rest is right: it is let through only where
            this response is. Empty where the whole is wrong.
    """

    kind: str
    told: str
    known: Known
    fingerprint: str
    made: M
    response: str = ""


Maker = Callable[[M, Random, Sandbox], AsyncIterator[Wrong[M]]]


async def in_turn(
    kinds: Sequence[Maker[M]], right: M, random: Random, sandbox: Sandbox
) -> AsyncIterator[Wrong[M]]:
    """One of each kind in turn, the kinds in an order that is drawn, until none gives any more."""
    drawn = random.sample(kinds, len(kinds))
    makers = [kind(right, random, sandbox) for kind in drawn]
    while makers:
        for maker in list(makers):
            made = await anext(maker, None)
            if made is None:
                makers.remove(maker)
            else:
                yield made


async def differs(right: Answer, wrong: str, sandbox: Sandbox) -> bool:
    """Whether the typed comparison finds it unequal; what it cannot decide is not known to be."""
    if not wrong.strip() or wrong == right.value:
        return False
    (comparison,) = await compare_answers([Pair(right, wrong)], sandbox)
    return comparison.outcome is Outcome.FAIL


def unequal(right: str, wrong: str) -> Known:
    """Known by the typed comparison, which is asked before."""
    return Known(by=HowKnown.UNEQUAL, shown=f"{wrong[:SHOWN]}, where {right[:SHOWN]} is right")
