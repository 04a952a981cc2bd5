"""Diversity control: which examples a proposal is shown follows from its place in the run alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.agents.proposer import draw_exemplars
from proofset.records import Answer, AnswerType, rng
from proofset.seeds import SeedProblem, load_seed_problems

SEEDS = load_seed_problems()


def seed(number: int, topic: str) -> SeedProblem:
    answer = Answer(type=AnswerType.INTEGER, value="1")
    return SeedProblem(id=f"s{number}", topic=topic, problem=f"p{number}", answer=answer)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_one_example_is_of_another_topic(count: int) -> None:
    drawn = draw_exemplars(SEEDS, "geometry", count, rng(0, 1))
    assert len({seed.id for seed in drawn}) == count
    assert sum(seed.topic != "geometry" for seed in drawn) == 1


def test_a_single_example_is_of_the_topic() -> None:
    (drawn,) = draw_exemplars(SEEDS, "geometry", 1, rng(0, 1))
    assert drawn.topic == "geometry"


def test_a_topic_that_the_seeds_lack_borrows_from_the_others() -> None:
    assert len(draw_exemplars(SEEDS, "cooking", 3, rng(0, 1))) == 3


@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 8), st.integers())
def test_as_many_as_asked_where_there_are_so_many(same: int, other: int, count: int, number: int) -> None:
    seeds = [seed(n, "a") for n in range(same)] + [seed(10 + n, "b") for n in range(other)]
    drawn = draw_exemplars(seeds, "a", count, rng(number))
    assert len({one.id for one in drawn}) == len(drawn)
    assert len(drawn) == min(count, same + other)
    assert drawn == draw_exemplars(seeds, "a", count, rng(number))
