"""Instruction backtranslation (Humpback, arXiv 2308.06259): from a text back to the instruction it answers.

segment ─▶ writer ─▶ critic: rules ─▶ resolver ─▶ verify ─▶ (judge) ─▶ iteration: what was kept is shown
"""

from .critic import BackwardsCritic
from .iterating import Iteration
from .resolver import Resolver
from .scoring import curation_example, curator
from .taking import take_segment
from .verify import verify_backtranslated
from .writer import Backtranslator

__all__ = [
    "Backtranslator",
    "BackwardsCritic",
    "Iteration",
    "Resolver",
    "curation_example",
    "curator",
    "take_segment",
    "verify_backtranslated",
]
