"""Checks: each makes one piece of Evidence, and can make it again from that evidence alone."""

from ...records.lines import BadLine
from .answers import AnswerRow, acheck_answers, answer_equals_gold, check_answer_rows, check_answers
from .backwards import (
    asks_by_itself,
    gives_nothing_away,
    keeps_to_the_text,
    same_language,
    says_its_subject,
    stands_by_itself,
)
from .code import (
    CodeRow,
    check_code,
    check_code_rows,
    solution_agrees_with_peers,
    suite_kills_mutants,
)
from .consensus import answers_agree_by_consensus, false_calculations
from .exchange import exchange_is_fit
from .instruction import form_as_asked, sum_is_right
from .problem import ProblemRow, check_problem, check_problem_rows, problem_check
from .program import program_reads_problem, solver_follows
from .reasoning import Calculation, answer_agrees, calculations_hold, calculations_in
from .rerun import is_rerunnable, rerun
from .revision import code_of, critique_is_grounded, revision_is_sound
from .rows import Line, Ruled, Ruling, Totals, check_file, read_lines
from .solution import program_answers_cases, solution_passes_tests
from .unit import answer_in_unit_asked

__all__ = [
    "AnswerRow",
    "BadLine",
    "Calculation",
    "CodeRow",
    "Line",
    "ProblemRow",
    "Ruled",
    "Ruling",
    "Totals",
    "acheck_answers",
    "answer_agrees",
    "answer_equals_gold",
    "answer_in_unit_asked",
    "answers_agree_by_consensus",
    "asks_by_itself",
    "calculations_hold",
    "calculations_in",
    "check_answer_rows",
    "check_answers",
    "check_code",
    "check_code_rows",
    "check_file",
    "check_problem",
    "check_problem_rows",
    "code_of",
    "critique_is_grounded",
    "exchange_is_fit",
    "false_calculations",
    "form_as_asked",
    "gives_nothing_away",
    "is_rerunnable",
    "keeps_to_the_text",
    "problem_check",
    "program_answers_cases",
    "program_reads_problem",
    "read_lines",
    "rerun",
    "revision_is_sound",
    "same_language",
    "says_its_subject",
    "solution_agrees_with_peers",
    "solution_passes_tests",
    "solver_follows",
    "stands_by_itself",
    "suite_kills_mutants",
    "sum_is_right",
]
