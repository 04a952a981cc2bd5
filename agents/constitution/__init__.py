"""Constitutional AI: prompts of a red team among ordinary ones, critiques and revisions by principles, a
comparison of the last response with the first.

proposer ─▶ first response ─▶ (critic ─▶ reviser)* ─▶ verify ─▶ compare
"""

from .compare import Comparison
from .critic import ConstitutionCritic
from .proposer import HELPFUL, PromptProposer, is_helpful
from .reviser import ConstitutionReviser
from .verify import stands, verify_revised

__all__ = [
    "HELPFUL",
    "Comparison",
    "ConstitutionCritic",
    "ConstitutionReviser",
    "PromptProposer",
    "is_helpful",
    "stands",
    "verify_revised",
]
