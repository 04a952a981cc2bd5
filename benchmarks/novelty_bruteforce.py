"""How many pairs a second the usual ways of finding near-twins compare: anchors of benchmarks/novelty.py."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from nltk.stem.porter import PorterStemmer
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cdist
from rouge_score.rouge_scorer import RougeScorer, _score_lcs
from rouge_score.tokenize import tokenize

THRESHOLD = 0.7


class PairRates(NamedTuple):
    """Pairs per CPU-second; medians."""

    rouge_score: float
    tokens_once: float
    rapidfuzz: float


def pair_rates(texts: Sequence[str], *, repeats: int) -> PairRates:
    """Measured on samples of these texts, with stems."""
    draw = random.Random(3)
    sample = [(draw.choice(texts), draw.choice(texts)) for _ in range(2_000)]
    scorer, stemmer = RougeScorer(["rougeL"], use_stemmer=True), PorterStemmer()
    tokens = [(tokenize(one, stemmer), tokenize(other, stemmer)) for one, other in sample]

    def score() -> int:
        for one, other in sample:
            scorer.score(one, other)
        return len(sample)

    def score_tokens() -> int:
        for one, other in tokens:
            _score_lcs(one, other)
        return len(tokens)

    numbers: dict[str, str] = {}
    encoded = [
        "".join(numbers.setdefault(token, chr(0x4E00 + len(numbers))) for token in tokenize(text, stemmer))
        for text in texts
    ]
    asked = draw.sample(encoded, min(30, len(encoded)))

    def compare_with_all() -> int:
        for text in asked:
            # No text that shares fewer tokens can be above the threshold, however short it is.
            least = int(THRESHOLD / (2 - THRESHOLD) * len(text))
            cdist([text], encoded, scorer=LCSseq.similarity, score_cutoff=least, workers=1)
        return len(asked) * len(encoded)

    return PairRates(*(_rate(work, repeats) for work in (score, score_tokens, compare_with_all)))


def _rate(work: Callable[[], int], repeats: int) -> float:
    rates = []
    for _ in range(repeats):
        started = time.process_time()
        pairs = work()
        rates.append(pairs / (time.process_time() - started))
    return statistics.median(rates)
