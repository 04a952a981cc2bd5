"""Texts that were seen, by hash: 32 bytes each, however long they are."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

_RECENT = 1 << 16


class SeenTexts:
    """Text to the number that it was first seen under.

    Two texts are the same where their BLAKE2b hashes of 128 bits are: no two different ones are known.
    Recent ones are in a dictionary; from time to time they are merged into sorted arrays.
    """

    def __init__(self) -> None:
        self._recent: dict[tuple[int, int], int] = {}
        self._high: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._low: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self._recent) + len(self._numbers)

    def first(self, text: str, number: int) -> int:
        """The number that this text was first seen under: the given one where it is new."""
        high, low = _halves(text)
        known = self._recent.get((high, low))
        if known is not None:
            return known
        left, right = (int(np.searchsorted(self._high, np.uint64(high), side)) for side in ("left", "right"))
        for place in range(left, right):
            if int(self._low[place]) == low:
                return int(self._numbers[place])
        self._recent[high, low] = number
        if len(self._recent) >= _RECENT:
            self._merge()
        return number

    def _merge(self) -> None:
        keys = np.array(list(self._recent), np.uint64)
        numbers = np.fromiter(self._recent.values(), np.int64, len(self._recent))
        high = np.concatenate((self._high, keys[:, 0]))
        order = np.argsort(high, kind="stable")
        self._high = high[order]
        self._low = np.concatenate((self._low, keys[:, 1]))[order]
        self._numbers = np.concatenate((self._numbers, numbers))[order]
        self._recent.clear()


def _halves(text: str) -> tuple[int, int]:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(digest[:8]), int.from_bytes(digest[8:])
