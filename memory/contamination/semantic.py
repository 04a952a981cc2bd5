"""Near copies by meaning: the nearest evaluation text by exact cosine, in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..novelty.semantic import Embedder

_BLOCK = 4096
THRESHOLD = 0.9
"""Cosine above which a text is a near copy; a guess, unlike the thresholds of novelty: numbers may differ."""


class Nearby:
    """Vectors of evaluation texts.

    A near copy with other numbers is one all the same: what differs is the wording of a test, not the test.

    Args:
        texts: blank ones are near nothing.
        threshold: cosine above which two texts are near.
    """

    def __init__(self, embedder: Embedder, texts: Sequence[str], threshold: float) -> None:
        self._embedder, self._threshold = embedder, threshold
        self._kept = [number for number, text in enumerate(texts) if text.strip()]
        blocks = [
            np.asarray(embedder.embed([texts[k] for k in self._kept[at : at + _BLOCK]]), np.float32)
            for at in range(0, len(self._kept), _BLOCK)
        ]
        self._vectors = np.concatenate(blocks) if blocks else np.zeros((0, embedder.dim), np.float32)

    def find(self, texts: Sequence[str]) -> list[tuple[int, float] | None]:
        """For each text the number of the nearest evaluation text and the cosine, if above the threshold.

        Ties go to the first.
        """
        if not texts or not len(self._vectors):
            return [None] * len(texts)
        vectors = np.asarray(self._embedder.embed(list(texts)), np.float32)
        best = np.full(len(texts), -2.0, np.float32)
        place = np.zeros(len(texts), np.int64)
        for at in range(0, len(self._vectors), _BLOCK):
            cosines = vectors @ self._vectors[at : at + _BLOCK].T
            nearest = cosines.argmax(axis=1)
            score = cosines[np.arange(len(texts)), nearest]
            better = score > best
            best[better], place[better] = score[better], nearest[better] + at
        return [
            (self._kept[int(p)], min(float(score), 1.0)) if score > self._threshold else None
            for p, score in zip(place, best, strict=True)
        ]


def opened(embedder: Embedder | str | None) -> Embedder | None:
    """The embedder of a spec; an object is taken as it is. Raises UsageError for a spec that is unknown."""
    if not isinstance(embedder, str):
        return embedder
    from ..novelty.semantic import open_embedder

    return open_embedder(embedder)
