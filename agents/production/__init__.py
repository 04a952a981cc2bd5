"""The flywheel: exchanges of production traffic, on their way to people who decide.

taking ─▶ filtering ─▶ (scoring: noise) ─▶ judging ─▶ triage ─▶ (drafting ─▶ comparing) ─▶ reviewing
"""

from .comparing import DraftComparison
from .drafting import Drafter
from .filtering import ExchangeFilter
from .judging import production_judge
from .reviewing import review
from .scoring import Scorer
from .taking import take_exchange
from .triage import Standing, standing_of, triage

__all__ = [
    "DraftComparison",
    "Drafter",
    "ExchangeFilter",
    "Scorer",
    "Standing",
    "production_judge",
    "review",
    "standing_of",
    "take_exchange",
    "triage",
]
