"""The model: how likely a pattern of votes is, whichever of its groups is right, or none.

A problem's difficulty z is normal. A voter of ability a is right with the chance
1 / (1 + exp(-(a + spread z))), so voters err together on hard problems. A wrong voter falls for the problem's
one popular mistake with the chance `popular`, else makes one of `others` mistakes, each as likely: so wrong
voters coincide. In a few problems, `traps`, it is four of five wrong voters that fall for it: without these,
any number of agreeing voters would count as certainty. Each basis has one vote, and splits it if it gave
different answers: how often it was asked is no evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from .tallying import Group

_NODES = 13
_REACH = 2.5
"""The difficulty is summed at 13 places up to 2.5 standard deviations on each side."""
_STEPS = tuple(_REACH * (2 * k / (_NODES - 1) - 1) for k in range(_NODES))
_MASS = sum(math.exp(-z * z / 2) for z in _STEPS)
TRAPPED = 0.8
"""Of the wrong voters, how many fall for the popular mistake of a trap."""
DIFFICULTIES = tuple((z, math.exp(-z * z / 2) / _MASS) for z in _STEPS)
"""Difficulty in standard deviations (higher is easier) and its probability."""


class Prior(BaseModel):
    """What is held of voters and mistakes before the votes are seen; the defaults fit word problems.

    They were set on graded answers of four models to grade-school word problems. Mistakes coincide more
    often where there are few answers to choose from: raise `popular` for multiple choice and yes or no.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: float = Field(
        default=0.3,
        gt=0,
        lt=1,
        description="On a problem of middle difficulty, of a basis not in `known`.",
    )
    known: dict[str, float] = Field(default_factory=dict, description="Basis to accuracy, likewise.")
    spread: float = Field(
        default=2.0, ge=0, le=6, description="How much problems differ in difficulty, in logits."
    )
    popular: float = Field(default=0.3, ge=0, lt=1, description="Share of wrong answers that fall for it.")
    traps: float = Field(
        default=0.01,
        ge=0,
        lt=1,
        description="Share of problems where 0.8 of the wrong fall for it.",
    )
    others: int = Field(default=50, ge=16, description="Number of other mistakes, all as likely.")

    @field_validator("known")
    @classmethod
    def _possible(cls, known: dict[str, float]) -> dict[str, float]:
        if not all(0 < accuracy < 1 for accuracy in known.values()):
            raise ValueError("each accuracy lies between 0 and 1, both excluded")
        return known

    def ability(self, basis: str) -> float:
        """In logits."""
        accuracy = self.known.get(basis, self.accuracy)
        return math.log(accuracy / (1 - accuracy))


class Explanation(NamedTuple):
    """One way that the votes came about: the place of the right group, None where every vote is wrong.

    Attributes:
        at: joint probability with each difficulty of DIFFICULTIES.
    """

    right: int | None
    at: tuple[float, ...]


def estimates(groups: Sequence[Group], prior: Prior) -> tuple[float, ...]:
    """For each group, the probability that its answer is wrong."""
    ways = explanations(groups, prior)
    total = math.fsum(p for way in ways for p in way.at)
    wrong = (
        math.fsum(p for way in ways if way.right != place for p in way.at) for place in range(len(groups))
    )
    return tuple(min(1.0, max(0.0, chance / total)) for chance in wrong)


def explanations(groups: Sequence[Group], prior: Prior) -> tuple[Explanation, ...]:
    """Every way that these votes can come about, with its probability."""
    chances = {
        basis: tuple(right_chance(prior.ability(basis), z, prior.spread) for z, _ in DIFFICULTIES)
        for basis in sorted({basis for group in groups for basis in group.weights})
    }
    sizes = [math.fsum(group.weights.values()) for group in groups]
    ways = []
    for right in (*range(len(groups)), None):
        alike = _coincidence([size for place, size in enumerate(sizes) if place != right], prior)
        at = [mass * alike for _, mass in DIFFICULTIES]
        for place, group in enumerate(groups):
            for basis, weight in group.weights.items():
                for node, chance in enumerate(chances[basis]):
                    at[node] *= (chance if place == right else 1 - chance) ** weight
        ways.append(Explanation(right, tuple(at)))
    return tuple(ways)


def right_chance(ability: float, z: float, spread: float) -> float:
    """The chance to be right on a problem of difficulty z, kept off 0 and 1."""
    return min(1 - 1e-9, max(1e-9, 1 / (1 + math.exp(-(ability + spread * z)))))


def _coincidence(sizes: Sequence[float], prior: Prior) -> float:
    """The chance that wrong votes fall into groups of these sizes, whichever is the popular mistake."""
    usual, trapped = (_around(sizes, share, prior.others) for share in (prior.popular, TRAPPED))
    return (1 - prior.traps) * usual + prior.traps * trapped


def _around(sizes: Sequence[float], popular: float, others: int) -> float:
    whole = math.fsum(sizes)
    chance = math.pow(1 - popular, whole) * _scattered(sizes, others)
    for place, size in enumerate(sizes):
        rest = [*sizes[:place], *sizes[place + 1 :]]
        chance += math.pow(popular, size) * math.pow(1 - popular, whole - size) * _scattered(rest, others)
    return chance


def _scattered(sizes: Sequence[float], others: int) -> float:
    """The chance that mistakes drawn evenly from this many fall into these groups."""
    chance = 1.0
    for place, size in enumerate(sizes):
        chance *= (1 - place / others) * math.pow(others, -max(0.0, size - 1))
    return chance


def shares(groups: Sequence[Group]) -> Mapping[str, float]:
    """How much of its one vote each basis gave, which is all of it where it gave any."""
    totals: dict[str, float] = {}
    for group in groups:
        for basis, weight in group.weights.items():
            totals[basis] = totals.get(basis, 0.0) + weight
    return totals
