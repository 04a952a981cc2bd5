"""Exact ROUGE-L against all known texts, without comparing with all of them.

    words ──▶ postings of the rarest ──▶ sizes, signatures ──▶ longest common subsequence ──▶ F-measure

Every step before the last leaves out only what cannot match, so decisions are those of `rouge_score` on
every pair, bit for bit: the same words, the same stems, and the same float formula, since ties at exactly
the threshold are common.
"""

from __future__ import annotations

from codecs import utf_32_le_decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from .column import Column
from .postings import NEWEST, SLACK, Postings
from .signatures import Signatures, signature_of
from .stemming import stem as porter
from .stored import Arrays
from .tokens import ascii_words
from .vocabulary import Vocabulary

_SURROGATES = 0xD800


class Found(NamedTuple):
    """A known text, by its number, and the ROUGE-L F-measure with it."""

    number: int
    score: float


class Similar(NamedTuple):
    """The most similar known texts, best first, and the mean F-measure over all of them."""

    nearest: tuple[Found, ...]
    mean: float


class RougeIndex:
    """Known texts, numbered as they come. Not for several threads at once.

    Args:
        threshold: ROUGE-L F-measure above which two texts match.
        stem: stem words of more than three letters, as `rouge_score` does with `use_stemmer=True`.
        words: makes the words of a text.
        newest: how many texts are looked up in a dictionary before arrays are made of them.
    """

    def __init__(
        self,
        *,
        threshold: float,
        stem: bool,
        words: Callable[[str], list[str]] = ascii_words,
        newest: int = NEWEST,
    ) -> None:
        self._threshold = threshold
        self._words_of = words
        self._vocabulary = Vocabulary(_stem_long if stem else None)
        self._words: Column[np.uint32] = Column(np.empty(0, np.uint32))
        self._ends: Column[np.int64] = Column(np.zeros(1, np.int64))
        self._sizes: Column[np.int32] = Column(np.empty(0, np.int32))
        self._signatures = Signatures()
        self._postings = Postings(threshold, newest=newest)
        self._codes = np.zeros(0, np.uint32)

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays; the vocabulary is not counted."""
        held = (self._words, self._ends, self._sizes, self._signatures, self._postings)
        return sum(each.nbytes for each in held)

    def add(self, text: str) -> None:
        words = self._vocabulary.add(self._words_of(text))
        number = len(self)
        self._words.extend(words)
        self._ends.append(len(self._words))
        self._sizes.append(len(words))
        self._signatures.add(words)
        if self._postings.add(number, words):
            self._postings.file(self._words.values, self._ends.values, self._vocabulary.size)

    def find(
        self, text: str, *, below: int | None = None, skip: Callable[[int], bool] | None = None
    ) -> Found | None:
        """The best match among texts with a number below `below`; of equal ones that known first.

        Args:
            skip: says which numbers are not to be found.
        """
        if self._threshold >= 1:
            return None
        words = self._words_of(text)
        known = self._vocabulary.known(words)
        if not known:
            return None
        candidates = self._candidates(known, len(words), len(self) if below is None else below)
        best: Found | None = None
        if candidates:
            with self._comparison(known, len(words)) as compare:
                for number in candidates:
                    score = compare(self._text(number), above=self._threshold)
                    if score > (best.score if best else self._threshold) and not (skip and skip(number)):
                        best = Found(number, score)
        return best

    def similar(self, text: str, *, k: int = 10, below: int | None = None) -> Similar:
        """The k nearest and the mean over all, as Self-Instruct stores with each task; compares with all."""
        words = self._words_of(text)
        with self._comparison(self._vocabulary.known(words), len(words)) as compare:
            scores = [compare(self._text(number), above=0.0) for number in range(len(self))[:below]]
        best = sorted(range(len(scores)), key=lambda number: -scores[number])[:k]
        mean = sum(scores) / len(scores) if scores else 0.0
        return Similar(tuple(Found(number, scores[number]) for number in best if scores[number]), mean)

    def arrays(self) -> Arrays:
        """All that `restore` needs."""
        own: Arrays = {"words": self._words.values, "ends": self._ends.values}
        return own | self._vocabulary.arrays() | self._signatures.arrays()

    def restore(self, arrays: Arrays) -> None:
        """Become the index that said `arrays`, of texts whose words were made by the same rule."""
        self._words, self._ends = Column(arrays["words"]), Column(arrays["ends"])
        self._sizes = Column(np.diff(arrays["ends"]).astype(np.int32))
        self._vocabulary.restore(arrays)
        self._signatures.restore(arrays)
        self._postings.file(self._words.values, self._ends.values, self._vocabulary.size)

    def _candidates(self, known: list[int], size: int, below: int) -> list[int]:
        """Texts below `below` that may match, in order."""
        unknown, sizes = size - len(known), self._sizes.values

        def allowed(texts: NDArray[np.uint32]) -> NDArray[np.float64]:
            # How many words may be without a partner, in both texts together, besides the unknown ones.
            both: NDArray[np.float64] = (sizes[texts] + size).astype(np.float64)
            return both * (1 - self._threshold) + (SLACK - unknown)

        found = self._postings.candidates(known, unknown, sizes)
        if below < len(sizes):
            found = found[found < below]
        found = found[np.abs(sizes[found] - size) <= allowed(found) + unknown]
        near: list[int] = self._signatures.near(found, signature_of(known), allowed).tolist()
        return near

    @contextmanager
    def _comparison(self, known: list[int], size: int) -> Iterator[_Comparison]:
        if len(self._codes) < self._vocabulary.size:
            self._codes = np.zeros(2 * self._vocabulary.size, np.uint32)
        self._codes[known] = np.unique(known, return_inverse=True)[1] + 1
        try:
            yield _Comparison(self._codes, self._codes[known], size)
        finally:
            self._codes[known] = 0

    def _text(self, number: int) -> NDArray[np.uint32]:
        ends = self._ends.values
        return self._words.values[ends[number] : ends[number + 1]]


class _Comparison:
    """One text, made ready to be compared with many.

    Args:
        codes: for each word of the vocabulary its number among those of the text, from 1; 0 for all others.
        known: the codes of its words, those that are in no text left out.
        size: how many words it has.
    """

    def __init__(self, codes: NDArray[np.uint32], known: NDArray[np.uint32], size: int) -> None:
        self._codes = codes
        self._known = _sequence(known)
        self._size = size

    def __call__(self, other: NDArray[np.uint32], *, above: float) -> float:
        """ROUGE-L F-measure; 0 or another that is not above `above` where it is not."""
        size = len(other)
        # Less than this many words in common cannot be enough.
        least = max(int(above * (self._size + size) / 2 - SLACK), 1)
        shared = self._codes[other]
        shared = shared[shared > 0]
        if len(shared) < least:
            return 0.0
        return f_measure(
            LCSseq.similarity(self._known, _sequence(shared), score_cutoff=least), self._size, size
        )


def _sequence(codes: NDArray[np.uint32]) -> Sequence[Any]:
    """As a string, which is fastest to compare, as long as there are code points."""
    if codes.max(initial=0) >= _SURROGATES:
        listed: list[int] = codes.tolist()
        return listed
    return utf_32_le_decode(codes.tobytes())[0]


def f_measure(common: int, a: int, b: int) -> float:
    """ROUGE-L of texts of a and b words with a longest common subsequence of `common`, as rouge_score."""
    if not common:
        return 0.0
    precision, recall = common / a, common / b
    return 2 * precision * recall / (precision + recall)


def _stem_long(word: str) -> str:
    return porter(word) if len(word) > 3 else word
