"""Test runs as evidence: what it records, that it runs again, and what a forgeable mode may prove."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cheats import ASSERTS, CASES, CHEATS, HONEST, HONEST_PROGRAM, PYTEST

from proofset.errors import ProofsetError
from proofset.records import Evidence, EvidenceKind, Grade, Outcome, Verdict, grade_of
from proofset.tools.checks import program_answers_cases, rerun, solution_passes_tests
from proofset.tools.programs import Mode, StdioCase, check_solution
from proofset.tools.sandbox import Job, Joined, Result, Sandbox

STDIO = [StdioCase(*case) for case in CASES]


class Alone:
    """A real backend that is not asked to join jobs, as those that cannot."""

    joins = False

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.name, self.layers, self.scratch = sandbox.name, sandbox.layers, sandbox.scratch

    async def run(self, job: Job) -> Result:
        return await self._sandbox.run(job)

    async def run_joined(self, first: Job, second: Job) -> Joined:
        raise AssertionError("a backend that cannot join is not asked to")

    async def close(self) -> None:
        await self._sandbox.close()


async def again(evidence: Evidence, sandbox: Sandbox) -> Evidence:
    return await rerun(Evidence.model_validate_json(evidence.model_dump_json()), sandbox)


async def test_asserts_make_evidence_and_run_again(shared_sandbox: Sandbox) -> None:
    evidence = await solution_passes_tests(HONEST["plain"], ASSERTS, "total", shared_sandbox, basis="m")
    assert (evidence.kind, evidence.outcome) == (EvidenceKind.EXECUTION, Outcome.PASS)
    assert evidence.observed == {
        "mode": "values",
        "counts": {"passed": 4},
        "not_passed": [],
        "detail": "",
        "borrowed": [],
    }
    assert not evidence.forgeable
    assert await again(evidence, shared_sandbox) == evidence


async def test_first_failures_are_kept(shared_sandbox: Sandbox) -> None:
    evidence = await solution_passes_tests(CHEATS["none"], ASSERTS, "total", shared_sandbox, basis="m")
    assert evidence.outcome is Outcome.FAIL
    assert evidence.observed["counts"] == {"failed": 4}
    shown: Any = evidence.observed["not_passed"]
    assert len(shown) == 3
    assert shown[0] == {"id": "line 1", "status": "failed", "expected": "6", "got": "None", "detail": ""}
    assert await again(evidence, shared_sandbox) == evidence


async def test_two_sandboxes_make_evidence_and_run_again(shared_sandbox: Sandbox) -> None:
    if not shared_sandbox.joins:
        pytest.skip(f"{shared_sandbox.name} cannot join two jobs")
    evidence = await solution_passes_tests(HONEST["plain"], PYTEST, "total", shared_sandbox, basis="m")
    assert evidence.outcome is Outcome.PASS, evidence.observed
    assert evidence.observed["mode"] == "two-sandbox"
    assert evidence.observed["counts"] == {"passed": 5}
    assert await again(evidence, shared_sandbox) == evidence


async def test_texts_that_are_no_unicode_are_kept_as_they_ran(shared_sandbox: Sandbox) -> None:
    solution = "# \ud800\n" + HONEST["plain"]
    evidence = await solution_passes_tests(solution, ASSERTS + "# \udfff", "total", shared_sandbox, basis="m")
    assert evidence.outcome is Outcome.PASS
    assert await again(evidence, shared_sandbox) == evidence


@pytest.mark.parametrize("program", [HONEST_PROGRAM, "print(6)", "import os; os._exit(3)"])
async def test_programs_make_evidence_and_run_again(program: str, shared_sandbox: Sandbox) -> None:
    evidence = await program_answers_cases(program, STDIO, shared_sandbox, basis="m")
    assert evidence.outcome is (Outcome.PASS if program == HONEST_PROGRAM else Outcome.FAIL)
    assert evidence.observed["mode"] == "stdio"
    assert await again(evidence, shared_sandbox) == evidence


async def test_a_backend_that_cannot_join_falls_back_and_says_so(shared_sandbox: Sandbox) -> None:
    alone = Alone(shared_sandbox)
    suite = await check_solution(HONEST["plain"], PYTEST, "total", alone)
    assert (suite.mode, suite.outcome, suite.detail) == (Mode.IN_PROCESS, Outcome.PASS, "")
    suite = await check_solution(HONEST["plain"], ASSERTS, "total", alone)
    assert suite.mode is Mode.VALUES
    wrong = await check_solution(CHEATS["none"], PYTEST, "total", alone)
    assert (wrong.mode, wrong.outcome) == (Mode.IN_PROCESS, Outcome.FAIL)


async def test_evidence_from_a_shared_process_never_proves(shared_sandbox: Sandbox) -> None:
    run = await solution_passes_tests(HONEST["plain"], PYTEST, "total", Alone(shared_sandbox), basis="a")
    assert (run.outcome, run.forgeable) == (Outcome.PASS, True)
    other = run.model_copy(
        update={"kind": EvidenceKind.MUTATION, "basis": "b", "forgeable": False, "check": "another"}
    )
    assert grade_of([run]) is Grade.CHECKED
    assert grade_of([run, other]) is Grade.CHECKED
    assert grade_of([run.model_copy(update={"forgeable": False}), other]) is Grade.PROVED
    failed = run.model_copy(update={"outcome": Outcome.FAIL})
    with pytest.raises(ValueError, match="no failed hard check"):
        Verdict.accept([failed, other])


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"solution": 5}, "'solution' is missing"),
        ({"profile": "root"}, "profile 'root' is not known"),
        ({"tests": None}, "'tests' is missing"),
    ],
)
async def test_inputs_that_cannot_run_again_are_named(
    inputs: dict[str, Any], message: str, shared_sandbox: Sandbox
) -> None:
    evidence = await solution_passes_tests(HONEST["plain"], ASSERTS, "total", shared_sandbox, basis="m")
    with pytest.raises(ProofsetError, match=message):
        await rerun(evidence.model_copy(update={"inputs": evidence.inputs | inputs}), shared_sandbox)


@pytest.mark.parametrize("cases", [None, [5], [{"stdin": "1"}], [{"stdin": 1, "expected": "1"}]])
async def test_cases_that_cannot_run_again_are_named(cases: Any, shared_sandbox: Sandbox) -> None:
    evidence = await program_answers_cases(HONEST_PROGRAM, STDIO, shared_sandbox, basis="m")
    with pytest.raises(ProofsetError, match="no list of cases"):
        await rerun(
            evidence.model_copy(update={"inputs": evidence.inputs | {"cases": cases}}), shared_sandbox
        )


def test_modules_for_the_sandbox_import_nothing_of_proofset() -> None:
    import proofset.tools.programs as package

    for path in Path(package.__file__).parent.glob("_*.py"):
        if path.name != "__init__.py":
            text = path.read_text("utf-8")
            assert "proofset." not in text.replace("_proofset", ""), path.name
            assert "from .." not in text, path.name
