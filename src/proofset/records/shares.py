"""Shares of what was counted, with their intervals, and how far two raters agree beyond chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

Z95 = 1.959963984540054


class Interval(NamedTuple):
    low: float
    high: float


class Share(NamedTuple):
    """So many hits of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share itself, 0 to 1; None where there is nothing to count."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> Interval:
        """The Wilson interval at 95 %."""
        return wilson(self.hits, self.of)


class Rated(NamedTuple):
    """What two raters said of one item; True for good."""

    first: bool
    second: bool


def wilson(hits: int, of: int) -> Interval:
    """The Wilson score interval of a share at 95 %; the whole range where there is nothing to count."""
    if of == 0:
        return Interval(0.0, 1.0)
    share, z2 = hits / of, Z95 * Z95
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    # At both ends the exact bound is the end itself; rounding must not miss it.
    return Interval(0.0 if hits == 0 else centre - half, 1.0 if hits == of else centre + half)


def kappa(rated: Sequence[Rated]) -> float | None:
    """Cohen's kappa: 1 for full agreement, 0 for that of chance, below 0 for less.

    None where it is not defined: without items, or where both raters said one and the same of all.
    """
    if not rated:
        return None
    of, cells = len(rated), Counter(rated)
    same = (cells[Rated(True, True)] + cells[Rated(False, False)]) / of
    first, second = sum(one.first for one in rated) / of, sum(one.second for one in rated) / of
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (same - chance) / (1 - chance)


def clopper_pearson(hits: int, of: int, confidence: float = 0.95) -> Interval:
    """The exact (Clopper-Pearson) interval of a share; the whole range where there is nothing to count.

    Each end is the share at which so extreme a count has half of what the confidence leaves.
    """
    return Interval(
        lower_bound(hits, of, 1 - (1 - confidence) / 2), upper_bound(hits, of, 1 - (1 - confidence) / 2)
    )


def upper_bound(hits: int, of: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound: the share is at most this, at that confidence. 1 for nothing counted.

    It is the share at which `hits` or fewer of `of` have the probability 1 - confidence (Clopper and Pearson,
    1934): with no hit, 1 - (1 - confidence) ** (1 / of).
    """
    if hits >= of:
        return 1.0
    left = 1 - confidence
    low, high = hits / of, 1.0
    # The tail falls as the share grows; each step halves the range, until floats are too coarse to.
    while low < (middle := (low + high) / 2) < high:
        if _at_most(hits, of, middle) > left:
            low = middle
        else:
            high = middle
    return high


def lower_bound(hits: int, of: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound: the share is at least this, at that confidence. 0 for no hit."""
    return 1 - upper_bound(of - hits, of, confidence) if hits else 0.0


def _at_most(hits: int, of: int, share: float) -> float:
    """The probability of so many hits or fewer, each with this share, strictly between 0 and 1."""
    log_share, log_rest = math.log(share), math.log1p(-share)
    whole = math.lgamma(of + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(of - k + 1) + k * log_share + (of - k) * log_rest)
        for k in range(hits + 1)
    )
