"""Which of two responses is better: both orders must say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_judge import model, shown

from proofset.agents.judging import PairJudge, Preference, Preferred, Votes
from proofset.agents.judging.pairs import Choice, preference_of
from proofset.models import Call, Malformed, Typed
from proofset.records import Usage

ONE = Usage(calls=1)
Vote = str
"""A, B, or anything else for what cannot be read."""


def replies(votes: Sequence[Vote]) -> list[Typed[Choice] | Malformed]:
    return [
        Typed(Choice.model_validate({"better": vote}), ONE, repaired=False)
        if vote in ("A", "B")
        else Malformed("no JSON", "", ONE)
        for vote in votes
    ]


def of(forward: Sequence[Vote], backward: Sequence[Vote]) -> Preference:
    return preference_of(replies(forward), replies(backward))


@pytest.mark.parametrize(
    ("forward", "backward", "preferred", "share", "code"),
    [
        ("A", "B", Preferred.FIRST, 1.0, ""),
        ("B", "A", Preferred.SECOND, 0.0, ""),
        # Whoever always takes the first place has no preference.
        ("A", "A", Preferred.NEITHER, 0.5, "orders_disagree"),
        ("AAA", "AAA", Preferred.NEITHER, 0.5, "orders_disagree"),
        ("AAB", "BBB", Preferred.FIRST, 5 / 6, ""),
        ("AAB", "BAA", Preferred.NEITHER, 0.5, "orders_disagree"),
        ("AB", "BB", Preferred.NEITHER, 0.75, "pair_unsure"),
        ("A?", "BB", Preferred.NEITHER, 1.0, "pair_unreadable"),
        ("A?A", "BBB", Preferred.FIRST, 1.0, ""),
        ("?", "?", Preferred.NEITHER, None, "pair_unreadable"),
    ],
)
def test_both_orders_must_agree(
    forward: str, backward: str, preferred: Preferred, share: float | None, code: str
) -> None:
    found = of(forward, backward)
    assert (found.preferred, found.code) == (preferred, code)
    assert found.share == (None if share is None else pytest.approx(share))
    assert bool(found.reason) is bool(code)
    assert found.usage.calls == found.votes.asked == len(forward) + len(backward)


def test_the_reason_holds_the_counts() -> None:
    assert of("AAB", "BAA").reason == "the votes are 2:1 and 1:2 in the two orders"
    assert of("?", "B").reason == "1 of 2 votes could not be read"


votes = st.text("AB?", min_size=1, max_size=7)


@given(votes, votes)
def test_exchanging_the_responses_exchanges_the_preference(forward: str, backward: str) -> None:
    other = {Preferred.FIRST: Preferred.SECOND, Preferred.SECOND: Preferred.FIRST}
    one, turned = of(forward, backward), of(backward, forward)
    assert turned.preferred is other.get(one.preferred, Preferred.NEITHER)
    assert turned.code == one.code
    if one.share is not None and turned.share is not None:
        assert one.share + turned.share == pytest.approx(1)


@given(votes, votes)
def test_the_soft_label_leans_to_what_is_preferred(forward: str, backward: str) -> None:
    found = of(forward, backward)
    if found.preferred is not Preferred.NEITHER:
        assert found.share is not None
        assert (found.share > 0.5) is (found.preferred is Preferred.FIRST)


def choosing(better: Callable[[str, str, str], str]) -> Callable[[Call, str], str]:
    def respond(call: Call, prompt: str) -> str:
        return json.dumps({"better": better(*shown(prompt))})

    return respond


async def test_a_judge_that_reads_prefers_and_one_that_does_not_abstains() -> None:
    longer = PairJudge(model(choosing(lambda ask, a, b: "A" if len(a) > len(b) else "B")), samples=2)
    found = await longer.prefer("Add 2 and 2.", "4", "2 + 2 = 4", Call("judge"))
    assert (found.preferred, found.share, found.votes) == (Preferred.SECOND, 0.0, Votes(0, 4, 0))
    first = PairJudge(model(choosing(lambda ask, a, b: "A")), samples=2)
    assert (await first.prefer("Add.", "4", "5", Call("judge"))).code == "orders_disagree"


async def test_each_vote_has_a_number_of_its_own() -> None:
    asked: list[int] = []

    def respond(call: Call, prompt: str) -> str:
        asked.append(call.sample)
        return '{"better": "A"}'

    await PairJudge(model(respond), samples=3).prefer("x", "a", "b", Call("judge", sample=4))
    assert sorted(asked) == [4, 5, 6, 7, 8, 9]


async def test_equal_texts_are_not_worth_a_call() -> None:
    def respond(call: Call, prompt: str) -> str:
        raise AssertionError

    found = await PairJudge(model(respond)).prefer("x", "the same", " the same\n", Call("judge"))
    assert (found.preferred, found.code, found.usage.calls) == (Preferred.NEITHER, "same_text", 0)


async def test_a_tie_or_prose_is_no_vote() -> None:
    for text in ('{"better": "C"}', '{"better": "tie"}', "A", '{"better": "A", "why": "longer"}'):
        judge = PairJudge(model(lambda call, prompt, text=text: text))  # type: ignore[misc]
        assert (await judge.prefer("x", "a", "b", Call("judge"))).code == "pair_unreadable"
