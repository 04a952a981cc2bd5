"""Programs as evidence: run them, test them, and look whether they use what their problem states."""

from .calls import SUITE_LIMITS
from .cores import core_of
from .examining import CodeTask
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
from .sifting import Sifted, fault_of_tests, sift_tests
from .stdio import CASE_LIMITS, StdioCase, check_stdio
from .suites import check_solution

__all__ = [
    "CASE_LIMITS",
    "PROGRAM_LIMITS",
    "SUITE_LIMITS",
    "CaseResult",
    "CaseStatus",
    "CodeTask",
    "Literal",
    "Mode",
    "Printed",
    "Sifted",
    "StdioCase",
    "SuiteResult",
    "Unreadable",
    "check_solution",
    "check_stdio",
    "core_of",
    "fault_of_tests",
    "limits_json",
    "literals_for",
    "literals_of",
    "numbers_in_text",
    "perturbed",
    "printing_fault",
    "run_answer_program",
    "sift_tests",
    "unused_numbers",
]
