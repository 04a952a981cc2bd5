"""Breadth of shape: how long texts are, and how they open. Entropies in bits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from .wording import Words

_WORDS = (
    "a an the this that these those some any all each every my your his her its our their of in on at "
    "to for from by with about into onto over under between among as is are was were be been being do "
    "does did can could should would will shall may might must have has had i you he she it we they "
    "me him us them and or but if when where which who whom whose what why how not no there here so "
    "than then following given one two three four five six seven eight nine ten please out up down"
)
_FUNCTION_WORDS = frozenset(_WORDS.split())


def entropy(values: Iterable[Hashable]) -> float:
    """Shannon entropy of the values' frequencies, in bits; 0 for none."""
    counts = Counter(values)
    total = counts.total()
    return sum(count / total * math.log2(total / count) for count in counts.values())


def length_entropy(texts: Sequence[Words]) -> float:
    """Of the lengths in words, in four steps for each doubling."""
    return entropy(round(4 * math.log2(1 + len(words))) for words in texts)


def opening_entropy(texts: Sequence[Words]) -> float:
    """Of the pairs of a text's first word and the first word after it that carries meaning.

    It stands for Self-Instruct's root verb and its direct noun (arXiv 2212.10560, figure 2), which want a
    parser: `write … poem`, `what … capital`.
    """
    return entropy(_opening(words) for words in texts)


def _opening(words: Words) -> tuple[str, str]:
    noun = next((word for word in words[1:] if word not in _FUNCTION_WORDS and not word.isdigit()), "")
    return (words[0] if words else "", noun)
