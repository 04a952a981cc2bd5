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
