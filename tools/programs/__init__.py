"""Programs as evidence: run them, and look whether they use what their problem states."""

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

__all__ = [
    "PROGRAM_LIMITS",
    "Literal",
    "Printed",
    "Unreadable",
    "limits_json",
    "literals_for",
    "literals_of",
    "numbers_in_text",
    "perturbed",
    "printing_fault",
    "run_answer_program",
    "unused_numbers",
]
