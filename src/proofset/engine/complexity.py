"""How instructions grow as they are evolved: what was kept, and what it came from, round by round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import mean, median
from typing import NamedTuple

from ..records import Record


class Round(NamedTuple):
    """The texts after one round that did not fail; round 0 is what people wrote.

    Attributes:
        texts: how many lines came so far.
        kept: how many of them ended there.
        words: mean and median of their words.
    """

    round: int
    texts: int
    kept: int
    mean_words: float
    median_words: float


def by_round(records: Iterable[Record]) -> list[Round]:
    """Of kept records; empty where none was evolved."""
    words: defaultdict[int, list[int]] = defaultdict(list)
    kept: defaultdict[int, int] = defaultdict(int)
    for record in records:
        ancestors = record.lineage.ancestors
        for number, text in enumerate((*ancestors, record.instruction)):
            words[number].append(len(text.split()))
        kept[len(ancestors)] += 1
    if len(words) < 2:
        return []
    return [
        Round(number, len(counts), kept[number], round(mean(counts), 1), float(median(counts)))
        for number, counts in sorted(words.items())
    ]
