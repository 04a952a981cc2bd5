"""Lengths: words of kept instructions beside those of the seeds, which people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median
from typing import Any

EDGES = (0, 5, 10, 15, 20, 30, 40, 60, 80, 120, 160, 240)
"""Words from which on a bin counts; the last one has no end."""


def lengths_of(ours: Sequence[str], theirs: Sequence[str]) -> dict[str, Any]:
    """Counts by number of words, for what was made and what people wrote."""
    return {"edges": list(EDGES), "synthetic": _counted(ours), "human": _counted(theirs)}


def _counted(texts: Sequence[str]) -> dict[str, Any]:
    words = [len(text.split()) for text in texts]
    counts = [0] * len(EDGES)
    for count in words:
        counts[max(place for place, edge in enumerate(EDGES) if edge <= count)] += 1
    return {
        "texts": len(words),
        "mean": round(mean(words), 2) if words else None,
        "median": float(median(words)) if words else None,
        "counts": counts,
    }
