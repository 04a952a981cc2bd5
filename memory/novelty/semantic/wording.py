"""How two texts are worded: whether they share the words that matter, and whether they are told alike.

A cosine is least to be trusted where two texts are told alike and one word differs: "removes duplicates" and
"finds duplicates" are nearer than most paraphrases. So on such a pair it does not decide: the lexical rule
does, or nobody.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

from .literals import option_of

TOLD_ALIKE = 0.7
"""ROUGE-L above which the lexical rule speaks, by default."""

_WORD = re.compile(r"[^\W_]+")
_SUFFIXES = (("ies", "y"), ("ings", ""), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("ly", ""))


def content_words(text: str) -> frozenset[str]:
    """What the text is about: its words by their stems, without those of requests and of grammar.

    Words that `literals` takes for one option, such as largest and maximum, count as one.
    """
    frame = _frame()
    found = (word for word in _WORD.findall(text.lower()) if word not in frame)
    return frozenset(option_of(word) or stem for word in found if (stem := _stem(word)) not in frame)


def overlap(a: str, b: str) -> float:
    """ROUGE-L of words in any script, 0…1; not bit for bit that of `rouge_score`."""
    from rapidfuzz.distance import LCSseq

    these, those = _WORD.findall(a.lower()), _WORD.findall(b.lower())
    if not these or not those:
        return 0.0
    return 2 * LCSseq.similarity(these, those) / (len(these) + len(those))


def mostly_latin(text: str) -> bool:
    """Whether at least half of the letters are of the Latin script; true where there are none."""
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(char < "\u0250" or "\u1e00" <= char < "\u1f00" for char in letters) >= len(letters)


@cache
def _frame() -> frozenset[str]:
    words = resources.files(__package__).joinpath("frame_words.txt").read_text("utf-8").split()
    return frozenset(words) | {_stem(word) for word in words}


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word.removesuffix(suffix) + instead
            break
    return word.removesuffix("e") if len(word) > 3 else word
