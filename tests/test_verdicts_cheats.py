"""Only honest solutions pass: in each mode, against solutions that lie in every way we know."""

from __future__ import annotations

import asyncio

import pytest
from cheats import (
    ASSERTS,
    CASES,
    CHEATS,
    FOOLS_A_SHARED_PROCESS,
    HONEST,
    HONEST_PROGRAM,
    PROGRAM_CHEATS,
    PYTEST,
    SCRIPT,
)

from proofset.records import Outcome
from proofset.tools.programs import Mode, StdioCase, SuiteResult, check_solution, check_stdio
from proofset.tools.programs.asserts import Asserts, read_asserts
from proofset.tools.programs.calls import check_asserts
from proofset.tools.programs.in_process import check_in_process
from proofset.tools.programs.joined import check_tests
from proofset.tools.sandbox import Limits, Sandbox

LIMITS = Limits(cpu_s=1.0, wall_s=2.5, output_bytes=1024 * 1024)
PATIENT = Limits(cpu_s=10.0, wall_s=60.0, output_bytes=1024 * 1024)
SUITES = {"pytest": PYTEST, "script": SCRIPT}


def needs_joining(sandbox: Sandbox) -> None:
    if not sandbox.joins:
        pytest.skip(f"{sandbox.name} cannot join two jobs")


async def by_values(solution: str, sandbox: Sandbox, limits: Limits = LIMITS) -> SuiteResult:
    asserts = read_asserts(ASSERTS, "total")
    assert isinstance(asserts, Asserts)
    return await check_asserts(solution, asserts, "total", sandbox, limits=limits)


@pytest.mark.parametrize("name", CHEATS)
async def test_no_cheat_passes_by_values(name: str, shared_sandbox: Sandbox) -> None:
    suite = await by_values(CHEATS[name], shared_sandbox)
    assert suite.mode is Mode.VALUES
    assert suite.outcome is not Outcome.PASS
    assert suite.detail


@pytest.mark.parametrize("name", CHEATS)
async def test_no_cheat_passes_across_two_sandboxes(name: str, shared_sandbox: Sandbox) -> None:
    needs_joining(shared_sandbox)
    for tests in SUITES.values():
        suite = await check_tests(CHEATS[name], tests, "total", shared_sandbox, limits=LIMITS)
        assert suite.mode is Mode.TWO_SANDBOX
        assert suite.outcome is not Outcome.PASS, tests
        assert suite.detail


@pytest.mark.parametrize("name", HONEST)
async def test_honest_solutions_pass(name: str, shared_sandbox: Sandbox) -> None:
    needs_joining(shared_sandbox)
    suites = await asyncio.gather(
        by_values(HONEST[name], shared_sandbox, PATIENT),
        *(
            check_tests(HONEST[name], tests, "total", shared_sandbox, limits=PATIENT)
            for tests in SUITES.values()
        ),
    )
    assert [(suite.outcome, suite.detail) for suite in suites] == [(Outcome.PASS, "")] * 3


@pytest.mark.parametrize("name", FOOLS_A_SHARED_PROCESS)
async def test_cheats_do_pass_in_one_process(name: str, shared_sandbox: Sandbox) -> None:
    """The control: beside the tests these do fool them, and the mode says that they could."""
    if name == "drops configuration" and not shared_sandbox.scratch:
        pytest.skip(f"{shared_sandbox.name} lets a job write nothing")
    tests = FOOLS_A_SHARED_PROCESS[name]
    suite = await check_in_process(CHEATS[name], tests, "total", shared_sandbox, limits=PATIENT)
    assert suite.outcome is Outcome.PASS, suite.detail
    assert suite.mode.forgeable


@pytest.mark.parametrize("name", PROGRAM_CHEATS)
async def test_no_program_passes_by_cheating(name: str, shared_sandbox: Sandbox) -> None:
    cases = [StdioCase(*case) for case in CASES]
    suite = await check_stdio(PROGRAM_CHEATS[name], cases, shared_sandbox, limits=LIMITS)
    assert suite.mode is Mode.STDIO
    assert suite.outcome is Outcome.FAIL
    assert len(suite.cases) == 3


@pytest.mark.parametrize(
    "program",
    [
        HONEST_PROGRAM,
        HONEST_PROGRAM.replace("print(", "print(end='  \\n\\n', *[").replace("split())))", "split()))])"),
        "import sys\nsys.stderr.write('adding')\n" + HONEST_PROGRAM,
    ],
    ids=["plain", "with white space at the ends", "with words on standard error"],
)
async def test_honest_programs_pass(program: str, shared_sandbox: Sandbox) -> None:
    suite = await check_stdio(program, [StdioCase(*case) for case in CASES], shared_sandbox)
    assert suite.outcome is Outcome.PASS, suite.detail


async def test_what_a_dead_solution_left_unsaid_is_failed(shared_sandbox: Sandbox) -> None:
    solution = "import os\ndef total(numbers):\n    return os._exit(0) if 10 in numbers else sum(numbers)\n"
    suite = await check_solution(solution, ASSERTS, "total", shared_sandbox)
    assert suite.counts == {"passed": 2, "failed": 2}
    assert "gave no value" in suite.cases[3].detail


async def test_calls_after_one_that_raised_still_count(shared_sandbox: Sandbox) -> None:
    solution = "def total(numbers):\n    return numbers[0] and sum(numbers)\n"
    suite = await check_solution(solution, ASSERTS, "total", shared_sandbox)
    assert suite.counts == {"passed": 3, "raised": 1}
    assert suite.detail == "line 2: raised, IndexError: list index out of range"


async def test_tests_that_call_nothing_prove_nothing(shared_sandbox: Sandbox) -> None:
    for tests in ("assert True", "x = 1\nassert x", "def test_a():\n    x = 1\n    assert x", ""):
        suite = await check_solution(HONEST["plain"], tests, "total", shared_sandbox)
        assert suite.outcome is Outcome.INCONCLUSIVE, tests
