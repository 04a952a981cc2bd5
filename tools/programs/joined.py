"""Mode `two-sandbox`, the host's part: two jobs, one stream, and a strict reading of the tests' report."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, ValidationError

from ...records import Outcome
from ..sandbox import ExitKind, Job, Limits, Profile, Result, Sandbox
from .calls import SUITE_LIMITS, ending
from .names import Leaning, Unreadable, leaning_of
from .results import CaseResult, CaseStatus, Mode, SuiteResult, cut, suite_result
from .shipped import shipped, start_of

_SOLUTION_SIDE = ("_plain", "_heap", "_link", "_answer_calls", "_serve_solution")
TESTS_SIDE = (
    *("_plain", "_heap", "_link", "_remote", "_tests_side"),
    *("_answer_calls", "_run_tests", "_run_pytest"),
)
CONFIG = {"harness.ini": "[pytest]\n"}
_REPORT_BYTES = 1024 * 1024


class Report(BaseModel):
    """What the tests' job says; see `_run_tests`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    broken: StrictStr
    missing: tuple[StrictStr, ...]
    unloadable: StrictStr
    ids: tuple[StrictStr, ...]
    cases: tuple[tuple[StrictStr, CaseStatus, StrictStr], ...]
    calls: StrictInt = Field(ge=0)
    waited_s: StrictFloat = Field(ge=0)

    @property
    def complete(self) -> bool:
        """Whether each id that was fixed beforehand has one case, and nothing else has."""
        told = [case[0] for case in self.cases]
        return len(set(self.ids)) == len(self.ids) == len(told) and set(told) == set(self.ids)


async def check_tests(
    solution: str,
    tests: str,
    entry_point: str,
    sandbox: Sandbox,
    *,
    module: str = "solution",
    limits: Limits = SUITE_LIMITS,
    profile: Profile = "plain",
) -> SuiteResult:
    """Run tests in one sandbox against a solution in another.

    `limits` are the solution's; the tests have the same CPU time and memory. The sandbox must join jobs.
    """
    leaning = leaning_of(tests, solution, entry_point, module)
    if isinstance(leaning, Unreadable) or leaning.obstacle:
        why = leaning.detail if isinstance(leaning, Unreadable) else leaning.obstacle
        return SuiteResult(Mode.TWO_SANDBOX, Outcome.INCONCLUSIVE, (), cut(why))
    # The tests outlive a solution that hangs, and can say so.
    patient = Limits(limits.cpu_s, limits.wall_s * 1.5 + 10, limits.memory_bytes, _REPORT_BYTES)
    first, second = await sandbox.run_joined(
        Job(
            start_of("_run_tests"),
            stdin=order_of(leaning, entry_point, module),
            files={"test_suite.py": tests, **CONFIG, **shipped(*TESTS_SIDE)},
            profile="pytest" if leaning.style == "pytest" else "plain",
            limits=patient,
        ),
        Job(
            start_of("_serve_solution"),
            files={"solution.py": solution, **shipped(*_SOLUTION_SIDE)},
            profile=profile,
            limits=limits,
        ),
    )
    return _judged(first, second, leaning)


def order_of(leaning: Leaning, entry_point: str, module: str) -> str:
    """What the tests' job reads from standard input."""
    order = {
        "style": leaning.style,
        "check": leaning.calls_check,
        "entry": entry_point,
        "module": module,
        "names": sorted({entry_point, *leaning.bare, *leaning.named}),
        "bare": leaning.bare,
        "imports": leaning.imports,
    }
    return json.dumps(order)


def read_report(result: Result) -> Report | str:
    """The report in a result of the tests' job, or why there is none."""
    if not result.ok:
        return f"the tests' own process {ending(result)}"
    try:
        return Report.model_validate_json(result.stdout)
    except ValidationError as error:
        return f"the tests' report has an unknown form: {error.errors()[0]['msg'][:120]}"


def suite_of(report: Report, mode: Mode, leaning: Leaning) -> SuiteResult:
    """The outcome that a report earns."""
    borrowed = tuple(sorted({*leaning.bare, *leaning.named}))
    if report.missing:
        names = ", ".join(sorted(set(report.missing)))
        return SuiteResult(mode, Outcome.FAIL, (), cut(f"the tests import what the solution lacks: {names}"))
    if report.broken:
        return SuiteResult(mode, Outcome.FAIL, (), cut(f"the solution cannot be loaded: {report.broken}"))
    if report.unloadable or not report.complete:
        why = report.unloadable or "they ended before each case had run"
        return SuiteResult(mode, Outcome.INCONCLUSIVE, (), cut(f"the tests cannot be run: {why}"), borrowed)
    found = {case: CaseResult(case, status, cut(detail)) for case, status, detail in report.cases}
    return suite_result(
        mode, tuple(found[case] for case in report.ids), calls=report.calls, borrowed=borrowed
    )


def _judged(tests: Result, solution: Result, leaning: Leaning) -> SuiteResult:
    mode = Mode.TWO_SANDBOX
    report = read_report(tests)
    died = solution.kind is not ExitKind.OK
    if isinstance(report, str):
        # The solution's own end may be what the tests could not survive, but that is not known.
        also = f"; the solution's {ending(solution)}" if died else ""
        return SuiteResult(mode, Outcome.INCONCLUSIVE, (), cut(report + also))
    suite = suite_of(report, mode, leaning)
    if suite.outcome is not Outcome.FAIL or not died:
        return suite
    # A solution that is idle while the tests take their time runs out of time too.
    idle = solution.kind is ExitKind.WALL_LIMIT and report.waited_s < solution.wall_s / 2
    if (not solution.conclusive or idle) and _only_for_lack_of_values(suite):
        why = f"the solution's process {ending(solution)} through no fault of its own"
        return SuiteResult(mode, Outcome.INCONCLUSIVE, suite.cases, cut(why), suite.borrowed)
    how = f"{suite.detail} (the solution {ending(solution)})"
    return SuiteResult(mode, suite.outcome, suite.cases, cut(how), suite.borrowed)


def _only_for_lack_of_values(suite: SuiteResult) -> bool:
    against = [case for case in suite.cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)]
    return all(case.detail.startswith("the solution gave no value") for case in against)
