"""Mode `values`, its second half: make the calls in one job, and read what it says about each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from ...records import Outcome
from ..sandbox import ExitKind, Job, Limits, Profile, Result, Sandbox
from ._plain import Malformed, from_json
from .asserts import Asserts, judge
from .expressions import Answer, AnswerKind, Call
from .results import CaseResult, CaseStatus, Mode, SuiteResult, cut, suite_result
from .shipped import shipped, start_of

SUITE_LIMITS = Limits(cpu_s=10.0, wall_s=60.0, output_bytes=4 * 1024 * 1024)


class Answers(NamedTuple):
    """What came of each call, in order. `broken` says why the solution could not be loaded, if so."""

    answers: tuple[Answer, ...]
    broken: str = ""
    conclusive: bool = True
    """False when missing answers say something about the machine and not about the solution."""


async def check_asserts(
    solution: str,
    asserts: Asserts,
    entry_point: str,
    sandbox: Sandbox,
    *,
    limits: Limits = SUITE_LIMITS,
    profile: Profile = "plain",
) -> SuiteResult:
    """Run the calls of a suite of asserts and evaluate the asserts here."""
    given = await make_calls(solution, asserts.calls, entry_point, sandbox, limits=limits, profile=profile)
    if given.broken:
        return SuiteResult(Mode.VALUES, Outcome.FAIL, (), cut(given.broken))
    cases = tuple(judge(case, given.answers) for case in asserts.cases)
    if not given.conclusive:
        cases = tuple(_undecided(case) for case in cases)
    return suite_result(Mode.VALUES, cases, calls=len(asserts.calls))


async def make_calls(
    solution: str,
    calls: Sequence[Call],
    entry_point: str,
    sandbox: Sandbox,
    *,
    limits: Limits = SUITE_LIMITS,
    profile: Profile = "plain",
) -> Answers:
    """Call a function of the solution: one process, calls in order, arguments built anew for each."""
    request = {"entry": entry_point, "calls": [[call.arguments, call.keywords] for call in calls]}
    files = {"solution.py": solution, **shipped("_plain", "_answer_calls")}
    job = Job(
        start_of("_answer_calls"), stdin=json.dumps(request), files=files, limits=limits, profile=profile
    )
    return read_answers(await sandbox.run(job), len(calls))


def ending(result: Result) -> str:
    """How a job ended, for a sentence that begins with what it is about."""
    how = {
        ExitKind.OK: "ended before its time",
        ExitKind.ERROR: f"ended with exit code {result.exit_code}",
        ExitKind.SIGNAL: f"was killed by signal {-(result.exit_code or 0)}",
        ExitKind.FAILED: "could not be run",
    }
    return how.get(result.kind, f"was stopped: {result.kind.value}")


def read_answers(result: Result, wanted: int) -> Answers:
    """The answers in a reply. What is short, overlong or of an unknown form is no answer, never a pass."""
    lines = result.stdout.split("\n")
    whole, rest = lines[:-1], lines[-1]
    missing = Answer(AnswerKind.MISSING, detail=f"the solution gave no value: it {ending(result)}")
    first = _line(whole[0]) if whole else None
    if first is not None and first[0] == "broken" and len(whole) == 1 and not rest and len(first) == 3:
        return Answers((), f"the solution cannot be loaded: {first[1]}: {first[2]}")
    overlong = len(whole) + bool(rest) > wanted + 1
    if first != ["loaded"] or overlong:
        if whole or rest:
            missing = missing._replace(detail=f"{missing.detail}; its reply has an unknown form")
        return Answers((missing,) * wanted, conclusive=result.conclusive)
    answers: list[Answer] = []
    for line in whole[1:]:
        answer = answer_of(_line(line))
        if answer is None:
            missing = missing._replace(detail="the solution gave no value: its reply has an unknown form")
            break
        answers.append(answer)
    complete = len(answers) == wanted
    answers += [missing] * (wanted - len(answers))
    return Answers(tuple(answers), conclusive=complete or result.conclusive)


def _line(line: str) -> list[object] | None:
    try:
        node = json.loads(line)
    except (ValueError, RecursionError, MemoryError):
        return None
    return node if isinstance(node, list) and node else None


def answer_of(line: list[object] | None) -> Answer | None:
    """The answer that one line of a reply gives; None where it has an unknown form."""
    match line:
        case ["value", node]:
            try:
                return Answer(AnswerKind.VALUE, from_json(node))
            except Malformed:
                return None
        case ["raised", str(kind), str(message)]:
            return Answer(AnswerKind.RAISED, detail=cut(f"{kind}: {message}" if message else kind))
        case ["refused", str(what)]:
            return Answer(AnswerKind.REFUSED, detail=cut(f"not a plain value: {what}"))
    return None


def _undecided(case: CaseResult) -> CaseResult:
    if case.status is CaseStatus.FAILED and case.detail.startswith("the solution gave no value"):
        return CaseResult(case.id, CaseStatus.UNDECIDED, case.detail)
    return case
