"""Breadth: a map of kept instructions and seeds by their words, and how diversity goes over the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...collapse.meaning import Vectors, WordVectors, vendi
from ...collapse.wording import Words, distinct
from ...memory.novelty.tokens import unicode_words
from .gathering import Gathered, spread

PARTS = 10
_MAX_POINTS = 1500
_MAX_SEEDS = 500
_MAX_TEXTS = 500
"""Of each part of the run: Vendi takes the cube of it."""


def breadth_of(found: Gathered, seeds: Sequence[str]) -> dict[str, Any]:
    """`map` and `diversity`; each None where there is too little to show."""
    shown = spread(len(found), _MAX_POINTS)
    theirs = [unicode_words(seeds[place]) for place in spread(len(seeds), _MAX_SEEDS)]
    # A word is rare or common by what people wrote, as in the watch for collapse.
    by_words = WordVectors(theirs)
    return {
        "map": _map(found, shown, theirs, by_words),
        "diversity": _diversity(found, by_words),
    }


def _map(
    found: Gathered, shown: Sequence[int], theirs: Sequence[Words], by_words: WordVectors
) -> dict[str, Any] | None:
    ours = [unicode_words(found.instructions[place]) for place in shown]
    if len(ours) < 2:
        return None
    points, explained = principal(by_words.vectors([*ours, *theirs]))
    return {
        "vectors": by_words.name,
        "explained": [round(share, 4) for share in explained],
        "kept": [
            [place, round(x, 4), round(y, 4)]
            for place, (x, y) in zip(shown, points[: len(ours)].tolist(), strict=True)
        ],
        "seeds": [[round(x, 4), round(y, 4)] for x, y in points[len(ours) :].tolist()],
    }


def principal(rows: Vectors) -> tuple[Vectors, list[float]]:
    """The rows on their first two principal components, shape (n, 2), and the share of the variance on each.

    The sign of a component is arbitrary: its largest weight is made positive, so that the same rows give the
    same picture.
    """
    wide = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    _, sizes, axes = np.linalg.svd(wide, full_matrices=False)
    axes = axes[:2] * np.sign(axes[np.arange(2), np.abs(axes[:2]).argmax(axis=1)])[:, None]
    total = float(np.square(sizes).sum())
    shares = [float(size**2) / total if total else 0.0 for size in sizes[:2]]
    return (wide @ axes.T).astype(np.float32), shares


def _diversity(found: Gathered, by_words: WordVectors) -> dict[str, Any] | None:
    """distinct-2 and Vendi of each tenth of the run, on as many records each; what is left over at the end
    is in none of them.
    """
    size = len(found) // PARTS
    if not size:
        return None
    parts = [
        [unicode_words(found.instructions[part * size + place]) for place in spread(size, _MAX_TEXTS)]
        for part in range(PARTS)
    ]
    # As many runs of two words of each: a longer corpus has fewer distinct ones by nature.
    budget = min(sum(max(0, len(words) - 1) for words in texts) for texts in parts)
    return {
        "records": size,
        "compared": len(parts[0]),
        "left_over": len(found) - size * PARTS,
        "parts": [
            {
                "slots": [found.slots[part * size], found.slots[part * size + size - 1]],
                "distinct_2": round(distinct(texts, 2, budget), 4),
                "vendi": round(vendi(by_words.vectors(texts)), 3),
            }
            for part, texts in enumerate(parts)
        ],
    }
