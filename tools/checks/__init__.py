"""Checks: each makes one piece of Evidence, and can make it again from that evidence alone."""

from .program import program_prints, program_reads_problem
from .reasoning import Calculation, answer_agrees, calculations_hold, calculations_in
from .rerun import rerun
from .solution import program_answers_cases, solution_passes_tests
from .versions import versions

__all__ = [
    "Calculation",
    "answer_agrees",
    "calculations_hold",
    "calculations_in",
    "program_answers_cases",
    "program_prints",
    "program_reads_problem",
    "rerun",
    "solution_passes_tests",
    "versions",
]
