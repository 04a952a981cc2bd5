"""Tokens that copies share: words without case, punctuation and Unicode's compatibility forms.

A token is a run of letters, marks and digits after NFKC and case folding. Scripts that write no spaces
give one token for each character. So that a run of them counts as much as the words it holds, a token has a
weight: a word 6, a Chinese or Japanese character 3, a Thai, Lao, Khmer or Burmese one 2.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

WORD = 6
"""The weight of a word."""

_ASCII = re.compile(r"[a-z0-9]+")
_ASCII_SPANS = re.compile(r"[A-Za-z0-9]+")
# What Python's \w does not know as part of a word: marks, such as the vowels of Hindi.
_MARKED_PLANES = range(0x300, 0x1F000)
_HAN_AND_KANA = (
    r"\u2E80-\u2FDF\u3005-\u3007\u3021-\u3029\u3038-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF"
    r"\uF900-\uFAFF\U00020000-\U0003FFFF"
)
_SOUTH_EAST = r"\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u19E0-\u19FF\uA9E0-\uA9FF\uAA60-\uAA7F"
_IS_HAN_OR_KANA = re.compile(f"[{_HAN_AND_KANA}]")
_IS_SOUTH_EAST = re.compile(f"[{_SOUTH_EAST}]")
_DIGITS = re.compile(r"\d+")


class Span(NamedTuple):
    """Characters `start` to `end` of a text, the latter not included."""

    start: int
    end: int


def tokens_of(text: str) -> list[str]:
    """The tokens of a text, in order."""
    if text.isascii():
        return _ASCII.findall(text.lower())
    return _words().findall(_normal(text))


def spans_of(text: str) -> list[Span]:
    """Where each token of `tokens_of` stands in the text itself."""
    if text.isascii():
        return [Span(*found.span()) for found in _ASCII_SPANS.finditer(text)]
    places, normal = _places(text)
    return [Span(places[f.start()].start, places[f.end() - 1].end) for f in _words().finditer(normal)]


def weight_of(token: str) -> int:
    """What a token counts, in sixths of a word."""
    first = token[:1]
    if first.isascii():
        return WORD
    if _IS_HAN_OR_KANA.match(first):
        return 3
    return 2 if _IS_SOUTH_EAST.match(first) else WORD


def masked(token: str) -> str:
    """A token with `#` for each of its numbers; the token itself where it has none."""
    return _DIGITS.sub("#", token)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _places(text: str) -> tuple[list[Span], str]:
    """For each character of the normal form, the characters of the text that it comes from; and that form."""
    places: list[Span] = []
    pieces: list[str] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _belongs(text[start:end], text[end]):
            continue
        piece = _normal(text[start:end])
        pieces.append(piece)
        places += [Span(start, end)] * len(piece)
        start = end
    return places, "".join(pieces)


def _belongs(before: str, character: str) -> bool:
    """Whether normalising changes at the border, so that the two cannot be told apart."""
    if character.isascii():
        return False
    if unicodedata.combining(unicodedata.normalize("NFKD", character)[0]):
        return True
    both = unicodedata.normalize("NFKC", before + character)
    return both != unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", character)


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    marks = "".join(
        f"{chr(first)}-{chr(last)}"
        for first, last in _runs([c for c in _MARKED_PLANES if unicodedata.category(chr(c)) in ("Mn", "Mc")])
    )
    alone = _HAN_AND_KANA + _SOUTH_EAST
    return re.compile(rf"(?:[^\W_{alone}{marks}][{marks}]*)+|(?![\W_])[{alone}][{marks}]*")


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
