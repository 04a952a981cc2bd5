"""No near miss of an answer is accepted, and every other notation of it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near_misses import KINDS, Case, cases

from proofset.tools.answers._worker import compare_pair

MIRRORED = frozenset(
    {"integer", "rational", "radical", "complex", "scientific", "set", "plus_minus", "matrix"}
)
"""Kinds whose other notations are inferred as the same type, so that gold and answer may change places."""


def outcome(gold: str, answer: str) -> str:
    return compare_pair("", gold, answer).outcome


@pytest.mark.parametrize("kind", KINDS)
def test_other_notations_are_accepted_and_near_misses_never(kind: str) -> None:
    for gold, same, near in cases(kind, 8):
        assert [answer for answer in (gold, *same) if outcome(gold, answer) != "pass"] == [], gold
        assert [answer for answer in near if outcome(gold, answer) == "pass"] == [], gold


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_equal_is_so_both_ways(kind: str) -> None:
    for gold, _, near in cases(kind, 3, seed=1):
        assert [answer for answer in near if outcome(answer, gold) == "pass"] == [], gold


@pytest.mark.parametrize("kind", sorted(MIRRORED))
def test_what_is_equal_is_so_both_ways(kind: str) -> None:
    for gold, same, _ in cases(kind, 3, seed=2):
        assert [answer for answer in same if outcome(answer, gold) != "pass"] == [], gold


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(KINDS)), st.integers(10, 10**6))
def test_two_golds_are_equal_only_if_one_is_a_notation_of_the_other(kind: str, seed: int) -> None:
    one, other = (cases(kind, 1, seed=s)[0] for s in (seed, seed + 1))
    if outcome(one.gold, other.gold) == "pass":
        assert _alike(one, other), (one.gold, other.gold)


def _alike(one: Case, other: Case) -> bool:
    """Whether both say the same for every answer that either is tried with."""
    tried = {*one.same, *other.same}
    return all(outcome(one.gold, answer) == outcome(other.gold, answer) == "pass" for answer in tried)
