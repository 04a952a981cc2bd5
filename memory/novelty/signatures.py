"""Signatures: a little of a text, enough to see how many words two texts at least have without a partner.

The parities say which words, by their number modulo a power of two, stand in a text an odd number of times:
each bit that differs is a word that only one of the two has. In a long text half of the bits are set whatever
it says, so it is counted how often its words stand there, by their number modulo 256: each difference is as
many words without a partner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .column import Column
from .stored import Arrays

_LONG = 64
"""Texts of more words are counted."""
_COUNTS = 256
_BLOCK = 4096


class Signature(NamedTuple):
    """Of a text: the parities modulo 128, as two numbers; modulo 64; the counts."""

    long: NDArray[np.uint64]
    short: np.uint64
    counts: NDArray[np.uint8] | None


class Signatures:
    """Those of texts 0, 1, …; the shortest ones are looked at first and lie close together in memory."""

    def __init__(self) -> None:
        self._long: Column[np.uint64] = Column(np.empty((0, 2), np.uint64))
        self._short: Column[np.uint64] = Column(np.empty(0, np.uint64))
        self._counted: Column[np.uint32] = Column(np.empty(0, np.uint32))
        self._counts: Column[np.uint8] = Column(np.empty((0, _COUNTS), np.uint8))

    @property
    def nbytes(self) -> int:
        return sum(each.nbytes for each in (self._long, self._short, self._counted, self._counts))

    def add(self, words: Sequence[int]) -> None:
        signature = signature_of(words)
        if signature.counts is not None:
            self._counted.append(len(self._short))
            self._counts.append(signature.counts)
        self._long.append(signature.long)
        self._short.append(signature.short)

    def arrays(self) -> Arrays:
        return {
            "signature long": self._long.values,
            "signature short": self._short.values,
            "signature counted": self._counted.values,
            "signature counts": self._counts.values,
        }

    def restore(self, arrays: Arrays) -> None:
        self._long = Column(arrays["signature long"])
        self._short = Column(arrays["signature short"])
        self._counted = Column(arrays["signature counted"])
        self._counts = Column(arrays["signature counts"])

    def near(
        self,
        texts: NDArray[np.uint32],
        signature: Signature,
        allowed: Callable[[NDArray[np.uint32]], NDArray[np.float64]],
    ) -> NDArray[np.uint32]:
        """Those of `texts`, each once and in order, that may have no more words apart than `allowed` says."""
        texts = texts[np.bitwise_count(self._short.values[texts] ^ signature.short) <= allowed(texts)]
        texts = np.unique(texts)
        differ = np.bitwise_count(self._long.values[texts] ^ signature.long)
        texts = texts[differ[:, 0] + differ[:, 1] <= allowed(texts)]
        if signature.counts is not None:
            texts = texts[self._apart(texts, signature.counts) <= allowed(texts)]
        return texts

    def _apart(self, texts: NDArray[np.uint32], counts: NDArray[np.uint8]) -> NDArray[np.int64]:
        """How many words at least are apart by the counts; 0 where there are none."""
        apart = np.zeros(len(texts), np.int64)
        counted, held = self._counted.values, self._counts.values
        row = np.searchsorted(counted, texts)
        (known,) = np.nonzero(counted[np.minimum(row, len(counted) - 1)] == texts if len(counted) else ())
        for begin in range(0, len(known), _BLOCK):
            some = known[begin : begin + _BLOCK]
            other = held[row[some]]
            apart[some] = (np.maximum(other, counts) - np.minimum(other, counts)).sum(axis=1, dtype=np.int64)
        return apart


def signature_of(words: Sequence[int]) -> Signature:
    signature = 0
    for word in words:
        signature ^= 1 << (word & 127)
    parts = np.frombuffer(signature.to_bytes(16, "little"), np.uint64)
    counts = None
    if len(words) > _LONG:
        all_counts = np.bincount(np.array(words) % _COUNTS, minlength=_COUNTS)
        counts = np.minimum(all_counts, 255).astype(np.uint8)
    return Signature(parts, parts[0] ^ parts[1], counts)
