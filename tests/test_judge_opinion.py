"""What samples come to: never an acceptance that most of them do not share."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from proofset.agents.judging import Bounds, Opinion, Scores, opinion_of
from proofset.models import Malformed, Typed
from proofset.records import Decision, Usage

ONE = Usage(calls=1)
Triple = tuple[int, int, int]


def opinion(samples: Sequence[Triple | None], bounds: Bounds | None = None) -> Opinion:
    replies: list[Typed[Scores] | Malformed] = [
        Malformed("no JSON", "", ONE)
        if triple is None
        else Typed(
            Scores(**dict(zip(("clarity", "quality", "diversity"), triple, strict=True))), ONE, repaired=False
        )
        for triple in samples
    ]
    return opinion_of(replies, bounds or Bounds())


@pytest.mark.parametrize(
    ("samples", "decision", "code", "reason"),
    [
        ([(3, 3, 3)], Decision.ACCEPT, "", ""),
        ([(3, 2, 1)], Decision.REJECT, "judged_low", "quality 2 < 3, diversity 1 < 3"),
        (
            [None],
            Decision.ABSTAIN,
            "judge_unreadable",
            "1 of 1 opinions could not be read: no JSON",
        ),
        (
            [None, (5, 5, 5)],
            Decision.ABSTAIN,
            "judge_unreadable",
            "1 of 2 opinions could not be read: no JSON",
        ),
        ([None, (5, 5, 5), (4, 4, 4)], Decision.ACCEPT, "", ""),
        (
            [(5, 5, 5), (5, 5, 5), (5, 1, 5)],
            Decision.ABSTAIN,
            "judge_unsure",
            "2 of 3 opinions keep it: self-agreement 0.33 < 0.6",
        ),
        ([(5, 5, 5), (5, 5, 5), (5, 1, 5), (4, 4, 4), (3, 3, 3)], Decision.ACCEPT, "", ""),
        # Every sample turns it down, each for another score: the medians alone would keep it.
        (
            [(2, 5, 5), (5, 2, 5), (5, 5, 2)],
            Decision.REJECT,
            "judged_low",
            "3 of 3 opinions have a score < 3",
        ),
        ([], Decision.ABSTAIN, "judge_unreadable", "0 of 0 opinions could not be read: none was asked"),
    ],
)
def test_opinions(samples: list[Triple | None], decision: Decision, code: str, reason: str) -> None:
    found = opinion(samples)
    assert (found.decision, found.code, found.reason) == (decision, code, reason)
    assert found.usage.calls == len(samples)
    assert found.unreadable == samples.count(None)


def test_scores_are_lower_medians_and_agreement_counts_pairs_of_readable_samples() -> None:
    found = opinion([(5, 4, 3), (4, 3, 3), None])
    assert found.scores == {"clarity": 4.0, "quality": 3.0, "diversity": 3.0}
    assert found.agreement == 1.0
    assert opinion([(5, 5, 5)]).agreement is None
    five = opinion([(5, 5, 5)] * 4 + [(1, 1, 1)])
    assert five.agreement == pytest.approx(0.6)
    assert five.decision is Decision.ACCEPT
    assert opinion([(5, 5, 5)] * 4 + [(1, 1, 1)], Bounds(agreement=0.61)).code == "judge_unsure"


@pytest.mark.parametrize(
    "text",
    [
        '{"clarity": "5", "quality": 5, "diversity": 5}',
        '{"clarity": 5.5, "quality": 5, "diversity": 5}',
        '{"clarity": true, "quality": 5, "diversity": 5}',
        '{"clarity": 6, "quality": 5, "diversity": 5}',
        '{"clarity": 0, "quality": 5, "diversity": 5}',
        '{"clarity": 5, "quality": 5}',
        '{"clarity": 5, "quality": 5, "diversity": 5, "verdict": "accept"}',
        'Sure! {"clarity": 5, "quality": 5, "diversity": 5}',
        "[5, 5, 5]",
    ],
)
def test_what_does_not_fit_the_schema_is_no_opinion(text: str) -> None:
    with pytest.raises(ValidationError):
        Scores.model_validate_json(text)


triples = st.tuples(*[st.integers(1, 5)] * 3)
many = st.lists(st.none() | triples, max_size=9)
bounds = st.builds(Bounds, minimum=st.integers(1, 5), agreement=st.sampled_from([0.5, 0.6, 0.8, 1.0]))


@given(many, bounds)
def test_an_acceptance_is_shared_by_most_samples_and_by_every_median(
    samples: list[Triple | None], limits: Bounds
) -> None:
    found = opinion(samples, limits)
    read = [triple for triple in samples if triple is not None]
    keep = [triple for triple in read if min(triple) >= limits.minimum]
    if found.decision is Decision.ACCEPT:
        assert 2 * len(keep) > len(read) > len(samples) / 2
        assert min(found.scores.values()) >= limits.minimum
        assert found.agreement is None or found.agreement >= limits.agreement
    else:
        assert found.code
        assert found.reason
    if found.decision is Decision.REJECT:
        assert 2 * len(keep) < len(read)


@given(many, bounds, st.integers(0, 8), st.integers(0, 2))
def test_a_lower_score_never_makes_an_acceptance(
    samples: list[Triple | None], limits: Bounds, at: int, which: int
) -> None:
    before = opinion(samples, limits)
    if at >= len(samples) or (triple := samples[at]) is None:
        return
    lowered = tuple(1 if number == which else score for number, score in enumerate(triple))
    after = opinion([*samples[:at], (lowered[0], lowered[1], lowered[2]), *samples[at + 1 :]], limits)
    assert before.decision is Decision.ACCEPT or after.decision is not Decision.ACCEPT


@given(many, bounds, st.randoms())
def test_the_order_of_samples_does_not_matter(
    samples: list[Triple | None], limits: Bounds, random: Random
) -> None:
    shuffled = list(samples)
    random.shuffle(shuffled)
    one, other = opinion(samples, limits), opinion(shuffled, limits)
    assert (one.decision, one.code, one.scores, one.agreement) == (
        other.decision,
        other.code,
        other.scores,
        other.agreement,
    )
