"""Similarity: how near each kept instruction is to what is most like it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from ...memory.novelty import LexicalIndex
from ...memory.novelty.lexical import DEFAULT_THRESHOLD
from .gathering import Gathered, spread

BINS = 20
"""Of 0.05 each, with their upper bound: 0.7 itself is new, and stands left of the line."""
_MOST_PAIRS = 2_000_000
"""Comparisons, seconds in all; but never of fewer records than the next number."""
_LEAST = 200


def similarity_of(found: Gathered, *, stem: bool = True) -> dict[str, Any]:
    """The histogram of the nearest one's ROUGE-L F-measure, and where the figures are from.

    `lineage`: as the gate saw it, with the nearest of all items that were known then, where the run kept that
    (`neighbours`). `kept`: computed here, with the nearest other kept instruction, before or after it; of a
    large run for some of the records, evenly over it, against all.
    """
    scores = [score for score in found.nearest if score is not None]
    source = "lineage" if scores else "kept"
    if not scores:
        scores = _nearest_kept(found.instructions, stem=stem)
    return {
        "source": source,
        "measured": len(scores),
        "of": len(found),
        "threshold": DEFAULT_THRESHOLD,
        "above": sum(score > DEFAULT_THRESHOLD for score in scores),
        "median": round(median(scores), 4) if scores else None,
        "bins": binned(scores, BINS),
    }


def binned(shares: Sequence[float], bins: int) -> list[int]:
    """Counts of shares, 0 to 1, in bins of equal width: each holds its upper bound, the first 0, too."""
    counts = [0] * bins
    for share in shares:
        # 0.15 · 20 is 3, and 0.35 · 20 is 6.999… in floats: a bound is met as nearly as floats can tell.
        counts[max(0, math.ceil(share * bins - 1e-9) - 1)] += 1
    return counts


def _nearest_kept(texts: Sequence[str], *, stem: bool) -> list[float]:
    if len(texts) < 2:
        return []
    index = LexicalIndex(stem=stem)
    for place, text in enumerate(texts):
        index.add(str(place), text, position=place)
    scores = []
    for place in spread(len(texts), max(_LEAST, _MOST_PAIRS // len(texts))):
        # Of the two most similar, one is the text itself, or is the same text.
        others = [near.score for near in index.similar(texts[place], k=2).nearest if near.id != str(place)]
        scores.append(max(others, default=0.0))
    return scores
