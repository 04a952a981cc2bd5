"""What became of a test suite: the mode it ran in, each case, and the outcome of all."""

from __future__ import annotations

import reprlib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from ...records import Outcome, well_formed

MAX_SHOWN = 300
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 200
_SHORT.maxlong = 80
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxfrozenset = _SHORT.maxdict = 12


class Mode(StrEnum):
    """Where the comparison was made, strongest first.

    In the first three the solution's process holds no expected value and has no say in the verdict.
    """

    VALUES = "values"
    """Calls go in, plain values come out, the asserts are evaluated outside."""
    TWO_SANDBOX = "two-sandbox"
    """The tests run in a sandbox of their own and reach the solution, in another one, by messages."""
    STDIO = "stdio"
    """A job for each case; what it prints is compared outside."""
    IN_PROCESS = "in-process"
    """Tests and solution share a process: the solution can forge the finding."""

    @property
    def forgeable(self) -> bool:
        return self is Mode.IN_PROCESS


class CaseStatus(StrEnum):
    """What became of one case."""

    PASSED = "passed"
    FAILED = "failed"
    RAISED = "raised"
    """The solution raised where the case wanted a value."""
    UNSUPPORTED = "unsupported"
    """The mode cannot tell: neither for nor against the solution."""
    UNDECIDED = "undecided"
    """The machine got in the way: neither for nor against the solution."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: its `id` in the tests (`line 7`, a pytest node id), and what was seen, in 300 characters.

    `expected` and `got` are set where one comparison failed and both sides have a value.
    """

    id: str
    status: CaseStatus
    detail: str = ""
    expected: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """A suite's cases in order, and their outcome.

    Attributes:
        outcome: `pass` where every case passed and the solution was called; `fail` where one failed or
            raised, or the solution could not be loaded; else `inconclusive`.
        detail: one sentence; empty for a pass.
        borrowed: names of the solution besides the function under test that the tests call. Their answers
            are as untrusted as its own: a helper that the tests rely on belongs into the tests.
    """

    mode: Mode
    outcome: Outcome
    cases: tuple[CaseResult, ...] = ()
    detail: str = ""
    borrowed: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Status to number of cases, those that occur."""
        counted = Counter(case.status.value for case in self.cases)
        return {status.value: counted[status.value] for status in CaseStatus if counted[status.value]}


def suite_result(
    mode: Mode, cases: tuple[CaseResult, ...], *, calls: int, borrowed: tuple[str, ...] = ()
) -> SuiteResult:
    """The outcome that the cases earn; `calls` is how often they called the solution."""
    against = [case for case in cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)]
    open_ = [case for case in cases if case.status in (CaseStatus.UNSUPPORTED, CaseStatus.UNDECIDED)]
    if against or open_:
        first = (against or open_)[0]
        outcome = Outcome.FAIL if against else Outcome.INCONCLUSIVE
        text = f"{first.id}: {first.status.value}"
        if first.expected or first.got:
            text += f", expected {first.expected}, got {first.got}"
        if first.detail:
            text += f", {first.detail}"
        return SuiteResult(mode, outcome, cases, cut(text), borrowed)
    if not cases or not calls:
        why = "the tests hold no case" if not cases else "the tests do not call the solution"
        return SuiteResult(mode, Outcome.INCONCLUSIVE, cases, why, borrowed)
    return SuiteResult(mode, Outcome.PASS, cases, "", borrowed)


def cut(text: str, limit: int = MAX_SHOWN) -> str:
    """A text as evidence holds it: short, and valid Unicode."""
    text = well_formed(text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def show(value: object) -> str:
    """A plain value, shortened."""
    try:
        return cut(_SHORT.repr(value))
    except (ValueError, RecursionError):
        return f"a {type(value).__name__} too large to show"
