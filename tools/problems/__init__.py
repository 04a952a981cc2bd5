"""Problems without a gold answer: is the claim what an independent look at the problem gives?

Claim ──▶ checks (CHECKS), each a Finding ──▶ decide ──▶ accept | reject | abstain
"""

from .claim import Claim, Finding, Runs
from .twins import Change, NumbersKept, Twin, changed_twin, numbers_kept
from .verify import CHECKS, CONFIRMS, MUST_PASS, ProblemVerdict, decide, findings_of, verify_problem

__all__ = [
    "CHECKS",
    "CONFIRMS",
    "MUST_PASS",
    "Change",
    "Claim",
    "Finding",
    "NumbersKept",
    "ProblemVerdict",
    "Runs",
    "Twin",
    "changed_twin",
    "decide",
    "findings_of",
    "numbers_kept",
    "verify_problem",
]
