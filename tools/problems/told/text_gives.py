"""The check that computes a question from its text alone, by whichever reader takes the text."""

from __future__ import annotations

from ..claim import Claim, Finding, Runs
from .calculus import calculus_gives
from .chances import CHANCES
from .choices import CHOICES
from .integers import INTEGERS
from .ranges import RANGES
from .rates import RATES
from .reading import held_against, read_by
from .shapes import SHAPES
from .shares import SHARES
from .stories import STORIES
from .unknowns import UNKNOWNS

READERS = (*INTEGERS, *RANGES, *CHOICES, *CHANCES, *SHARES, *UNKNOWNS, *SHAPES, *STORIES, *RATES)
"""In this order the first one that takes a text decides what it gives."""


async def text_gives(claim: Claim, runs: Runs) -> Finding:
    """The claim is what the text's question comes to; the author's program has no part in it."""
    told = read_by(READERS, claim.problem)
    return await calculus_gives(claim, runs) if told is None else held_against(claim, told)
