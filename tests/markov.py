"""A tiny language model for closed loops: words by the two before, counted."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

_END = "\n"
_LONGEST = 60


class Markov:
    """Learns texts, and writes new ones."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._after: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for text in texts:
            words = ["", "", *text.split(), _END]
            for before, last, word in zip(words, words[1:], words[2:], strict=False):
                self._after[before, last][word] += 1

    def write(self, n: int, seed: int) -> list[str]:
        draw = random.Random(seed)
        return [self._text(draw) for _ in range(n)]

    def _text(self, draw: random.Random) -> str:
        words = ["", ""]
        while len(words) < _LONGEST:
            counts = self._after[words[-2], words[-1]]
            word = draw.choices(list(counts), list(counts.values()))[0]
            if word == _END:
                break
            words.append(word)
        return " ".join(words[2:])
