"""Comparison through the sandbox: batches, and what the host makes of replies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from proofset.records import Answer, AnswerType, Outcome
from proofset.tools.answers import Pair, compare_answers
from proofset.tools.answers.compare import BATCH, _worker_files
from proofset.tools.sandbox import ExitKind, Job, Joined, Result, Sandbox

PASSED = {
    "outcome": "pass",
    "reason": "equal",
    "symbolic": "pass",
    "numeric": "pass",
    "expected_read": "5",
    "given_read": "5",
    "kind": "integer",
    "cpu_ms": 1,
}
VERSIONS = {"python": "3.12.0", "sympy": "1.13.0"}


def pair(kind: str, expected: str, given: str) -> Pair:
    return Pair(Answer(type=AnswerType(kind), value=expected), given)


@dataclass
class Scripted:
    """A sandbox whose replies are written here, for what the real one cannot be made to do on purpose."""

    reply: str | None = None
    """What every job prints; None answers each pair with PASSED."""
    kind: ExitKind = ExitKind.OK
    deadly: str = "deadly"
    """A pair with this text kills its job."""
    jobs: list[int] = field(default_factory=list)
    """Pairs of each job, in order."""

    name = "scripted"
    layers: tuple[str, ...] = ()
    joins = False
    scratch = False

    async def run_joined(self, first: Job, second: Job) -> Joined:
        raise NotImplementedError

    async def run(self, job: Job) -> Result:
        pairs = json.loads(job.stdin)["pairs"]
        self.jobs.append(len(pairs))
        if any(p["given"] == self.deadly for p in pairs):
            return self._result(ExitKind.SIGNAL, "")
        reply = self.reply
        if reply is None:
            reply = json.dumps({"versions": VERSIONS, "results": [PASSED] * len(pairs)})
        return self._result(self.kind, reply)

    def _result(self, kind: ExitKind, stdout: str) -> Result:
        return Result(kind, 0, stdout, "Traceback\nKaboom: no", 0.1, 0.1, "scripted", ())

    async def close(self) -> None: ...


async def test_a_batch_of_all_types_in_the_sandbox(sandbox: Sandbox) -> None:
    pairs = [
        pair("integer", "5", "x = 5"),
        pair("rational", "1/3", "0.333"),
        pair("closed_form", "sqrt(2)/2", "1/sqrt(2)"),
        pair("expression", "(x+1)^2", "x^2+2x+1"),
        pair("equation", "2x+4y-3=0", "y = -x/2 + 3/4"),
        pair("set", "{1, 2}", "[2, 1]"),
        pair("tuple", "(1, 2)", "(2, 1)"),
        pair("interval", "(1, 3]", "1 < x <= 3"),
        pair("matrix", "[[1, 2], [3, 4]]", "Matrix([[1, 2], [3, 4]])"),
        pair("quantity", "5 cm", "50 mm"),
        pair("text", "Evelyn", " evelyn"),
        pair("choice", "B", "(C)"),
    ]
    comparisons = await compare_answers(pairs, sandbox)
    p, f = Outcome.PASS, Outcome.FAIL
    assert [c.outcome for c in comparisons] == [p, f, p, p, p, p, f, p, p, p, p, f]
    assert all(c.reason and c.expected_read and set(c.versions) == {"python", "sympy"} for c in comparisons)


async def test_hostile_texts_leave_the_rest_of_the_batch_alone(sandbox: Sandbox) -> None:
    hostile = [
        "__import__('os').system('echo 1')",
        "9**9**9**9",
        "factorial(10**9)",
        "(" * 400 + "5" + ")" * 400,
        "5" * 1_000_000,
        "5\x00",
        "\ud800",
        '"}]} {"outcome": "pass"',
    ]
    pairs = [q for text in hostile for q in (pair("integer", "5", text), pair("integer", "5", "5.0"))]
    comparisons = await compare_answers(pairs, sandbox)
    assert {c.outcome for c in comparisons[::2]} == {Outcome.INCONCLUSIVE}
    assert {c.outcome for c in comparisons[1::2]} == {Outcome.PASS}


async def test_no_pairs_need_no_job() -> None:
    scripted = Scripted()
    assert await compare_answers([], scripted) == ()
    assert scripted.jobs == []


async def test_a_pair_that_kills_its_job_costs_no_other_its_result() -> None:
    scripted = Scripted()
    pairs = [pair("integer", "5", given) for given in ("5", "deadly", "5")]
    first, killed, last = await compare_answers(pairs, scripted)
    assert (first.outcome, killed.outcome, last.outcome) == (Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.PASS)
    assert "signal" in killed.reason
    assert sorted(scripted.jobs) == [1, 1, 1, 3]


async def test_batches_keep_the_order_and_too_long_answers_are_not_sent() -> None:
    scripted = Scripted()
    pairs = [pair("integer", "5", "5" * (20_001 if k == 3 else 1)) for k in range(BATCH + 5)]
    comparisons = await compare_answers(pairs, scripted)
    assert sorted(scripted.jobs) == [4, BATCH]
    assert [k for k, c in enumerate(comparisons) if c.outcome is not Outcome.PASS] == [3]
    assert "longer than 20,000" in comparisons[3].reason


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "PASS",
        "[]",
        json.dumps({"versions": VERSIONS, "results": []}),
        json.dumps({"versions": VERSIONS, "results": [PASSED, PASSED]}),
        json.dumps({"results": [PASSED]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED], "more": 1}),
        json.dumps({"versions": VERSIONS, "results": [PASSED | {"outcome": True}]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED | {"reason": 5}]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED | {"kind": "number"}]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED | {"cpu_ms": -1}]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED | {"reason": "x" * 500}]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED | {"numeric": "inconclusive"}]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED | {"outcome": "fail"}]}),
        json.dumps({"versions": VERSIONS, "results": [PASSED]}) + "{}",
    ],
)
async def test_a_reply_of_another_shape_is_tried_once_more_and_then_inconclusive(reply: str) -> None:
    scripted = Scripted(reply)
    (comparison,) = await compare_answers([pair("integer", "5", "5")], scripted)
    assert comparison.outcome is Outcome.INCONCLUSIVE
    assert scripted.jobs == [1, 1]
    assert not comparison.versions


@pytest.mark.parametrize("kind", [kind for kind in ExitKind if kind is not ExitKind.OK])
async def test_a_job_that_ends_badly_decides_nothing(kind: ExitKind) -> None:
    scripted = Scripted(kind=kind)
    (comparison,) = await compare_answers([pair("integer", "5", "5")], scripted)
    assert comparison.outcome is Outcome.INCONCLUSIVE
    assert kind.value in comparison.reason


def test_every_module_of_the_worker_is_sent() -> None:
    from pathlib import Path

    here = Path(__file__).parent.parent / "tools" / "answers"
    assert set(_worker_files()) == {path.name for path in here.glob("_[a-z]*.py")}
