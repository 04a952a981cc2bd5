"""Votes grouped by what they say, decided by the estimate, and kept as evidence that can be made again."""

from __future__ import annotations

import json

import pytest

from proofset.errors import ProofsetError, UsageError
from proofset.records import Decision, Evidence, EvidenceKind, Grade, Outcome, grade_of
from proofset.tools.checks import answers_agree_by_consensus, false_calculations, rerun
from proofset.tools.consensus import Ballot, Prior, Vote, consensus, decide, tally
from proofset.tools.sandbox import Sandbox

ABLE = Prior(accuracy=0.8)


def votes(*answers: str) -> tuple[Vote, ...]:
    """One voter each: a, b, c, …"""
    return tuple(Vote(answer, chr(97 + place)) for place, answer in enumerate(answers))


TALLIED: dict[str, tuple[tuple[str, ...], list[set[int]], tuple[int, ...]]] = {
    "other notations": (("0.5", "\\frac{1}{2}", "50\\%", "2/4", "0.51"), [{0, 1, 2, 3}, {4}], ()),
    "thousands": (("1,200", "1200", "$1200", "12"), [{0, 1, 2}, {3}], ()),
    "phrases": (("The answer is 8.", "8", "\\boxed{8}"), [{0, 1, 2}], ()),
    "no answers": (("", "I don't know", "None", "7", "Cannot be determined.", "?"), [{3}], (0, 1, 2, 4, 5)),
    "hostile": (
        ("__import__('os')", "9**9**9**9", "5", "5" * 30_000, "\x00", "\ud800"),
        [{2}],
        (0, 1, 3, 4, 5),
    ),
    "units": (("50 mm", "5 cm", "5 m"), [{0, 1}, {2}], ()),
    "words": (("no solution", "No solution.", "Paris"), [{0, 1}, {2}], ()),
    "nothing": ((), [], ()),
}


async def test_equal_answers_form_groups_whatever_their_order(shared_sandbox: Sandbox) -> None:
    ballots = [Ballot(votes(*answers)) for answers, _, _ in TALLIED.values()]
    turned = [Ballot(ballot.votes[::-1]) for ballot in ballots]
    found = await tally([*ballots, *turned], shared_sandbox)
    straight, back = found[: len(ballots)], found[len(ballots) :]
    for (name, (answers, expected, dropped)), one, other in zip(TALLIED.items(), straight, back, strict=True):
        last = len(answers) - 1
        assert sorted(map(set, (g.members for g in one.groups)), key=min) == expected, name
        assert [{last - k for k in group.members} for group in other.groups] == [
            set(group.members) for group in one.groups
        ], name
        assert [group.answer for group in one.groups] == [group.answer for group in other.groups], name
        assert set(dropped) <= set(one.dropped), name


def test_an_answer_that_equals_two_that_differ_is_a_fault() -> None:
    from proofset.tools.consensus import tallying

    found = tallying._tallied(
        Ballot(votes("1", "2", "3")),
        ["1", "2", "3"],
        {
            ("1", "1"): Outcome.PASS,
            ("2", "2"): Outcome.PASS,
            ("3", "3"): Outcome.PASS,
            ("1", "2"): Outcome.PASS,
            ("2", "3"): Outcome.PASS,
            ("1", "3"): Outcome.FAIL,
        },
    )
    assert found.groups == () and "differ" in found.fault
    assert decide(found).code == "no_answers"


async def test_a_consensus_is_accepted_and_a_claim_confirmed_or_refuted(shared_sandbox: Sandbox) -> None:
    agreeing, asked = votes("1/2", "0.5", "50%", "3"), "What part of it is red?"

    async def reached(claim: str | None) -> tuple[Decision, str]:
        found = await consensus(agreeing, shared_sandbox, prior=ABLE, claim=claim, problem=asked)
        return found.decision, found.code

    assert await reached(None) == (Decision.ACCEPT, "")
    assert await reached("2/4") == (Decision.ACCEPT, "")
    assert await reached("3") == (Decision.REJECT, "other_answer")
    assert await reached("\x00") == (Decision.ABSTAIN, "claim_open")


