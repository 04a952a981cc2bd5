"""What a job says is read strictly: short, overlong or odd replies are no values and no verdicts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proofset.records import Outcome
from proofset.tools.programs import CaseResult, CaseStatus, Mode
from proofset.tools.programs.calls import read_answers
from proofset.tools.programs.expressions import AnswerKind
from proofset.tools.programs.joined import read_report, suite_of
from proofset.tools.programs.names import Leaning
from proofset.tools.programs.results import suite_result
from proofset.tools.programs.stdio import normal_output
from proofset.tools.sandbox import ExitKind, Result

LOADED, SIX = '["loaded"]\n', '["value", 6]\n'


def said(stdout: str, kind: ExitKind = ExitKind.OK) -> Result:
    return Result(kind, 0, stdout, "", 0.1, 0.1, "test", ())


@pytest.mark.parametrize(
    ("stdout", "kinds"),
    [
        (LOADED + SIX + SIX, "value value"),
        (LOADED + SIX, "value missing"),
        (LOADED + SIX + '["value", 6', "value missing"),
        (LOADED + SIX + "{}\n", "value missing"),
        (LOADED + '["value", 6, 7]\n' + SIX, "missing missing"),
        (LOADED + '["value", ["?"]]\n' + SIX, "missing missing"),
        (LOADED + '["passed"]\n' + SIX, "missing missing"),
        (LOADED + '["raised", "E"]\n' + SIX, "missing missing"),
        (LOADED + '["refused", 5]\n' + SIX, "missing missing"),
        (LOADED + '["raised", "E", "m"]\n["refused", "x"]\n', "raised refused"),
        (LOADED + SIX + SIX + SIX, "missing missing"),
        (LOADED + SIX + SIX + "x", "missing missing"),
        (LOADED + SIX + SIX + "\n", "missing missing"),
        (SIX + SIX, "missing missing"),
        (SIX + LOADED + SIX, "missing missing"),
        ("", "missing missing"),
        ("[" * 100_000 + "\n", "missing missing"),
        (LOADED + '["value", ' + "9" * 5000 + "]\n" + SIX, "missing missing"),
        (LOADED + '["value", 1e999]\n' + SIX, "missing missing"),
        ('["broken", "E", "m"]\n' + SIX, "missing missing"),
    ],
)
def test_replies_are_read_strictly(stdout: str, kinds: str) -> None:
    given = read_answers(said(stdout), 2)
    assert not given.broken
    assert [answer.kind.value for answer in given.answers] == kinds.split()
    assert all(answer.detail for answer in given.answers if answer.kind is AnswerKind.MISSING)


def test_a_broken_solution_is_told() -> None:
    given = read_answers(said('["broken", "SyntaxError", "bad"]\n'), 2)
    assert (given.answers, given.broken) == ((), "the solution cannot be loaded: SyntaxError: bad")


def test_values_that_arrived_count_however_the_job_ended() -> None:
    for kind in (ExitKind.CPU_LIMIT, ExitKind.OUTPUT_LIMIT, ExitKind.STARVED):
        assert read_answers(said(LOADED + SIX, kind), 1).conclusive
    assert not read_answers(said(LOADED + SIX, ExitKind.STARVED), 2).conclusive


GOOD: dict[str, Any] = {
    "broken": "",
    "missing": [],
    "unloadable": "",
    "ids": ["a", "b"],
    "cases": [["a", "passed", ""], ["b", "passed", ""]],
    "calls": 2,
    "waited_s": 0.5,
}
NOTHING = Leaning("pytest", False, (), (), (), "")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, Outcome.PASS),
        ({"cases": [["a", "passed", ""]]}, Outcome.INCONCLUSIVE),
        ({"cases": [["a", "passed", ""], ["a", "passed", ""]]}, Outcome.INCONCLUSIVE),
        ({"cases": [["a", "passed", ""], ["c", "passed", ""]]}, Outcome.INCONCLUSIVE),
        ({"cases": [*GOOD["cases"], ["c", "passed", ""]]}, Outcome.INCONCLUSIVE),
        ({"ids": ["a", "a"]}, Outcome.INCONCLUSIVE),
        ({"ids": [], "cases": []}, Outcome.INCONCLUSIVE),
        ({"calls": 0}, Outcome.INCONCLUSIVE),
        ({"unloadable": "no"}, Outcome.INCONCLUSIVE),
        ({"broken": "no"}, Outcome.FAIL),
        ({"missing": ["f"]}, Outcome.FAIL),
        ({"cases": [["a", "passed", ""], ["b", "failed", "x"]]}, Outcome.FAIL),
        ({"cases": [["a", "unsupported", ""], ["b", "passed", ""]]}, Outcome.INCONCLUSIVE),
        ({"cases": [["a", "unsupported", ""], ["b", "raised", "x"]]}, Outcome.FAIL),
    ],
)
def test_reports_are_read_strictly(change: dict[str, Any], outcome: Outcome) -> None:
    report = read_report(said(json.dumps(GOOD | change)))
    assert not isinstance(report, str)
    assert suite_of(report, Mode.TWO_SANDBOX, NOTHING).outcome is outcome


@pytest.mark.parametrize(
    "result",
    [
        said(""),
        said(json.dumps(GOOD), ExitKind.ERROR),
        said(json.dumps(GOOD) * 2),
        said(json.dumps(GOOD | {"calls": "2"})),
        said(json.dumps(GOOD | {"more": 1})),
        said(json.dumps(GOOD | {"cases": [["a", "great", ""]]})),
        said("[" * 100_000),
    ],
    ids=["none", "another end", "two", "a text for a number", "an extra field", "an unknown status", "deep"],
)
def test_no_report_is_made_of_something_else(result: Result) -> None:
    assert isinstance(read_report(result), str)


def test_a_suite_is_as_good_as_its_worst_case() -> None:
    def outcome(*statuses: CaseStatus, calls: int = 1) -> Outcome:
        cases = tuple(CaseResult(str(number), status) for number, status in enumerate(statuses))
        return suite_result(Mode.VALUES, cases, calls=calls).outcome

    passed, failed, open_ = CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.UNDECIDED
    assert outcome(passed, passed) is Outcome.PASS
    assert outcome(passed, open_) is Outcome.INCONCLUSIVE
    assert outcome(passed, open_, failed) is Outcome.FAIL
    assert outcome() is Outcome.INCONCLUSIVE
    assert outcome(passed, calls=0) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("1 \n2\t\r\n\n\n", "1\n2", True),
        (" 1", "1", False),
        ("1\n\n2", "1\n2", False),
        ("", "\n \n", True),
        ("", "\n\n", True),
        ("1.0", "1", False),
    ],
)
def test_outputs_are_compared_line_by_line(left: str, right: str, equal: bool) -> None:
    assert (normal_output(left) == normal_output(right)) is equal
