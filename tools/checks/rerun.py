"""Run a piece of evidence again, from what it holds and nothing else: no model, no ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import get_args

from pydantic import ValidationError

from ...errors import ProofsetError, SoftEvidenceError
from ...records import Answer, AnswerType, Evidence
from ..instructions.revised import Limits
from ..problems import CHECKS, Claim
from ..programs import StdioCase
from ..sandbox import Profile, Sandbox
from .answers import answer_equals_gold
from .consensus import agreed_again
from .exchange import FIT, fit_again
from .instruction import form_as_asked, sum_is_right
from .problem import PREFIX, problem_check
from .program import SolvedBy, program_reads_problem, solver_follows
from .reasoning import answer_agrees, calculations_hold
from .rerun_backwards import BACKWARDS
from .rerun_code import agrees_again, kills_again
from .revision import GROUNDED, SOUND, critique_is_grounded, revision_is_sound
from .solution import program_answers_cases, solution_passes_tests
from .unit import answer_in_unit_asked


def _text(evidence: Evidence, name: str) -> str:
    value = evidence.inputs.get(name)
    if not isinstance(value, str):
        raise ProofsetError(
            f"evidence {evidence.check}: its input {name!r} is missing; it cannot be run again"
        )
    return value


def _expected(evidence: Evidence) -> Answer:
    try:
        return Answer.model_validate(evidence.inputs.get("expected"))
    except ValidationError as error:
        raise ProofsetError(
            f"evidence {evidence.check}: its input 'expected' is no typed answer ({error.errors()[0]['msg']})"
        ) from error


def _profile(evidence: Evidence) -> Profile:
    named = _text(evidence, "profile")
    for profile in get_args(Profile):
        if named == profile:
            return profile  # type: ignore[no-any-return]
    raise ProofsetError(
        f"evidence {evidence.check}: its profile {named!r} is not known; it cannot be run again"
    )


def _cases(evidence: Evidence) -> list[StdioCase]:
    cases = evidence.inputs.get("cases")
    found = []
    for case in cases if isinstance(cases, list) else []:
        match case:
            case {"stdin": str(stdin), "expected": str(expected)}:
                found.append(StdioCase(stdin, expected))
    if not isinstance(cases, list) or len(found) != len(cases):
        raise ProofsetError(
            f"evidence {evidence.check}: its input 'cases' is no list of cases; it cannot be run again"
        )
    return found


async def _program_reads_problem(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    program, problem = _text(evidence, "program"), _text(evidence, "problem")
    return await program_reads_problem(program, problem, sandbox, basis=evidence.basis)


async def _solver_follows(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    problem, program, solution, by = (
        _text(evidence, name) for name in ("problem", "program", "solution", "by")
    )
    for way in get_args(SolvedBy):
        if way == by:
            return await solver_follows(problem, program, solution, sandbox, by=way, basis=evidence.basis)
    raise ProofsetError(f"evidence {evidence.check}: {by!r} is no way to solve; it cannot be run again")


async def _answer_agrees(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    given = _text(evidence, "given")
    return await answer_agrees(given, _expected(evidence), sandbox, basis=evidence.basis)


async def _answer_in_unit_asked(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    problem, reasoning, answer = (_text(evidence, name) for name in ("problem", "reasoning", "answer"))
    return answer_in_unit_asked(problem, reasoning, answer, basis=evidence.basis)


async def _answer_equals_gold(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    gold, given, problem = (_text(evidence, name) for name in ("gold", "given", "problem"))
    named = evidence.inputs.get("type")
    if named is not None and named not in set(AnswerType):
        raise ProofsetError(
            f"evidence {evidence.check}: its type {named!r} is not known; it cannot be run again"
        )
    answer_type = None if named is None else AnswerType(named)
    return await answer_equals_gold(gold, given, sandbox, problem=problem, answer_type=answer_type)


async def _form_as_asked(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    return form_as_asked(_text(evidence, "instruction"), _text(evidence, "response"))


async def _sum_is_right(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    instruction, given, response = (_text(evidence, name) for name in ("instruction", "input", "response"))
    return await sum_is_right(instruction, given, response, sandbox)


async def _critique_is_grounded(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    names = ("principle", "quote", "critique", "response")
    known = evidence.inputs.get("known")
    if not isinstance(known, list):
        raise ProofsetError(
            f"evidence {evidence.check}: its input 'known' is no list of ids; it cannot be run again"
        )
    return critique_is_grounded(
        *(_text(evidence, name) for name in names),
        drawn=_text(evidence, "drawn"),
        known=[str(one) for one in known],
        constitution=_text(evidence, "constitution_sha256"),
        basis=evidence.basis,
    )


async def _revision_is_sound(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    given = evidence.inputs.get("limits")
    found = given if isinstance(given, dict) else {}
    numbers = [found.get(name) for name in Limits._fields]
    if not all(type(number) is int for number in numbers):
        raise ProofsetError(
            f"evidence {evidence.check}: its input 'limits' lacks {', '.join(Limits._fields)}; "
            "it cannot be run again"
        )
    return revision_is_sound(
        _text(evidence, "before"),
        _text(evidence, "after"),
        prompt=_text(evidence, "prompt"),
        critique=_text(evidence, "critique"),
        request=_text(evidence, "request"),
        limits=Limits(*(number for number in numbers if isinstance(number, int))),
        basis=evidence.basis,
    )


async def _calculations_hold(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    return await calculations_hold(_text(evidence, "reasoning"), sandbox, basis=evidence.basis)


async def _solution_passes_tests(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    solution, tests, entry_point, module = (
        _text(evidence, name) for name in ("solution", "tests", "entry_point", "module")
    )
    return await solution_passes_tests(
        solution,
        tests,
        entry_point,
        sandbox,
        basis=evidence.basis,
        module=module,
        profile=_profile(evidence),
    )


async def _program_answers_cases(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    return await program_answers_cases(
        _text(evidence, "program"),
        _cases(evidence),
        sandbox,
        basis=evidence.basis,
        profile=_profile(evidence),
    )


async def _problem_check(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    problem, answer, program = (_text(evidence, name) for name in ("problem", "claimed_answer", "program"))
    peers = evidence.inputs.get("peers", [])
    if not isinstance(peers, list):
        raise ProofsetError(
            f"evidence {evidence.check}: its input 'peers' is no list of programs; it cannot be run again"
        )
    claim = Claim(problem, answer, program, tuple(map(str, peers)))
    return await problem_check(evidence.check.removeprefix(PREFIX), claim, sandbox, basis=evidence.basis)


_CHECKS: dict[str, Callable[[Evidence, Sandbox], Awaitable[Evidence | None]]] = {
    "answer_agrees": _answer_agrees,
    "answer_equals_gold": _answer_equals_gold,
    "answer_in_unit_asked": _answer_in_unit_asked,
    "answers_agree_by_consensus": agreed_again,
    "calculations_hold": _calculations_hold,
    GROUNDED: _critique_is_grounded,
    FIT: fit_again,
    "form_as_asked": _form_as_asked,
    "program_answers_cases": _program_answers_cases,
    "program_reads_problem": _program_reads_problem,
    SOUND: _revision_is_sound,
    "solver_follows": _solver_follows,
    "solution_agrees_with_peers": agrees_again,
    "solution_passes_tests": _solution_passes_tests,
    "sum_is_right": _sum_is_right,
    "suite_kills_mutants": kills_again,
    **BACKWARDS,
    **{f"{PREFIX}{name}": _problem_check for name in CHECKS},
}


KNOWN = tuple(_CHECKS)
"""The checks that can be run again, by name."""


def is_rerunnable(evidence: Evidence) -> bool:
    """False for an opinion, of which nothing can be run again; True for a check, also an unknown one."""
    return evidence.hard


async def rerun(evidence: Evidence, sandbox: Sandbox) -> Evidence:
    """The same check again; compare its outcome with the old one.

    Raises SoftEvidenceError for an opinion, and another ProofsetError where the check is not known or an
    input is missing.
    """
    if not is_rerunnable(evidence):
        raise SoftEvidenceError(
            f"evidence {evidence.check!r}: it is of kind {evidence.kind.value}, an opinion; "
            "there is nothing to run again without whoever gave it"
        )
    check = _CHECKS.get(evidence.check)
    if check is None:
        raise ProofsetError(
            f"evidence {evidence.check!r}: no such check; the known ones are {', '.join(_CHECKS)}"
        )
    again = await check(evidence, sandbox)
    if again is None:
        raise ProofsetError(f"evidence {evidence.check!r}: there is nothing left to check in its inputs")
    return again
