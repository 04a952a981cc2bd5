"""Programs as evidence: run them, test them, and look whether they use what their problem states."""

from .calls import SUITE_LIMITS
from .parameters import (
    Literal,
    Unreadable,
    literals_for,
    literals_of,
    numbers_in_text,
    perturbed,
    printing_fault,
    unused_numbers,
)
from .printed import PROGRAM_LIMITS, Printed, limits_json, run_answer_program
from .results import CaseResult, CaseStatus, Mode, SuiteResult
from .stdio import CASE_LIMITS, StdioCase, check_stdio
from .suites import check_solution

__all__ = [
    "CASE_LIMITS",
    "PROGRAM_LIMITS",
    "SUITE_LIMITS",
    "CaseResult",
    "CaseStatus",
    "Literal",
    "Mode",
    "Printed",
    "StdioCase",
    "SuiteResult",
    "Unreadable",
    "check_solution",
    "check_stdio",
    "limits_json",
    "literals_for",
    "literals_of",
    "numbers_in_text",
    "perturbed",
    "printing_fault",
    "run_answer_program",
    "unused_numbers",
]
