"""Shares with their Wilson 95 % intervals, as text and as numbers."""

from __future__ import annotations

import math
from typing import NamedTuple

Z95 = 1.959963984540054


class Interval(NamedTuple):
    low: float
    high: float


def wilson(hits: int, of: int) -> Interval:
    """The Wilson score interval of a share at 95 %; the whole range where there is nothing to count."""
    if of == 0:
        return Interval(0.0, 1.0)
    share, z2 = hits / of, Z95 * Z95
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    # At both ends the exact bound is the end itself; rounding must not miss it.
    return Interval(0.0 if hits == 0 else centre - half, 1.0 if hits == of else centre + half)


def shown(hits: int, of: int) -> str:
    """`3/495 = 0.6 % (0.2–1.8)`; a dash where there is nothing to count."""
    if of == 0:
        return "–"
    low, high = wilson(hits, of)
    return f"{hits}/{of} = {hits / of:.1%} ({100 * low:.1f}–{100 * high:.1f})".replace("%", " %")


def quantile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed; 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
