"""The check that computes a question from its text alone, by whichever reader takes the text."""

from __future__ import annotations

from .claim import Claim, Finding, Runs
from .told import held_against, read_by
from .told_calculus import calculus_gives
from .told_chances import CHANCES
from .told_choices import CHOICES
from .told_integers import INTEGERS
from .told_ranges import RANGES
from .told_rates import RATES
from .told_shapes import SHAPES
from .told_shares import SHARES
from .told_stories import STORIES
from .told_unknowns import UNKNOWNS

READERS = (*INTEGERS, *RANGES, *CHOICES, *CHANCES, *SHARES, *UNKNOWNS, *SHAPES, *STORIES, *RATES)
"""In this order the first one that takes a text decides what it gives."""


async def text_gives(claim: Claim, runs: Runs) -> Finding:
    """The claim is what the text's question comes to; the author's program has no part in it."""
    told = read_by(READERS, claim.problem)
    return await calculus_gives(claim, runs) if told is None else held_against(claim, told)
