"""Problems without a gold answer: is the claim what an independent look at the problem gives?

Claim ──▶ checks (CHECKS), each a Finding ──▶ decide ──▶ accept | reject | abstain
"""

from .claim import Claim, Finding, Runs
from .verify import CHECKS, CONFIRMS, MUST_PASS, ProblemVerdict, decide, findings_of, verify_problem

__all__ = [
    "CHECKS",
    "CONFIRMS",
    "MUST_PASS",
    "Claim",
    "Finding",
    "ProblemVerdict",
    "Runs",
    "decide",
    "findings_of",
    "verify_problem",
]
