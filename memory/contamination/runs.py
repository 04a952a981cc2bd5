"""Runs: what a text shares with evaluation texts, token after token.

A token counts nothing where it stands in a common window, one found at more than `common` places of
different items: instructions on how to answer, imports, rows of zeros. A run condemns when the tokens that
count add up to n words; or when it is a whole evaluation text of `WHOLE` words; or when both texts are the
same and have `SAME` words. At least one token must count in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .tokens import WORD
from .vocabulary import Codes
from .windows import Hashes, Places, Powers, Running, WindowTable

WHOLE = 8
"""Words of an evaluation text that condemns wherever it stands whole; the least n of GPT-3's rule."""
SAME = 4
"""Words of an evaluation text that condemns the same text; shorter ones are words, not questions."""


class Run(NamedTuple):
    """Tokens `start` to `end` of a text are tokens `other_start` … of evaluation text `other`."""

    start: int
    end: int
    other: int
    other_start: int
    counted: int
    whole: bool

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """The longest first; then the earliest in the text, then in the evaluation sets."""
        return (-self.counted, self.start, self.other, self.other_start)


class Runs:
    """The evaluation texts of one reading of tokens.

    Args:
        texts: codes of each text; equal ones are held once, and the first one is told.
        items: for each evaluation item, the numbers of its texts.
        weights: code to its weight.
        n: words that a run needs.
        common: places above which a window counts nothing.
        whole: whether whole texts condemn.
    """

    def __init__(
        self,
        texts: Sequence[Codes],
        items: Sequence[Sequence[int]],
        *,
        weights: NDArray[np.int64],
        n: int,
        common: int,
        whole: bool,
    ) -> None:
        self._n, self._whole = n, whole
        self._least, self._same = WORD * min(WHOLE, n), WORD * min(SAME, n)
        self._short = min(WHOLE, n)
        held: dict[bytes, int] = {}
        alike = [held.setdefault(text.tobytes(), number) for number, text in enumerate(texts)]
        self._first = sorted(set(alike))
        place_of = {first: place for place, first in enumerate(self._first)}
        holders = np.zeros(len(self._first), np.int64)
        for texts_of_item in {tuple(sorted({alike[text] for text in item})) for item in items}:
            holders[[place_of[text] for text in texts_of_item]] += 1
        kept = [texts[first] for first in self._first]
        self._starts = np.cumsum([0, *(len(text) + 1 for text in kept)])
        self._codes = np.zeros(int(self._starts[-1]), np.int32)
        for start, text in zip(self._starts, kept, strict=False):
            self._codes[start : start + len(text)] = text
        self._index(kept, holders, weights, common)

    @property
    def nbytes(self) -> int:
        arrays = (self._codes, self._weighed, self._counted, self._starts)
        return sum(a.nbytes for a in arrays) + self._table.nbytes + self._beginnings.nbytes

    def find(self, codes: Codes, starts: NDArray[np.int64], running: Running) -> dict[int, Run]:
        """The best run that condemns, by number of the text, of those that have one.

        Args:
            codes: of all texts, one UNKNOWN after each.
            starts: where each begins, and the end.
        """
        best: dict[int, Run] = {}
        tables = [(self._table, self._n)]
        if self._whole:
            tables.append((self._beginnings, self._short))
            self._find_same(codes, starts, best)
        for table, length in tables:
            if not len(table):
                continue
            hashes = running.windows(length)
            hits = table.hits(hashes)
            numbers = np.searchsorted(starts, hits, "right") - 1
            for number in np.unique(numbers):
                start, end = int(starts[number]), int(starts[number + 1]) - 1
                mine = hits[numbers == number]
                for run in self._runs_of(codes[start:end], mine - start, hashes[mine], table):
                    if int(number) not in best or run.rank < best[int(number)].rank:
                        best[int(number)] = run
        return best

    def _index(
        self, kept: Sequence[Codes], holders: NDArray[np.int64], weights: NDArray[np.int64], common: int
    ) -> None:
        codes, starts, n = self._codes, self._starts, self._n
        running = Running.over(codes, Powers())
        hashes = running.windows(n)
        owners = np.repeat(np.arange(len(kept)), np.diff(starts))
        # A window that ends in the text that it begins in; the UNKNOWN after each is in none.
        inside = np.flatnonzero(owners[: len(hashes)] == owners[n - 1 : n - 1 + len(hashes)])
        inside = inside[inside + n < starts[owners[inside] + 1]]
        often = _places_of(hashes, inside, holders[owners], codes, n) > common
        marks = np.zeros(len(codes) + 1, np.int64)
        np.add.at(marks, inside[often], 1)
        np.add.at(marks, inside[often] + n, -1)
        short = np.array([len(text) for text in kept], np.int64) < n
        everywhere = (np.cumsum(marks)[:-1] > 0) | (short & (holders > common))[owners]
        weighed = weights[codes]
        self._weighed = _sums(weighed)
        self._counted = _sums(np.where(everywhere, 0, weighed))
        self._table = WindowTable(hashes[inside[~often]], inside[~often])
        first = self._short
        shorter = [k for k, text in enumerate(kept) if first <= len(text) < n and holders[k] <= common]
        begins = starts[np.array(shorter, np.int64)]
        self._beginnings = WindowTable(running.windows(first)[begins], begins)
        self._tiny = {
            text.tobytes(): k for k, text in enumerate(kept) if len(text) < first and holders[k] <= common
        }

    def _find_same(self, codes: Codes, starts: NDArray[np.int64], best: dict[int, Run]) -> None:
        if not self._tiny:
            return
        for number in np.flatnonzero(np.diff(starts) <= self._short):
            start, end = int(starts[number]), int(starts[number + 1]) - 1
            other = self._tiny.get(codes[start:end].tobytes())
            if other is not None:
                run = self._judged(0, end - start, int(self._starts[other]), end - start)
                if run:
                    best[int(number)] = run

    def _runs_of(self, text: Codes, at: NDArray[np.int64], hashes: Hashes, table: WindowTable) -> list[Run]:
        found: list[Run] = []
        until: dict[int, int] = {}
        for begin, hashed in zip(at.tolist(), hashes, strict=True):
            for place in table.places(hashed).tolist():
                diagonal = place - begin
                if begin < until.get(diagonal, 0):
                    continue
                start, end = self._grown(text, begin, place)
                until[diagonal] = max(end, begin + 1)
                run = self._judged(start, end, start + diagonal, len(text))
                if run:
                    found.append(run)
        return found

    def _grown(self, text: Codes, begin: int, place: int) -> tuple[int, int]:
        """The longest run through these two tokens; empty where they differ."""
        owner = int(np.searchsorted(self._starts, place, "right")) - 1
        first, last = int(self._starts[owner]), int(self._starts[owner + 1]) - 1
        ahead = min(len(text) - begin, last - place)
        unlike = text[begin : begin + ahead] != self._codes[place : place + ahead]
        end = begin + (int(np.argmax(unlike)) if unlike.any() else ahead)
        if end == begin:
            return begin, begin
        back = min(begin, place - first)
        unlike = text[begin - back : begin] != self._codes[place - back : place]
        start = begin - back
        if unlike.any():
            start = begin - int(np.argmax(unlike[::-1]))
        return start, end

    def _judged(self, start: int, end: int, place: int, length: int) -> Run | None:
        if end == start:
            return None
        other = int(np.searchsorted(self._starts, place, "right")) - 1
        counted = int(self._counted[place + end - start] - self._counted[place])
        weight = int(self._weighed[place + end - start] - self._weighed[place])
        first, last = int(self._starts[other]), int(self._starts[other + 1]) - 1
        entire = (place, place + end - start) == (first, last)
        same = entire and (start, end) == (0, length)
        whole = self._whole and entire and weight >= (self._same if same else self._least)
        if counted < WORD * self._n and not (whole and counted):
            return None
        return Run(start, end, self._first[other], place - first, counted, whole)


def _places_of(
    hashes: Hashes, inside: Places, holders: NDArray[np.int64], codes: Codes, n: int
) -> NDArray[np.int64]:
    """At how many places of different items each window stands, by its tokens."""
    order = np.argsort(hashes[inside], kind="stable")
    at = inside[order]
    new = np.ones(len(at), np.bool_)
    new[1:] = hashes[at][1:] != hashes[at][:-1]
    for offset in range(n):
        # Two windows of one hash that differ are told apart, however unlikely they are.
        new[1:] |= codes[at[1:] + offset] != codes[at[:-1] + offset]
    group = np.cumsum(new) - 1
    sums = np.bincount(group, weights=holders[at]) if len(at) else np.zeros(0)
    counts = np.empty(len(at), np.int64)
    counts[order] = sums[group] if len(at) else 0
    return counts


def _sums(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
