"""Accuracies from a batch of problems, by who agrees with whom; no labels, by expectation-maximisation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .model import DIFFICULTIES, Prior, explanations, right_chance, shares
from .tallying import Group, Tally

ROUNDS = 200
TOLERANCE = 1e-4
DEVIATION = 1.5
"""How far abilities may be from the prior's, in logits; a handful of problems moves them little."""

_Pattern = tuple[tuple[tuple[str, float], ...], ...]


def fit(batch: Iterable[Tally], prior: Prior | None = None) -> Prior:
    """A prior whose `known` accuracies explain the agreement in this batch best.

    Spread and mistakes stay as they are in the given prior: without labels, shared mistakes and shared
    knowledge look alike, so how often mistakes coincide has to be assumed. Three bases and some
    dozens of problems are needed to tell strong voters from weak ones.
    """
    start = prior or Prior()
    patterns = Counter(_pattern(each.groups) for each in batch if each.groups)
    bases = sorted({basis for pattern in patterns for group in pattern for basis, _ in group})
    current = start.model_copy(update={"known": {basis: _accuracy(start.ability(basis)) for basis in bases}})
    for _ in range(ROUNDS):
        counts = _expected(patterns, current)
        known = {
            basis: _accuracy(_best(counts[basis], current.ability(basis), start.ability(basis), start.spread))
            for basis in bases
        }
        moved = max((abs(known[basis] - current.known[basis]) for basis in bases), default=0.0)
        current = current.model_copy(update={"known": known})
        if moved < TOLERANCE:
            break
    return current.model_copy(update={"known": start.known | current.known})


def _pattern(groups: Sequence[Group]) -> _Pattern:
    return tuple(sorted(tuple(sorted(group.weights.items())) for group in groups))


def _accuracy(ability: float) -> float:
    return round(1 / (1 + math.exp(-ability)), 6)


_Counts = list[tuple[float, float]]
"""Per difficulty: the expected votes of a basis that were right, and all of them."""


def _expected(patterns: Mapping[_Pattern, int], prior: Prior) -> Mapping[str, _Counts]:
    counts: dict[str, _Counts] = {}
    for pattern, times in patterns.items():
        groups = [Group("", (), dict(weights)) for weights in pattern]
        ways = explanations(groups, prior)
        total = math.fsum(p for way in ways for p in way.at)
        for basis, given in shares(groups).items():
            known = counts.setdefault(basis, [(0.0, 0.0)] * len(DIFFICULTIES))
            for way in ways:
                right = 0.0 if way.right is None else groups[way.right].weights.get(basis, 0.0)
                for node, p in enumerate(way.at):
                    hits, of = known[node]
                    part = times * p / total
                    known[node] = (hits + part * right, of + part * given)
    return counts


def _best(counts: _Counts, ability: float, centre: float, spread: float) -> float:
    """The ability that makes these counts most likely, with the prior's pull; a concave search by Newton."""
    for _ in range(25):
        slope, bend = (centre - ability) / DEVIATION**2, 1 / DEVIATION**2
        for (z, _), (hits, of) in zip(DIFFICULTIES, counts, strict=True):
            chance = right_chance(ability, z, spread)
            slope += hits - of * chance
            bend += of * chance * (1 - chance)
        step = max(-1.0, min(1.0, slope / bend))
        ability = max(-6.0, min(6.0, ability + step))
        if abs(step) < 1e-6:
            break
    return ability
