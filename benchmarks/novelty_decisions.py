"""Every decision and score of the index against `rouge_score`, on pairs that are hard to decide.

One set of texts, each compared with all others, with stems and without: near-twins whose scores lie around
the threshold, scores of exactly 0.7, words that only stems make equal, texts without words, scripts without
ASCII letters, and texts of 200 to 900 tokens.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from instructions import corpus
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import _score_lcs
from rouge_score.tokenize import tokenize

from proofset.memory.novelty import LexicalIndex
from proofset.memory.novelty.tokens import is_for_unicode, unicode_words

THRESHOLD = 0.7
_ENDINGS = ("s", "ed", "ing", "ly", "ation")
_ODD = ("", " ", "!?", "…", "🙂 🙂", "\ud800", "\0", "7", "7 7", "été", "a", "-a-")


class Decisions(NamedTuple):
    """What was compared: pairs, how many differ, and where their scores lie."""

    pairs: int
    differ: int
    above: int
    near: int
    exact: int
    lengths: str

    def __str__(self) -> str:
        return (
            f"{self.differ} of {self.pairs:,} pairs differ; {self.above:,} above 0.7, {self.near:,} within "
            f"0.05 of it, {self.exact:,} at it; {self.lengths}"
        )


def hard_texts(clusters: int, seed: int = 5) -> list[str]:
    """About 23 texts for each cluster."""
    rng = random.Random(seed)
    texts = list(_ODD)
    for text in corpus(clusters, seed=21):
        texts += [text, *(_changed(rng, text) for _ in range(16))]
    texts += _ties(clusters)
    others = list(corpus(400 * clusters, seed=22))
    texts += islice(filter(is_for_unicode, others), clusters)
    # `rouge_score` takes a second for ten pairs of these.
    long = islice((text for text in others if 200 <= len(text.split()) <= 900), 1 + clusters // 5)
    for text in long:
        texts += [text, _changed(rng, text)]
    rng.shuffle(texts)
    return texts


def decisions(clusters: int = 21) -> Decisions:
    """Compare. At 21 clusters some 480 texts, and more than 400,000 pairs."""
    texts = hard_texts(clusters)
    lengths = sorted(len(text.split()) for text in texts)
    differ, scores = 0, Counter[str]()
    pairs = 0
    for stem in (True, False):
        table = _Table(texts, stem=stem)
        index = LexicalIndex(THRESHOLD, stem)
        for number, text in enumerate(texts):
            index.add(str(number), text)
        for number, text in enumerate(texts):
            row = table.row(number)
            pairs += len(row)
            scores.update(_kinds(row.values()))
            differ += _differs(index, text, row)
    return Decisions(
        pairs,
        differ,
        scores["above"],
        scores["near"],
        scores["exact"],
        f"texts of {lengths[0]} to {lengths[-1]} words",
    )


def _differs(index: LexicalIndex, text: str, row: dict[int, float]) -> int:
    """How many answers about one text are not those of the row: the best match, and the ten nearest."""
    best = max(row.items(), key=lambda item: (item[1], -item[0]), default=(0, 0.0))
    expected = (str(best[0]), best[1]) if best[1] > THRESHOLD else None
    found = index.find(text)
    wrong = (found and (found.id, found.score)) != expected
    ranked = sorted((number for number in row if row[number]), key=lambda number: (-row[number], number))
    nearest = [(near.id, near.score) for near in index.similar(text, k=10).nearest]
    return wrong + sum(
        there != (str(number), row[number]) for there, number in zip(nearest, ranked[:10], strict=True)
    )


class _Table:
    """The scores of `rouge_score`, each text cut into tokens once."""

    def __init__(self, texts: Sequence[str], *, stem: bool) -> None:
        stemmer = PorterStemmer() if stem else None
        self._other = [is_for_unicode(text) for text in texts]
        self._tokens = [
            list(unicode_words(text)) if other else tokenize(text, stemmer)
            for text, other in zip(texts, self._other, strict=True)
        ]

    def row(self, number: int) -> dict[int, float]:
        """The scores of one text with all that the same rule judges, itself included."""
        mine = self._tokens[number]
        return {
            other: _score_lcs(tokens, mine).fmeasure
            for other, tokens in enumerate(self._tokens)
            if self._other[other] == self._other[number]
        }


def _kinds(scores: Iterable[float]) -> Iterator[str]:
    for score in scores:
        if score > THRESHOLD:
            yield "above"
        if abs(score - THRESHOLD) <= 0.05:
            yield "near"
        if abs(score - THRESHOLD) < 1e-9:
            yield "exact"


def _changed(rng: random.Random, text: str) -> str:
    """The text with about three in ten of its words changed, dropped or given another ending."""
    words = text.split()
    for _ in range(max(1, round(len(words) * rng.uniform(0.1, 0.4)))):
        place = rng.randrange(len(words))
        what = rng.random()
        if what < 0.4:
            words[place] = rng.choice(words)
        elif what < 0.6:
            words[place] += rng.choice(_ENDINGS)
        elif what < 0.8 and len(words) > 1:
            del words[place]
        else:
            words.insert(place, f"new{rng.randrange(50)}")
    return " ".join(words)


def _ties(count: int) -> list[str]:
    """Pairs at exactly 0.7: of 10·k words each, 7·k shared."""
    made = []
    for number in range(count):
        k = 1 + number % 5
        shared = [f"s{number}x{place}" for place in range(7 * k)]
        made += [
            " ".join([*shared, *(f"{side}{number}x{place}" for place in range(3 * k))]) for side in ("l", "r")
        ]
    return made