async def test_what_is_not_sure_abstains_whatever_the_claim(shared_sandbox: Sandbox) -> None:
    for few, code in ((votes("1", "2"), "one_basis"), (votes("1", "1"), "unsure"), ((), "no_answers")):
        found = await consensus(few, shared_sandbox, claim="9")
        assert (found.decision, found.code) == (Decision.ABSTAIN, code)
    copies = [Vote("4", "a")] * 16
    found = await consensus(copies, shared_sandbox, prior=Prior(accuracy=0.98))
    assert (found.decision, found.code) == (Decision.ABSTAIN, "one_basis")


async def test_too_many_votes_are_refused(shared_sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match="17 votes"):
        await consensus([Vote("4", "a")] * 17, shared_sandbox)


REASONED = (
    Vote("12", "a", "Each has 4, so 3 * 4 = 12 in all."),
    Vote("12", "b", "4 + 4 + 4 = 12"),
    Vote("12", "c", "One third of it is 1/3 of 36, written 1/3 = 12."),
    Vote("20", "d", "3 * 4 = 20"),
)


async def test_a_solution_with_a_false_calculation_is_no_vote(shared_sandbox: Sandbox) -> None:
    false = await false_calculations(REASONED, shared_sandbox)
    assert [bool(each) for each in false] == [False, False, False, True]
    evidence = await answers_agree_by_consensus(REASONED, shared_sandbox, bound=0.02)
    assert evidence.outcome is Outcome.INCONCLUSIVE
    assert evidence.observed["false"] == [{"vote": 3, "calculations": ["3 * 4 = 20"]}]
    assert "3 of 3 independent voters" in str(evidence.observed["detail"])


@pytest.mark.parametrize(
    ("claim", "outcome"), [(None, Outcome.PASS), ("12.0", Outcome.PASS), ("20", Outcome.FAIL)]
)
async def test_evidence_makes_the_same_finding_again(
    shared_sandbox: Sandbox, claim: str | None, outcome: Outcome
) -> None:
    prior = Prior(known={"a": 0.7, "b": 0.6, "c": 0.65, "unheard": 0.2})
    evidence = await answers_agree_by_consensus(
        REASONED, shared_sandbox, problem="How many in all?", claim=claim, prior=prior, bound=0.04
    )
    assert (evidence.outcome, evidence.kind) == (outcome, EvidenceKind.AGREEMENT)
    assert evidence.basis == "a + b + c"
    assert "unheard" not in json.dumps(evidence.inputs)
    again = await rerun(Evidence.model_validate_json(evidence.model_dump_json()), shared_sandbox)
    assert again == evidence


async def test_changed_evidence_makes_another_finding_or_none(shared_sandbox: Sandbox) -> None:
    evidence = await answers_agree_by_consensus(REASONED, shared_sandbox, prior=ABLE)
    stricter = evidence.model_copy(update={"inputs": evidence.inputs | {"bound": 1e-6}})
    assert (await rerun(stricter, shared_sandbox)).outcome is Outcome.INCONCLUSIVE
    for name, value in (("votes", "12"), ("prior", {"accuracy": 2}), ("bound", None)):
        broken = evidence.model_copy(update={"inputs": evidence.inputs | {name: value}})
        with pytest.raises(ProofsetError, match="malformed"):
            await rerun(broken, shared_sandbox)


async def test_a_model_that_agrees_with_itself_proves_nothing(shared_sandbox: Sandbox) -> None:
    alone = [Vote("12", "a", vote.reasoning) for vote in REASONED[:3]]
    evidence = await answers_agree_by_consensus(alone, shared_sandbox, prior=Prior(accuracy=0.98))
    assert (evidence.outcome, evidence.basis) == (Outcome.INCONCLUSIVE, "a")
    held = Evidence(kind=EvidenceKind.NUMERIC, check="x", claim="x", outcome=Outcome.PASS, basis="a")
    assert grade_of([evidence, held]) is Grade.CHECKED
