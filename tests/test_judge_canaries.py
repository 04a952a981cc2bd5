"""Canaries: each is bad, each differs from what it was made of, and the same draw makes the same one."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.agents.judging import PROGRAM_KINDS, Canary, CanaryKind, Example, canaries_of, drawn_canary
from proofset.records import rng

GOOD = Example(
    "A mill grinds 12 sacks an hour for 4 hours and sells 20. How many are left?",
    "It grinds 12 * 4 = 48 sacks.\nOf these 48 - 20 = 28 are left.\n\nAnswer: 28",
)


def by_kind(example: Example, seed: int = 0) -> dict[CanaryKind, str]:
    return {canary.kind: canary.example.response for canary in canaries_of(example, Random(seed))}


def equations(text: str) -> list[bool]:
    found = re.findall(r"(\d+) ([*-]) (\d+) = (\d+)", text)
    made = {"*": lambda a, b: a * b, "-": lambda a, b: a - b}
    return [made[sign](int(a), int(b)) == int(result) for a, sign, b, result in found]


@pytest.mark.parametrize("seed", range(30))
def test_every_kind_is_what_its_name_says(seed: int) -> None:
    made = by_kind(GOOD, seed)
    assert made.keys() == set(CanaryKind)
    assert (made[CanaryKind.EMPTY], made[CanaryKind.COLON]) == ("", ":")
    assert made[CanaryKind.THOUGHT] == "Thought process:"
    cut = made[CanaryKind.TRUNCATED]
    assert GOOD.response.startswith(cut)
    assert 0 < len(cut) < 0.7 * len(GOOD.response)
    assert cut[-1] not in ".!?"
    wrong = made[CanaryKind.WRONG_REASONING]
    assert wrong.endswith("\n\nAnswer: 28")
    assert equations(GOOD.response) == [True, True]
    assert equations(wrong) == [False, False]
    answer = made[CanaryKind.WRONG_ANSWER]
    assert equations(answer) == [True, True]
    assert re.findall(r"Answer: (\d+)", answer) not in ([], ["28"])
    assert "mill" not in made[CanaryKind.OTHER_RESPONSE] and "28" not in made[CanaryKind.OTHER_RESPONSE]
    assert "28" not in made[CanaryKind.INJECTED]
    assert all(canary.example.instruction == GOOD.instruction for canary in canaries_of(GOOD, Random(seed)))


@pytest.mark.parametrize(
    ("response", "lacking"),
    [
        ("28", {CanaryKind.WRONG_REASONING, CanaryKind.TRUNCATED}),
        ("yes", {CanaryKind.WRONG_REASONING, CanaryKind.WRONG_ANSWER, CanaryKind.TRUNCATED}),
        ("", {CanaryKind.EMPTY, CanaryKind.WRONG_REASONING, CanaryKind.WRONG_ANSWER, CanaryKind.TRUNCATED}),
        ("It is so.\nAnswer: 5", {CanaryKind.WRONG_REASONING, CanaryKind.TRUNCATED}),
    ],
)
def test_what_a_response_does_not_hold_cannot_be_spoilt(response: str, lacking: set[CanaryKind]) -> None:
    made = by_kind(GOOD._replace(response=response))
    assert made.keys() == set(CanaryKind) - lacking


@given(st.text(max_size=200), st.text(max_size=400), st.integers(0, 5))
def test_no_canary_is_the_example_and_equal_draws_are_equal(
    instruction: str, response: str, seed: int
) -> None:
    example = Example(instruction, response)
    canaries = canaries_of(example, Random(seed))
    assert canaries == canaries_of(example, Random(seed))
    assert all(canary.example.response != response for canary in canaries)
    assert all(canary.example.instruction == instruction for canary in canaries)


def test_numbers_beyond_all_bounds_do_no_harm() -> None:
    huge = "9" * 6000
    made = by_kind(GOOD._replace(response=f"It is 1 * {huge} = {huge} of them.\n\nAnswer: {huge},000"))
    assert made[CanaryKind.WRONG_ANSWER] != ""
    assert made[CanaryKind.WRONG_REASONING].endswith(f"Answer: {huge},000")


def test_a_share_of_examples_has_a_canary_of_any_kind() -> None:
    def drawn(share: float) -> list[Canary]:
        made = (drawn_canary(GOOD, share, rng(0, slot, 1, "judge", "canary")) for slot in range(600))
        return [canary for canary in made if canary is not None]

    assert drawn(0.0) == []
    assert len(drawn(1.0)) == 600
    assert 80 < len(drawn(0.2)) < 160
    assert {canary.kind for canary in drawn(0.2)} == set(CanaryKind)
    # A larger share adds canaries and changes none.
    assert set(drawn(0.2)) <= set(drawn(0.5))


def test_of_a_program_no_canary_is_made_that_may_still_be_right() -> None:
    program = Example("Say three.", 'def three():\n    """three() = 3 and no more."""\n    return 3')
    assert {canary.kind for canary in canaries_of(program, Random(0))} > set(PROGRAM_KINDS)
    drawn = [drawn_canary(program, 1.0, Random(seed), PROGRAM_KINDS) for seed in range(100)]
    assert {canary.kind for canary in drawn if canary is not None} == set(PROGRAM_KINDS)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_cut_off_does_not_end_with_a_sentence(seed: int) -> None:
    short = GOOD._replace(response="It is 4 . It is 5 ! Is it ? It is : I. A . B . C . D. So it is 6.")
    cut = by_kind(short, seed)[CanaryKind.TRUNCATED]
    assert cut[-1] not in ".!?: "
    assert short.response.startswith(cut)


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("Answer: 1/2", r"Answer: \d+/2"),
        ("Answer: sqrt(2)/2", r"Answer: sqrt\(\d+\)/2"),
        ("Answer: {1, 5}", r"Answer: {\d+, 5}"),
        ("So 48 - 20 = 28 sacks are left (see step 2).", r"So 48 - 20 = \d+ sacks are left \(see step 2\)."),
        ("#### 1,200", r"#### \d+"),
        ("Answer: -7.50", r"Answer: -\d+.50"),
        ("After 3 days 28 are left.", r"After \d+ days \d+ are left."),
        ("Of 28 this is the sum:", r"Of \d+ this is the sum:"),
    ],
)
def test_another_result_is_given_and_its_form_stays(line: str, pattern: str) -> None:
    for seed in range(40):
        wrong = by_kind(GOOD._replace(response=f"It is 4 * 7 = 28: so.\n{line}"), seed)[
            CanaryKind.WRONG_ANSWER
        ]
        head, _, last = wrong.rpartition("\n")
        assert head == "It is 4 * 7 = 28: so."
        assert last != line
        assert re.fullmatch(pattern, last)
        if "/" in line and "sqrt" not in line:
            assert Fraction(last.removeprefix("Answer: ")) != Fraction(1, 2)
