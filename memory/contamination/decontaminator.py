"""Decontaminator: checks texts against evaluation sets, exactly, tens of thousands a second."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import UsageError
from .items import EvaluationItem, EvaluationSets, read_evaluation_sets
from .overlap import Overlap
from .runs import Run, Runs
from .semantic import THRESHOLD, Nearby
from .tokens import spans_of, tokens_of
from .vocabulary import NUMBER, Codes, Vocabulary
from .windows import Powers, Running

if TYPE_CHECKING:
    from ..novelty.semantic import Embedder

N = 13
"""Words of a run; GPT-3 removed 13-grams from its training data (arXiv 2005.14165, appendix C)."""
MASKED_N = 20
"""Words of a run where numbers count as equal: what differs only in numbers is often a common phrase."""
COMMON = 10
"""A window at more places than this condemns nothing; GPT-3 left aside what was found more than 10 times."""
BATCH = 512
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class _Reference(NamedTuple):
    """A text of an evaluation item, and which item and text it is."""

    item: int
    text: int


class _Read(NamedTuple):
    """Codes of a batch of texts, UNKNOWN after each, and where each begins; masked ones with their tokens."""

    codes: Codes
    starts: NDArray[np.int64]
    tokens: NDArray[np.int64] | None


@dataclass(slots=True)
class Decontaminator:
    """Checks texts against evaluation sets.

    Args:
        sets: files or directories, or what `read_evaluation_sets` made of them.
        n: words of a run that condemns, at least 3.
        masked_n: the same where numbers are masked, at least `n`, which is 20 or `n` where not given; 0 does
            not look for other numbers.
        common: places in the evaluation sets above which a run of n tokens condemns nothing.
        fields: which fields of the evaluation rows count; see `read_evaluation_sets`.
        embedder: finds near copies by meaning as well; None does not.
        threshold: cosine above which a text is a near copy.

    Raises:
        UsageError: a set cannot be read, or a number is out of its bounds.
    """

    sets: EvaluationSets | Sequence[str | Path]
    n: int = N
    masked_n: int | None = None
    common: int = COMMON
    fields: Sequence[str] = ()
    embedder: Embedder | None = None
    threshold: float = THRESHOLD
    _references: list[_Reference] = field(init=False, repr=False)
    _vocabulary: Vocabulary = field(init=False, repr=False)
    _masks: Codes = field(init=False, repr=False)
    _plain: Runs = field(init=False, repr=False)
    _masked: Runs | None = field(init=False, repr=False)
    _powers: Powers = field(init=False, repr=False)
    _nearby: Nearby | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.n < 3:
            raise UsageError(f"n = {self.n}: fewer than 3 words are in every text; 8 to 13 is usual")
        if self.masked_n is None:
            self.masked_n = max(self.n, MASKED_N)
        if 0 < self.masked_n < self.n or self.masked_n < 0:
            raise UsageError(f"masked n = {self.masked_n}: it must be 0 or at least n, {self.n}")
        if self.common < 1:
            raise UsageError(f"common = {self.common}: give at least 1 place")
        if not 0 < self.threshold < 1:
            raise UsageError(f"threshold = {self.threshold}: give a cosine between 0 and 1")
        if not isinstance(self.sets, EvaluationSets):
            self.sets = read_evaluation_sets(self.sets, self.fields)
        self._index(self.sets.items)

    @property
    def items(self) -> Sequence[EvaluationItem]:
        """The evaluation items."""
        assert isinstance(self.sets, EvaluationSets)
        return self.sets.items

    @property
    def unread(self) -> Sequence[str]:
        """Which files and rows of the sets were left out, and why."""
        assert isinstance(self.sets, EvaluationSets)
        return self.sets.unread

    @property
    def nbytes(self) -> int:
        """Bytes of the index, without the evaluation texts and the vocabulary."""
        return self._plain.nbytes + (self._masked.nbytes if self._masked else 0)

    def check(self, text: str) -> Overlap | None:
        """What a text shares with an evaluation item; None where it is clean."""
        return self.check_many([text])[0]

    def check_many(self, texts: Sequence[str]) -> list[Overlap | None]:
        """The same for many texts at once, which is faster.

        Of several overlaps the one told is the longest run; the same numbers go before others, and
        shared words before shared meaning.
        """
        found: list[Overlap | None] = []
        for start in range(0, len(texts), BATCH):
            found += self._batch(texts[start : start + BATCH])
        return found

    def _batch(self, texts: Sequence[str]) -> list[Overlap | None]:
        found: list[Overlap | None] = [None] * len(texts)
        codes, starts = self._vocabulary.read(texts)
        read = _Read(codes, starts, None)
        for number, run in self._found(self._plain, read).items():
            found[number] = self._told(texts[number], run, read, number)
        if self._masked:
            read = self._without_numbers(codes, starts)
            for number, run in self._found(self._masked, read).items():
                if found[number] is None:
                    found[number] = self._told(texts[number], run, read, number)
        if self._nearby:
            left = [
                number for number, overlap in enumerate(found) if overlap is None and texts[number].strip()
            ]
            near = self._nearby.find([texts[number] for number in left])
            for number, hit in zip(left, near, strict=True):
                if hit:
                    found[number] = self._close(texts[number], *hit)
        return found

    def _found(self, runs: Runs, read: _Read) -> dict[int, Run]:
        return runs.find(read.codes, read.starts, Running.over(read.codes, self._powers))

    def _index(self, items: Sequence[EvaluationItem]) -> None:
        vocabulary = Vocabulary()
        self._vocabulary, self._powers = vocabulary, Powers()
        self._references = []
        texts: list[Codes] = []
        of_item: list[list[int]] = []
        for number, item in enumerate(items):
            of_item.append([len(texts) + place for place in range(len(item.texts))])
            for place, text in enumerate(item.texts):
                self._references.append(_Reference(number, place))
                texts.append(vocabulary.learn(text.text))
        weights, self._masks = vocabulary.weights(), vocabulary.masked_codes()
        self._plain = Runs(texts, of_item, weights=weights, n=self.n, common=self.common, whole=True)
        self._masked = None
        if self.masked_n:
            hidden = [self._hidden(text)[0] for text in texts]
            n = self.masked_n
            self._masked = Runs(hidden, of_item, weights=weights, n=n, common=self.common, whole=False)
        if self.embedder is not None:
            shown = [items[ref.item].texts[ref.text].text for ref in self._references]
            self._nearby = Nearby(self.embedder, shown, self.threshold)

    def _hidden(self, codes: Codes) -> tuple[Codes, NDArray[np.bool_]]:
        """Codes with numbers masked, a row of numbers being one: 1,000 is 1000; and which are left."""
        hidden = self._masks[codes]
        left = np.ones(len(codes), np.bool_)
        left[1:] = (hidden[1:] != NUMBER) | (hidden[:-1] != NUMBER)
        return hidden[left], left

    def _without_numbers(self, codes: Codes, starts: NDArray[np.int64]) -> _Read:
        hidden, left = self._hidden(codes)
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(left, dtype=np.int64)))
        begins: NDArray[np.int64] = before[starts]
        return _Read(hidden, begins, np.flatnonzero(left).astype(np.int64))

    def _told(self, text: str, run: Run, read: _Read, number: int) -> Overlap:
        reference = self._references[run.other]
        item = self.items[reference.item]
        field_, other = item.texts[reference.text]
        length = run.end - run.start
        first, last = run.start, run.end - 1
        other_first, other_last = run.other_start, run.other_start + length - 1
        tokens = read.tokens
        if tokens is not None:
            first, last = _span_of(tokens, int(read.starts[number]), first, last, len(tokens_of(text)))
            kept = np.flatnonzero(self._hidden(self._vocabulary.read([other])[0])[1]).astype(np.int64)
            other_first, other_last = _span_of(kept, 0, other_first, other_last, len(tokens_of(other)))
        spans, others = spans_of(text), spans_of(other)
        start, end = spans[first].start, spans[last].end
        kind = "masked_numbers" if tokens is not None else "whole_text" if run.whole else "ngram"
        return Overlap(
            kind=kind,  # type: ignore[arg-type]
            words=text[start:end],
            start=start,
            end=end,
            eval_file=item.file,
            eval_row=item.row,
            eval_field=field_,
            eval_start=others[other_first].start,
            eval_end=others[other_last].end,
            tokens=length,
            score=1.0,
            numbers_differ=_numbers(text) != _numbers(other),
        )

    def _close(self, text: str, place: int, score: float) -> Overlap:
        reference = self._references[place]
        item = self.items[reference.item]
        field_, other = item.texts[reference.text]
        return Overlap(
            kind="semantic",
            words=text,
            start=0,
            end=len(text),
            eval_file=item.file,
            eval_row=item.row,
            eval_field=field_,
            eval_start=0,
            eval_end=len(other),
            tokens=0,
            score=score,
            numbers_differ=_numbers(text) != _numbers(other),
        )


def _span_of(tokens: NDArray[np.int64], begin: int, first: int, last: int, count: int) -> tuple[int, int]:
    """The first and the last token of a run of masked ones; a row of numbers is taken whole.

    Args:
        tokens: for each masked code of the batch, which code it was.
        begin: where the text begins among the masked codes.
        count: tokens of the text.
    """
    origin = int(tokens[begin])
    after = begin + last + 1
    end = int(tokens[after]) - origin if after < len(tokens) else count
    return int(tokens[begin + first]) - origin, min(end, count) - 1


def _numbers(text: str) -> Counter[str]:
    return Counter(number.replace(",", "") for number in _NUMBER.findall(text))
