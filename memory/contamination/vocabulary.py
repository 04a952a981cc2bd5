"""Numbers for tokens: only those of the evaluation sets have one, so that memory stays as it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .tokens import WORD, masked, tokens_of, weight_of

Codes = NDArray[np.int32]

UNKNOWN = 0
"""Stands for all tokens that no evaluation item has, and between texts. No evaluation text holds it."""
NUMBER = 1
"""Stands for a number, where numbers are masked."""


class Vocabulary(dict[str, int]):
    """Token to code.

    A token with digits has a second code, of its masked form; one that is unknown but for its digits gets
    that code: it matches in the masked texts and nowhere else, since `#` is in no token.
    """

    def __init__(self) -> None:
        super().__init__({"": UNKNOWN, "#": NUMBER})
        self._masked = [UNKNOWN, NUMBER]
        self._weights = [0, WORD]

    def __missing__(self, token: str) -> int:
        hidden = masked(token)
        return UNKNOWN if hidden == token else self.get(hidden, UNKNOWN)

    def learn(self, text: str) -> Codes:
        """The codes of an evaluation text; new tokens get theirs."""
        return np.array([self._code(token) for token in tokens_of(text)], np.int32)

    def read(self, texts: Sequence[str]) -> tuple[Codes, NDArray[np.int64]]:
        """The codes of all texts in one row, UNKNOWN after each; where each begins, and the end of all."""
        codes: list[int] = []
        starts = [0]
        code_of = self.__getitem__
        for text in texts:
            codes.extend(map(code_of, tokens_of(text)))
            codes.append(UNKNOWN)
            starts.append(len(codes))
        return np.array(codes, np.int32), np.array(starts, np.int64)

    def masked_codes(self) -> Codes:
        """Code to the code of its masked form."""
        return np.array(self._masked, np.int32)

    def weights(self) -> NDArray[np.int64]:
        """Code to what it counts, in sixths of a word."""
        return np.array(self._weights, np.int64)

    def _code(self, token: str) -> int:
        if token in self:
            return self[token]
        hidden = masked(token)
        code = len(self)
        self[token] = code
        self._weights.append(weight_of(token))
        self._masked.append(code)
        if hidden != token:
            self._masked[code] = self._code(hidden)
        return code
