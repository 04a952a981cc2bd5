"""Records: frozen, complete on a JSON round trip, and graded by their evidence alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from proofset.records import (
    Answer,
    AnswerType,
    Decision,
    Evidence,
    EvidenceKind,
    Grade,
    Lineage,
    Message,
    Outcome,
    Record,
    Rejection,
    Risk,
    Usage,
    Verdict,
    grade_of,
    record_id,
    request_seed,
    rng,
)


def evidence(
    kind: EvidenceKind = EvidenceKind.EXECUTION, outcome: Outcome = Outcome.PASS, basis: str = "a"
) -> Evidence:
    return Evidence(kind=kind, check="c", claim="it holds", outcome=outcome, basis=basis)


def record() -> Record:
    return Record(
        id="verified_math-0",
        method="verified_math",
        instruction="What is 6 * 7?",
        output="6 * 7 = 42\n\nAnswer: 42",
        messages=(Message(role="user", content="What is 6 * 7?"), Message(role="assistant", content="42")),
        answer=Answer(type=AnswerType.INTEGER, value="42"),
        lineage=Lineage(seed=0, slot=3, attempt=1),
        risk=Risk.VERIFIED,
        verdict=Verdict.accept([evidence()]),
        cost=Usage(calls=3, input_tokens=100, output_tokens=20),
    )


def test_record_survives_a_json_round_trip() -> None:
    again = Record.model_validate_json(record().model_dump_json())
    assert again == record()
    assert again.model_dump_json() == record().model_dump_json()


def test_unknown_schema_version_and_unknown_fields_are_refused() -> None:
    text = record().model_dump_json()
    with pytest.raises(ValidationError, match="schema_version"):
        Record.model_validate_json(text.replace('"schema_version":5', '"schema_version":99'))
    with pytest.raises(ValidationError, match="Extra inputs"):
        Record.model_validate_json(text.replace('"method"', '"unknown":1,"method"'))


def test_records_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        record().output = "something else"


@pytest.mark.parametrize(
    ("items", "grade"),
    [
        ([], None),
        ([evidence(outcome=Outcome.INCONCLUSIVE)], None),
        ([evidence(EvidenceKind.JUDGE)], Grade.JUDGED),
        ([evidence(EvidenceKind.JUDGE), evidence(EvidenceKind.HUMAN)], Grade.HUMAN),
        ([evidence()], Grade.CHECKED),
        # One model that agrees with itself is one basis, however many kinds of checks it passes.
        ([evidence(), evidence(EvidenceKind.AGREEMENT), evidence(EvidenceKind.MUTATION)], Grade.CHECKED),
        # Two models, but the same kind of check.
        ([evidence(basis="a"), evidence(basis="b")], Grade.CHECKED),
        ([evidence(basis="a"), evidence(EvidenceKind.AGREEMENT, basis="b")], Grade.PROVED),
        # A failed check proves nothing.
        (
            [evidence(basis="a"), evidence(EvidenceKind.AGREEMENT, Outcome.FAIL, basis="b")],
            Grade.CHECKED,
        ),
        ([evidence(), evidence(EvidenceKind.HUMAN, basis="b")], Grade.CHECKED),
    ],
)
def test_grade_needs_independent_evidence(items: list[Evidence], grade: Grade | None) -> None:
    assert grade_of(items) is grade


def test_accept_needs_passed_evidence_and_no_failed_hard_check() -> None:
    with pytest.raises(ValidationError, match="exactly the grade"):
        Verdict.accept([])
    with pytest.raises(ValidationError, match="no failed hard check"):
        Verdict.accept([evidence(), evidence(EvidenceKind.AGREEMENT, Outcome.FAIL)])


def test_a_verdict_cannot_claim_a_grade_it_has_not_earned() -> None:
    with pytest.raises(ValidationError, match="exactly the grade"):
        Verdict(decision=Decision.ACCEPT, grade=Grade.PROVED, evidence=(evidence(),))
    with pytest.raises(ValidationError, match="no grade"):
        Verdict(decision=Decision.REJECT, grade=Grade.CHECKED, code="x", reason="y")


def test_rejecting_and_abstaining_need_a_reason() -> None:
    with pytest.raises(ValidationError, match="a reason"):
        Verdict.reject("code", "")
    with pytest.raises(ValidationError, match="a code"):
        Verdict.abstain("", "reason")


def test_rejection_round_trip() -> None:
    rejection = Rejection(
        slot=1, attempt=2, stage="verifier", code="c", reason="r", candidate={"a": [1, None]}
    )
    assert Rejection.model_validate_json(rejection.model_dump_json()) == rejection


usages = st.builds(
    Usage,
    calls=st.integers(0, 9),
    input_tokens=st.integers(0, 9),
    output_tokens=st.integers(0, 9),
    usd=st.none() | st.integers(0, 8).map(float),
)


@given(usages, usages, usages)
def test_usage_adds_up_and_an_unknown_price_stays_unknown(a: Usage, b: Usage, c: Usage) -> None:
    assert (a + b) + c == a + (b + c)
    assert (a + b).input_tokens == a.input_tokens + b.input_tokens
    assert ((a + b).usd is None) == (a.usd is None or b.usd is None)


def test_ids_and_randomness_derive_from_their_parts_alone() -> None:
    assert record_id("m", 0, 1, 1, "text") == record_id("m", 0, 1, 1, "text")
    assert record_id("m", 0, 1, 1, "text") != record_id("m", 0, 1, 1, "other")
    assert len(record_id("m", 0, 1, 1, "text")) == len("m-") + 16
    assert rng(0, 1).random() == rng(0, 1).random()
    assert rng(0, 1).random() != rng(1, 0).random()
    assert len({request_seed(0, slot, "solver") for slot in range(200)}) == 200
    assert all(0 <= request_seed(seed) < 2**31 for seed in range(200))
