"""Vocabulary: a number for each word, the same for all words of one stem."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from .stored import Arrays


class Vocabulary:
    """Words and their numbers, 0, 1, …

    Args:
        stem: makes the stem of a word; None compares words as they are.
    """

    def __init__(self, stem: Callable[[str], str] | None) -> None:
        self._stem = stem
        self._numbers: dict[str, int] = {}
        # Apart from the words: a stem may be spelt like a word that has another one.
        self._stems: dict[str, int] = {}
        self.size = 0

    def known(self, words: Iterable[str]) -> list[int]:
        """The numbers of those words that have one, in order."""
        get = self._numbers.get
        return [n for word in words if (n := get(word, -1)) >= 0 or (n := self._look(word)) >= 0]

    def add(self, words: Iterable[str]) -> list[int]:
        """The numbers of all words; new ones get one."""
        get = self._numbers.get
        return [n if (n := get(word, -1)) >= 0 else self._new(word) for word in words]

    def arrays(self) -> Arrays:
        """All that `restore` needs. No word holds a space."""
        held: Arrays = {}
        for name, numbers in (("words", self._numbers), ("stems", self._stems)):
            spelt = "\n".join(numbers).encode("utf-8", "surrogatepass")
            held[f"vocabulary {name}"] = np.frombuffer(spelt, np.uint8)
            held[f"vocabulary {name} numbers"] = np.fromiter(numbers.values(), np.uint32, len(numbers))
        return held

    def restore(self, arrays: Arrays) -> None:
        """Become the vocabulary that said `arrays`."""
        self._numbers, self._stems = (
            dict(
                zip(
                    arrays[f"vocabulary {name}"].tobytes().decode("utf-8", "surrogatepass").split(),
                    arrays[f"vocabulary {name} numbers"].tolist(),
                    strict=True,
                )
            )
            for name in ("words", "stems")
        )
        self.size = 1 + max(self._numbers.values(), default=-1)

    def _look(self, word: str) -> int:
        if self._stem is None:
            return -1
        number = self._stems.get(self._stem(word), -1)
        if number >= 0:
            self._numbers[word] = number
        return number

    def _new(self, word: str) -> int:
        number = self._look(word)
        if number < 0:
            number, self.size = self.size, self.size + 1
            self._numbers[word] = number
            if self._stem is not None:
                self._stems[self._stem(word)] = number
        return number
