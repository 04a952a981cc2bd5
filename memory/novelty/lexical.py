"""Lexical novelty: the nearest known text by ROUGE-L, with the rule that found it.

    text with ASCII letters ─────▶ `rouge-l`: the decisions of rouge_score
    text without any ────────────▶ `rouge-l-unicode`: the same measure over the words of its own script

rouge_score sees no words in a text without ASCII letters, and only the digits where it has some: by its rule
all of them would be new, or all with the same numbers known.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .column import Column, Strings
from .rouge import RougeIndex
from .stored import Arrays, read_arrays, write_arrays
from .tokens import ascii_words, is_for_unicode, unicode_words

ROUGE_L = "rouge-l"
ROUGE_L_UNICODE = "rouge-l-unicode"
MEASURES = {ROUGE_L: "ROUGE-L", ROUGE_L_UNICODE: "ROUGE-L over words of any script"}
"""What the score of each rule is."""
DEFAULT_THRESHOLD = 0.7
"""ROUGE-L F-measure above which a text is known; 0.7 itself is new (Self-Instruct, arXiv 2212.10560)."""

_FORMAT = "lexical 1"


class Match(NamedTuple):
    """A known text that a new one repeats: their similarity by a rule, and the threshold that it exceeds."""

    id: str
    score: float
    rule: str
    threshold: float

    @property
    def reason(self) -> str:
        return f"{MEASURES[self.rule]} {self.score:.3f} > {self.threshold} to {self.id}"


class Near(NamedTuple):
    """A known text, above a threshold or not."""

    id: str
    score: float


class Similar(NamedTuple):
    """The most similar texts, best first, and the mean similarity to all of them."""

    nearest: tuple[Near, ...]
    mean: float


class LexicalIndex:
    """Known texts. Not for several threads at once.

    Args:
        threshold: ROUGE-L F-measure that a match exceeds, 0 to 1.
        stem: stem words of more than three letters before they are compared, as `rouge_score` does with
            `use_stemmer=True`; Self-Instruct's own code does not.
    """

    def __init__(self, threshold: float = DEFAULT_THRESHOLD, stem: bool = True) -> None:
        self.threshold = threshold
        self.stem = stem
        self._parts = {
            ROUGE_L: _Part(RougeIndex(threshold=threshold, stem=stem, words=ascii_words)),
            ROUGE_L_UNICODE: _Part(RougeIndex(threshold=threshold, stem=False, words=unicode_words)),
        }

    def __len__(self) -> int:
        return sum(len(part.index) for part in self._parts.values())

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays; the dictionaries of words come on top, and grow with the language only."""
        return sum(part.nbytes for part in self._parts.values())

    def add(self, item_id: str, text: str, *, position: int = 0) -> None:
        """Remember a text. Positions must not fall: ValueError."""
        self._part_for(text)[1].add(item_id, text, position)

    def find(
        self, text: str, *, before: int | None = None, skip: Container[str] = frozenset()
    ) -> Match | None:
        """The most similar text above the threshold, of equal ones the first; None for a new text.

        Args:
            before: look only at those with a position below it.
            skip: ids that are not to be found.
        """
        rule, part = self._part_for(text)
        found = part.index.find(
            text, below=part.below(before), skip=(lambda number: part.ids[number] in skip) if skip else None
        )
        return None if found is None else Match(part.ids[found.number], found.score, rule, self.threshold)

    def similar(self, text: str, *, k: int = 10, before: int | None = None) -> Similar:
        """The k most similar texts and the mean similarity, as Self-Instruct keeps with each task.

        It compares with every text that the same rule judges: milliseconds per thousand.
        """
        _, part = self._part_for(text)
        found, mean = part.index.similar(text, k=k, below=part.below(before))
        return Similar(tuple(Near(part.ids[number], score) for number, score in found), mean)

    def save(self, path: Path, *, through: str) -> None:
        """Write it to a file, whole or not at all; `through` says up to where it follows its source."""
        arrays: Arrays = {}
        for rule, part in self._parts.items():
            arrays.update({f"{rule} {name}": array for name, array in part.arrays().items()})
        write_arrays(path, arrays, {"format": _FORMAT, "stem": str(self.stem), "through": through})

    @classmethod
    def load(cls, path: Path, *, threshold: float = DEFAULT_THRESHOLD, stem: bool = True) -> Loaded | None:
        """Read one that was saved; None where there is none that is whole and made by the same rule."""
        stored = read_arrays(path)
        if stored is None or (stored.said.get("format"), stored.said.get("stem")) != (_FORMAT, str(stem)):
            return None
        index = cls(threshold, stem)
        for rule, part in index._parts.items():
            start = f"{rule} "
            part.restore(
                {
                    name.removeprefix(start): array
                    for name, array in stored.arrays.items()
                    if name.startswith(start)
                }
            )
        return Loaded(index, stored.said["through"])

    def _part_for(self, text: str) -> tuple[str, _Part]:
        rule = ROUGE_L_UNICODE if is_for_unicode(text) else ROUGE_L
        return rule, self._parts[rule]


class Loaded(NamedTuple):
    """An index from a file, and up to where it follows its source."""

    lexical: LexicalIndex
    through: str


class _Part:
    """The texts that one rule judges."""

    def __init__(self, index: RougeIndex) -> None:
        self.index = index
        self.ids = Strings()
        self._positions: Column[np.int64] = Column(np.empty(0, np.int64))

    @property
    def nbytes(self) -> int:
        return self.index.nbytes + self.ids.nbytes + self._positions.nbytes

    def add(self, item_id: str, text: str, position: int) -> None:
        if len(self._positions) and position < self._positions.values[-1]:
            raise ValueError(f"position {position} of {item_id} is below one that is known already")
        self.index.add(text)
        self.ids.append(item_id)
        self._positions.append(position)

    def below(self, before: int | None) -> int | None:
        return None if before is None else int(np.searchsorted(self._positions.values, before))

    def arrays(self) -> Arrays:
        return self.index.arrays() | self.ids.arrays("id") | {"positions": self._positions.values}

    def restore(self, arrays: Arrays) -> None:
        self.index.restore(arrays)
        self.ids = Strings.restored(arrays, "id")
        self._positions = Column(arrays["positions"])
