"""Shares with their Wilson 95 % intervals, as text and as numbers."""

from __future__ import annotations

import math

from proofset.records import wilson


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
