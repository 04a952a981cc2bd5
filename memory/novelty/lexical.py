"""Lexical novelty: exact ROUGE-L F-measure against all that is known.

The decision is `rouge_score`'s, without its stemmer, bit for bit: the same tokens (runs of a-z and
0-9 after lower-casing) and the same float formula, since ties at exactly the threshold are common.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

_TOKEN = re.compile(r"[a-z0-9]+")
_SURROGATES = range(0xD800, 0xE000)


class Nearest(NamedTuple):
    """The most similar known item; ties go to the one known first. `id` is empty where there is none."""

    id: str
    rouge_l: float


class _Item(NamedTuple):
    id: str
    text: str
    slot: int


class LexicalIndex:
    """Known texts, each with the slot it came from (-1 for seeds)."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        self._code_points: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item_id: str, text: str, *, slot: int = -1) -> None:
        self._items.append(_Item(item_id, self._encode(text), slot))

    def nearest(self, text: str, *, before_slot: int | None = None) -> Nearest:
        """The nearest item, among all or among those of slots below `before_slot`.

        Returns a score in 0…1; 0 with an empty id where no item shares a token.
        """
        query = self._encode(text)
        best = Nearest("", 0.0)
        for item in self._items:
            if before_slot is not None and item.slot >= before_slot:
                continue
            shorter, longer = sorted((len(query), len(item.text)))
            if not shorter or 2 * shorter / (shorter + longer) < best.rouge_l:
                continue
            score = _f_measure(LCSseq.similarity(query, item.text), len(query), len(item.text))
            if score > best.rouge_l:
                best = Nearest(item.id, score)
        return best

    def _encode(self, text: str) -> str:
        # One code point per token, so that the sequence matcher sees tokens as characters.
        known = self._code_points
        return "".join(known.setdefault(t, _code_point(len(known))) for t in _TOKEN.findall(text.lower()))


def _code_point(number: int) -> str:
    return chr(number if number < _SURROGATES.start else number + len(_SURROGATES))


def _f_measure(common: int, a: int, b: int) -> float:
    if not common:
        return 0.0
    precision, recall = common / a, common / b
    return 2 * precision * recall / (precision + recall)
