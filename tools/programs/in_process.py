"""Mode `in-process`: tests and solution in one job, where a backend cannot join two; forgeable."""

from __future__ import annotations

from ...records import Outcome
from ..sandbox import Job, Limits, Profile, Sandbox
from .calls import SUITE_LIMITS, ending
from .joined import CONFIG, TESTS_SIDE, order_of, read_report, suite_of
from .names import Unreadable, leaning_of
from .results import Mode, SuiteResult, cut
from .shipped import shipped, start_of


async def check_in_process(
    solution: str,
    tests: str,
    entry_point: str,
    sandbox: Sandbox,
    *,
    module: str = "solution",
    limits: Limits = SUITE_LIMITS,
    profile: Profile = "plain",
) -> SuiteResult:
    """Run tests and solution side by side in one process.

    A solution that ends the process, or that writes a report of its own, can make of this what it likes: a
    pass is a hint that it works, no more. Where the tests need pytest, the solution gets profile `pytest`.
    """
    mode = Mode.IN_PROCESS
    leaning = leaning_of(tests, solution, entry_point, module)
    if isinstance(leaning, Unreadable):
        return SuiteResult(mode, Outcome.INCONCLUSIVE, (), cut(leaning.detail))
    result = await sandbox.run(
        Job(
            start_of("_run_in_process"),
            stdin=order_of(leaning, entry_point, module),
            files={
                "solution.py": solution,
                "test_suite.py": tests,
                **CONFIG,
                **shipped(*TESTS_SIDE, "_run_in_process"),
            },
            profile="pytest" if leaning.style == "pytest" else profile,
            limits=limits,
        )
    )
    report = read_report(result)
    if isinstance(report, str):
        # Tests and solution share the process, and so the blame.
        outcome = Outcome.FAIL if result.conclusive else Outcome.INCONCLUSIVE
        return SuiteResult(mode, outcome, (), cut(f"no report: the process {ending(result)}"))
    return suite_of(report, mode, leaning)
