"""The tools that run programs: one to try something out, one to hold a solution against tests."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...records import Outcome
from ..programs import SUITE_LIMITS, CaseResult, CaseStatus, SuiteResult, check_solution
from ..sandbox import ExitKind, Job, Limits, Sandbox
from .spec import Arguments, ToolSpec
from .telling import ending, limits_sentence, streams

PYTHON_LIMITS = Limits(cpu_s=4.0, wall_s=30.0, output_bytes=16 * 1024)
MAX_SOURCE_CHARS = 20_000

_MAX_CASES = 12


class PythonArguments(Arguments):
    code: str = Field(
        min_length=1,
        max_length=MAX_SOURCE_CHARS,
        description="The whole program. It prints what you want to see.",
    )
    stdin: str = Field(
        default="", max_length=MAX_SOURCE_CHARS, description="What it reads from standard input."
    )


class SuiteArguments(Arguments):
    solution: str = Field(
        min_length=1, max_length=MAX_SOURCE_CHARS, description="Python source that defines the function."
    )
    tests: str = Field(
        min_length=1,
        max_length=MAX_SOURCE_CHARS,
        description="Asserts such as `assert add(1, 2) == 3`, or a pytest file.",
    )
    entry_point: str = Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$", description="Name of the function under test."
    )


def program_specs(sandbox: Sandbox) -> list[ToolSpec[Any]]:
    """The program tools on a sandbox."""

    async def run_python(asked: PythonArguments) -> str:
        job = Job(asked.code, stdin=asked.stdin, profile="math", limits=PYTHON_LIMITS)
        result = await sandbox.run(job)
        said = ending(result, PYTHON_LIMITS)
        if result.kind is ExitKind.OK and not result.stdout.strip():
            said += " It printed nothing; use print(...)."
        return f"{said}\n{streams(result)}".strip()

    async def run_tests(asked: SuiteArguments) -> str:
        return suite_text(await check_solution(asked.solution, asked.tests, asked.entry_point, sandbox))

    return [
        ToolSpec(
            "run_python",
            "Run a Python program and read what it prints. Each run starts afresh, without network or files, "
            f"with the standard library and SymPy. {limits_sentence(PYTHON_LIMITS)}",
            PythonArguments,
            run_python,
        ),
        ToolSpec(
            "run_tests",
            "Run tests against a solution and read which cases passed, and of the others what was expected "
            f"and what came. {limits_sentence(SUITE_LIMITS)}",
            SuiteArguments,
            run_tests,
        ),
    ]


def suite_text(suite: SuiteResult) -> str:
    """The outcome of a suite for a model: a count, then the cases that did not pass, the first twelve."""
    open_ = [case for case in suite.cases if case.status is not CaseStatus.PASSED]
    passed = len(suite.cases) - len(open_)
    lines = [f"{passed} of {len(suite.cases)} cases passed."] if suite.cases else []
    lines += [_case_line(case) for case in open_[:_MAX_CASES]]
    if len(open_) > _MAX_CASES:
        lines.append(f"… {len(open_) - _MAX_CASES} more cases did not pass")
    if suite.outcome is not Outcome.PASS and not open_:
        verdict = "Not passed" if suite.outcome is Outcome.FAIL else "Not decided"
        lines.append(f"{verdict}: {suite.detail}.")
    return "\n".join(lines)


def _case_line(case: CaseResult) -> str:
    seen = f", expected {case.expected}, got {case.got}" if case.expected or case.got else ""
    return f"{case.id}: {case.status.value}{seen}{f', {case.detail}' if case.detail else ''}"
