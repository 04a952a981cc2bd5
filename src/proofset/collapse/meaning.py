"""Breadth of meaning: Vendi score, dispersion, and the share of the people's topics that is covered."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .wording import Words

Vectors = NDArray[np.float32]

_DIMENSIONS = 1024
_ROUNDS = 30


class WordVectors:
    """Vectors by words alone, where no embedder is given: TF-IDF, hashed to 1,024 signed places, length 1.

    Args:
        anchor: the texts by which a word is common or rare.
    """

    name = f"words-{_DIMENSIONS}"

    def __init__(self, anchor: Sequence[Words]) -> None:
        self._texts = len(anchor)
        self._in = Counter(word for words in anchor for word in set(words))

    def vectors(self, texts: Sequence[Words]) -> Vectors:
        """One row a text, shape (n, 1024); a text without words is the first axis."""
        rows = np.zeros((len(texts), _DIMENSIONS), np.float64)
        for row, words in zip(rows, texts, strict=True):
            for word, count in Counter(words).items():
                place, sign = _place(word)
                row[place] += sign * (1 + math.log(count)) * self._weight(word)
            length = float(np.linalg.norm(row))
            if length:
                row /= length
            else:
                row[0] = 1.0
        return rows.astype(np.float32)

    def _weight(self, word: str) -> float:
        return math.log((1 + self._texts) / (1 + self._in[word])) + 1


@lru_cache(maxsize=1 << 16)
def _place(word: str) -> tuple[int, int]:
    number = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())
    return number % _DIMENSIONS, 1 if number >> 63 else -1


def vendi(rows: Vectors) -> float:
    """Effective number of different texts, 1 to n: the exponential of the entropy of the eigenvalues of the
    similarity matrix by its trace (Vendi score, arXiv 2210.02410). `rows` has length 1 in each row.
    """
    wide = rows.astype(np.float64)
    small = wide @ wide.T if wide.shape[0] <= wide.shape[1] else wide.T @ wide
    shares = np.linalg.eigvalsh(small / max(1, wide.shape[0]))
    shares = shares[shares > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def dispersion(rows: Vectors) -> float:
    """Mean cosine distance of two different texts, 0 to 2; 0 for fewer than two."""
    n = len(rows)
    if n < 2:
        return 0.0
    total = float(np.square(rows.sum(axis=0, dtype=np.float64)).sum())
    return 1 - (total - n) / (n * (n - 1))


class Topics:
    """Groups of the anchor's texts, by k-means on the sphere; the same for the same texts and seed.

    Args:
        rows: the anchor's vectors.
        seed: of the first centres.
    """

    def __init__(self, rows: Vectors, seed: int) -> None:
        self.count = max(2, min(50, len(rows) // 10))
        self._centres = _k_means(rows, self.count, np.random.default_rng(seed))
        self._shares = self._shares_of(rows)

    def coverage(self, rows: Vectors) -> float:
        """How much of the anchor's spread over its topics is met, 0 to 1: the sum over all topics of the
        smaller one of both shares.
        """
        return float(np.minimum(self._shares, self._shares_of(rows)).sum())

    def _shares_of(self, rows: Vectors) -> NDArray[np.float64]:
        nearest = np.argmax(rows @ self._centres.T, axis=1)
        return np.bincount(nearest, minlength=self.count) / max(1, len(rows))


def _k_means(rows: Vectors, k: int, rng: np.random.Generator) -> Vectors:
    centres = rows[[int(rng.integers(len(rows)))]]
    while len(centres) < k:
        # The next centre is drawn by its distance to those there are (k-means++).
        far = np.clip(1 - (rows @ centres.T).max(axis=1).astype(np.float64), 0, None)
        chosen = int(
            rng.choice(len(rows), p=far / far.sum()) if far.sum() > 1e-9 else rng.integers(len(rows))
        )
        centres = np.vstack([centres, rows[[chosen]]])
    for _ in range(_ROUNDS):
        nearest = np.argmax(rows @ centres.T, axis=1)
        moved = centres.copy()
        for centre in range(k):
            mine = rows[nearest == centre]
            length = float(np.linalg.norm(mine.sum(axis=0))) if len(mine) else 0.0
            if length:
                moved[centre] = mine.sum(axis=0) / length
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres
