"""Checks of code: does a solution pass its tests, does a program answer its cases?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import JsonValue

from ...records import Evidence, EvidenceKind, well_formed
from ..programs import (
    CASE_LIMITS,
    SUITE_LIMITS,
    CaseStatus,
    StdioCase,
    SuiteResult,
    check_solution,
    check_stdio,
)
from ..sandbox import Profile, Sandbox
from ..versions import versions

MAX_SHOWN = 3
"""Cases that evidence tells of, the first ones that did not pass."""


async def solution_passes_tests(
    solution: str,
    tests: str,
    entry_point: str,
    sandbox: Sandbox,
    *,
    basis: str,
    module: str = "solution",
    profile: Profile = "plain",
) -> Evidence:
    """Run a test suite against a solution in the strongest mode that can express it; see `check_solution`.

    `basis` is whose work the tests are: the spec of the model that wrote them, or `none`.
    """
    solution, tests = well_formed(solution), well_formed(tests)
    suite = await check_solution(solution, tests, entry_point, sandbox, module=module, profile=profile)
    return Evidence(
        kind=EvidenceKind.EXECUTION,
        check="solution_passes_tests",
        claim=f"{entry_point} passes its tests",
        outcome=suite.outcome,
        basis=basis,
        inputs={
            "solution": solution,
            "tests": tests,
            "entry_point": entry_point,
            "module": module,
            "profile": profile,
            "limits": dict(asdict(SUITE_LIMITS).items()),
        },
        observed=_observed(suite) | {"borrowed": list(suite.borrowed)},
        versions=versions(),
        forgeable=suite.mode.forgeable,
    )


async def program_answers_cases(
    program: str, cases: Sequence[StdioCase], sandbox: Sandbox, *, basis: str, profile: Profile = "plain"
) -> Evidence:
    """Run a program once for each case and compare what it prints, outside of it; see `check_stdio`."""
    program = well_formed(program)
    cases = [StdioCase(well_formed(case.stdin), well_formed(case.expected)) for case in cases]
    suite = await check_stdio(program, cases, sandbox, profile=profile)
    told: list[JsonValue] = [{"stdin": case.stdin, "expected": case.expected} for case in cases]
    return Evidence(
        kind=EvidenceKind.EXECUTION,
        check="program_answers_cases",
        claim=f"the program answers its {len(cases)} cases",
        outcome=suite.outcome,
        basis=basis,
        inputs={
            "program": program,
            "cases": told,
            "profile": profile,
            "limits": dict(asdict(CASE_LIMITS).items()),
        },
        observed=_observed(suite),
        versions=versions(),
        forgeable=suite.mode.forgeable,
    )


def _observed(suite: SuiteResult) -> dict[str, JsonValue]:
    open_ = [case for case in suite.cases if case.status is not CaseStatus.PASSED]
    shown: list[JsonValue] = [
        {
            "id": case.id,
            "status": case.status.value,
            "expected": case.expected,
            "got": case.got,
            "detail": case.detail,
        }
        for case in open_[:MAX_SHOWN]
    ]
    return {
        "mode": suite.mode.value,
        "counts": dict(suite.counts),
        "not_passed": shown,
        "detail": suite.detail,
    }
