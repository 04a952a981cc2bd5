"""Checks: each makes one piece of Evidence, and can make it again from that evidence alone."""

from .program import program_prints, program_reads_problem
from .reasoning import Calculation, answer_agrees, calculations_hold, calculations_in
from .rerun import rerun
from .versions import versions

__all__ = [
    "Calculation",
    "answer_agrees",
    "calculations_hold",
    "calculations_in",
    "program_prints",
    "program_reads_problem",
    "rerun",
    "versions",
]
