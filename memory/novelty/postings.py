"""Postings: which texts may share enough words with a new one, by the rarest words of both.

Of two texts with an overlap of o words, the len - o + 1 rarest words of each have one in common, whatever
the order by which rare is meant, so long as it is one for both (the prefix filter: Chaudhuri, Ganti, Kaushik,
"A primitive operator for similarity joins in data cleaning", ICDE 2006). So texts are filed under their
rarest words only, in arrays, and looked for under those of the new one. The newest are filed under all of
theirs, in a dictionary, until there are enough of them to make the arrays anew.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

NEWEST = 4096
_NEWEST_SHARE = 8
"""The arrays are made anew when they lack so many texts, and this share of those they have."""
_BLOCK = 1 << 21
"""Words sorted at a time while texts are filed: it bounds the memory that this takes."""
_WORTH_CUTTING = 400
SLACK = 1e-6
"""Bounds are real numbers, decisions are floats: what is this close is compared."""


class Postings:
    """Texts 0, 1, … by their words, which are numbers below 2³².

    Args:
        threshold: ROUGE-L F-measure that a match has to exceed.
        newest: how many texts the dictionary takes, at least.
    """

    def __init__(self, threshold: float, *, newest: int = NEWEST) -> None:
        self._threshold = threshold
        self._most = newest
        self._newest: dict[int, array[int]] = {}
        self._number_of_newest = 0
        self._rank = np.empty(0, np.uint32)
        self._first = np.zeros(1, np.int64)
        self._texts = np.empty(0, np.uint32)
        self._filed = 0

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self._rank.nbytes + self._first.nbytes + self._texts.nbytes

    def add(self, text: int, words: Sequence[int]) -> bool:
        """File one more; whether the arrays should be made anew."""
        for word in set(words):
            self._newest.setdefault(word, array("I")).append(text)
        self._number_of_newest += 1
        return self._number_of_newest > max(self._most, self._filed // _NEWEST_SHARE)

    def file(self, words: NDArray[np.uint32], starts: NDArray[np.int64], vocabulary: int) -> None:
        """Make the arrays anew.

        Args:
            words: those of all texts, one text after the other.
            starts: where each text starts, and where the last one ends: one more than there are texts.
            vocabulary: all words are below it.
        """
        self._filed, self._newest, self._number_of_newest = len(starts) - 1, {}, 0
        counts = np.bincount(words, minlength=vocabulary)
        self._rank = np.empty(vocabulary, np.uint32)
        self._rank[np.argsort(counts, kind="stable")] = np.arange(vocabulary, dtype=np.uint32)
        # Under one word: by size, so that those of the sizes in question are one piece.
        by_size = np.argsort(np.diff(starts), kind="stable").astype(np.uint32)
        place = np.empty(self._filed, np.int64)
        place[by_size] = np.arange(self._filed)
        filed = self._rarest(words, starts, place)
        filed.sort()
        self._first = np.zeros(vocabulary + 1, np.int64)
        np.cumsum(np.bincount(filed // max(self._filed, 1), minlength=vocabulary), out=self._first[1:])
        filed %= max(self._filed, 1)
        self._texts = by_size[filed]

    def candidates(self, words: list[int], unknown: int, sizes: NDArray[np.int32]) -> NDArray[np.uint32]:
        """All texts that may match, and others; a text may be there several times.

        Args:
            words: the words of a new text.
            unknown: how many words it has besides, which no text has.
            sizes: how many words each text has.
        """
        size = len(words) + unknown
        shortest, last = fewest(size, self._threshold), -1
        found = [np.empty(0, np.uint32)]
        for place, (word, rank) in enumerate(self._by_rarity(words), unknown):
            if place > size - shortest:
                break
            if word == last:
                continue
            last = word
            if rank >= 0:
                # With a longer text, less is left from this place on than the overlap has to be.
                longest = math.floor(2 * (size - place) / self._threshold - size + SLACK)
                found.append(self._piece(rank, shortest, longest, sizes))
            if word in self._newest:
                found.append(np.frombuffer(self._newest[word], np.uint32))
        return np.concatenate(found)

    def _by_rarity(self, words: list[int]) -> Iterable[tuple[int, int]]:
        """Words and their ranks, the rarest first; those that are newer than the arrays have rank -1."""
        held = np.array(words, np.int64)
        ranks = np.full(len(held), -1, np.int64)
        ranked = held < len(self._rank)
        ranks[ranked] = self._rank[held[ranked]]
        order = np.lexsort((held, ranks))
        return zip(held[order].tolist(), ranks[order].tolist(), strict=True)

    def _piece(self, rank: int, shortest: int, longest: int, sizes: NDArray[np.int32]) -> NDArray[np.uint32]:
        """What is filed under a word and has between `shortest` and `longest` words."""
        filed = self._texts[self._first[rank] : self._first[rank + 1]]
        if len(filed) < _WORTH_CUTTING:
            return filed
        begin = bisect_left(filed, shortest, key=sizes.__getitem__)
        return filed[begin : bisect_right(filed, longest, begin, key=sizes.__getitem__)]

    def _rarest(
        self, words: NDArray[np.uint32], starts: NDArray[np.int64], place_of: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """rank × texts + place of the text, for each text and each of its rarest words."""
        vocabulary, parts, begin = len(self._rank), [np.empty(0, np.int64)], 0
        while begin < self._filed:
            end = int(np.searchsorted(starts, starts[begin] + _BLOCK, side="right")) - 1
            end = max(end, begin + 1)
            sizes = np.diff(starts[begin : end + 1])
            text = np.repeat(np.arange(end - begin), sizes)
            key = text * vocabulary + self._rank[words[starts[begin] : starts[end]]]
            key.sort()
            place = np.arange(len(key)) - np.repeat(starts[begin:end] - starts[begin], sizes)
            rare = place <= np.repeat(sizes - _fewest(sizes, self._threshold), sizes)
            rare[1:] &= key[1:] != key[:-1]
            key, text = key[rare], text[rare]
            parts.append((key - text * vocabulary) * self._filed + place_of[text + begin])
            begin = end
        return np.concatenate(parts)


def fewest(size: int, threshold: float) -> int:
    """How many of its words a text has to find again in another one, at whatever length of that."""
    return max(math.ceil(size * threshold / (2 - threshold) - SLACK), 1)


def _fewest(sizes: NDArray[np.signedinteger], threshold: float) -> NDArray[np.float64]:
    fewest: NDArray[np.float64] = np.ceil(sizes * (threshold / (2 - threshold)) - SLACK)
    return np.maximum(fewest, 1)
