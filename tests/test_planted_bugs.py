"""Planted bugs are not accepted, their right twins are, and the evidence for each verdict holds offline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from planted_bugs import CANDIDATES, PROBLEMS, Candidate

from proofset.records import Decision, Evidence, Verdict
from proofset.tools.checks import check_code, rerun
from proofset.tools.programs.examining import CodeTask
from proofset.tools.sandbox import Sandbox

AT_ONCE = 3
BUGS = [candidate for candidate in CANDIDATES if not candidate.right]
TWINS = [candidate for candidate in CANDIDATES if candidate.right]


def task_of(candidate: Candidate, peers: Sequence[str] | None = None) -> CodeTask:
    given = PROBLEMS[candidate.problem]
    others = given.peers if peers is None else tuple(peers)
    return CodeTask(given.prompt, "f", candidate.program, given.tests, others)


async def verdicts_on(tasks: Sequence[CodeTask], sandbox: Sandbox) -> list[Verdict]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(task: CodeTask) -> Verdict:
        async with turns:
            return await check_code(task, sandbox, tests_by="m:tests", peers_by="m:peers")

    return list(await asyncio.gather(*map(one, tasks)))


def named(candidates: Sequence[Candidate], verdicts: Sequence[Verdict], decision: Decision) -> list[str]:
    return [
        f"{candidate.problem}: {candidate.name}: {verdict.code} {verdict.reason}"
        for candidate, verdict in zip(candidates, verdicts, strict=True)
        if verdict.decision is decision
    ]


async def test_no_planted_bug_is_accepted(shared_sandbox: Sandbox) -> None:
    assert len(BUGS) >= 40
    verdicts = await verdicts_on(list(map(task_of, BUGS)), shared_sandbox)
    assert not named(BUGS, verdicts, Decision.ACCEPT)
    # Weak tests: what finds the bugs is not the tests that are given.
    by_tests = [verdict for verdict in verdicts if verdict.code == "fails_tests"]
    assert not by_tests


async def test_their_right_twins_are_kept(shared_sandbox: Sandbox) -> None:
    verdicts = await verdicts_on(list(map(task_of, TWINS)), shared_sandbox)
    lost = [
        *named(TWINS, verdicts, Decision.REJECT),
        *named(TWINS, verdicts, Decision.ABSTAIN),
    ]
    assert len(lost) <= 0.05 * len(TWINS), lost


# A verdict of each kind whose evidence is made again.
AGAIN = {
    "accepted": ("grade", "from below", Decision.ACCEPT),
    "rejected by its peers": ("grade", "off at a boundary", Decision.REJECT),
    "abstained for what lies beyond": ("largest", "starts at zero", Decision.ABSTAIN),
    "abstained for a changed argument": ("merged", "adds into the first", Decision.ABSTAIN),
}


@pytest.mark.parametrize("name", AGAIN)
async def test_verdicts_come_again_and_their_evidence_holds(name: str, shared_sandbox: Sandbox) -> None:
    problem, what, decision = AGAIN[name]
    (candidate,) = [each for each in CANDIDATES if (each.problem, each.name) == (problem, what)]
    one, two = await verdicts_on([task_of(candidate)] * 2, shared_sandbox)
    assert one.decision is decision, one.reason
    assert one == two
    for evidence in one.evidence:
        again = await rerun(Evidence.model_validate_json(evidence.model_dump_json()), shared_sandbox)
        assert again == evidence


def bug(problem: str, name: str) -> Candidate:
    (found,) = [each for each in BUGS if (each.problem, each.name) == (problem, name)]
    return found


async def test_peers_that_share_the_bug_leave_a_sign(shared_sandbox: Sandbox) -> None:
    wrong = bug("add", "one pair only")
    peers = PROBLEMS["add"].peers
    renamed = wrong.program.replace("f(a: int, b: int)", "f(x, y)").replace("a ", "x ").replace("b ", "y ")
    renamed = renamed.replace("+ b", "+ y")
    alone = bug("add", "a square decides")
    cases = [
        task_of(wrong, (wrong.program, renamed, peers[0])),
        task_of(wrong, (wrong.program, peers[0], peers[1])),
        task_of(wrong, (peers[0],)),
        task_of(alone, (renamed, peers[2])),
    ]
    verdicts = await verdicts_on(cases, shared_sandbox)
    assert [verdict.decision for verdict in verdicts[:3]] == [Decision.ABSTAIN] * 3
    assert verdicts[3].decision is Decision.REJECT
    # A bug far beyond the tests, and peers that are one program: a single opinion against it.
    far = wrong._replace(program=wrong.program.replace("a == 1234 and b == 77", "a == 5000"))
    (verdict,) = await verdicts_on([task_of(far, (peers[0], peers[0]))], shared_sandbox)
    assert (verdict.decision, verdict.code) == (Decision.ABSTAIN, "unreached")


async def test_code_that_no_test_runs_is_not_accepted_without_peers(shared_sandbox: Sandbox) -> None:
    wrong = bug("add", "wrong where the sum is large")
    (verdict,) = await verdicts_on([task_of(wrong, ())], shared_sandbox)
    assert (verdict.decision, verdict.code) == (Decision.ABSTAIN, "unreached")
    assert "line 4 never ran" in verdict.reason
