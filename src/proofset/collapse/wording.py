"""Breadth of wording: distinct-n and self-BLEU, on words of any script."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

Words = Sequence[str]
Gram = tuple[str, ...]

_MAX_N = 4
_SMOOTHING = 0.1


def grams(words: Words, n: int) -> Iterator[Gram]:
    """The runs of `n` words of a text, in order."""
    return zip(*(words[start:] for start in range(n)), strict=False)


def distinct(texts: Sequence[Words], n: int, budget: int) -> float:
    """Distinct runs of `n` words by all of them, 0 to 1 (distinct-n, Li et al., arXiv 1510.03055).

    A longer corpus has fewer by nature: so only the first `budget` runs are looked at, the same for all that
    are compared. 0 where there is none.
    """
    seen: set[Gram] = set()
    count = 0
    for gram in chain.from_iterable(grams(words, n) for words in texts):
        if count == budget:
            break
        seen.add(gram)
        count += 1
    return len(seen) / count if count else 0.0


def self_bleu(texts: Sequence[Words]) -> float:
    """Mean BLEU-4 of each text with all others as references, 0 to 1 (Texygen, arXiv 1802.01886): the higher,
    the more alike they are.

    A precision of 0 counts as 0.1 matches; a text without words is left out. 0 for fewer than two texts.
    """
    texts = [words for words in texts if words]
    if len(texts) < 2:
        return 0.0
    most = [_Most(texts, n) for n in range(1, _MAX_N + 1)]
    lengths = Counter(len(words) for words in texts)
    return sum(_bleu(own, words, most, lengths) for own, words in enumerate(texts)) / len(texts)


class _Most:
    """For each run of words, how often it stands in one text at most; without the text that asks, too."""

    def __init__(self, texts: Sequence[Words], n: int) -> None:
        self.n = n
        self._first: dict[Gram, tuple[int, int]] = {}
        self._second: dict[Gram, int] = {}
        for own, words in enumerate(texts):
            for gram, count in Counter(grams(words, n)).items():
                first, _ = self._first.get(gram, (0, -1))
                if count > first:
                    self._first[gram] = (count, own)
                    self._second[gram] = first
                elif count > self._second.get(gram, 0):
                    self._second[gram] = count

    def outside(self, gram: Gram, own: int) -> int:
        count, where = self._first[gram]
        return self._second.get(gram, 0) if where == own else count


def _bleu(own: int, words: Words, most: Sequence[_Most], lengths: Counter[int]) -> float:
    logs = []
    for grams_of in most:
        counts = Counter(grams(words, grams_of.n))
        total = counts.total()
        if not total:
            # A text of two words has no run of three.
            break
        matched = sum(min(count, grams_of.outside(gram, own)) for gram, count in counts.items())
        logs.append(math.log((matched or _SMOOTHING) / total))
    closest = _closest(len(words), lengths)
    brevity = 1.0 if len(words) >= closest else math.exp(1 - closest / len(words))
    return brevity * math.exp(sum(logs) / len(logs))


def _closest(length: int, lengths: Counter[int]) -> int:
    """The length of another text that is closest; of two, the shorter."""
    others = (other for other, count in lengths.items() if other != length or count > 1)
    return min(others, key=lambda other: (abs(other - length), other))
