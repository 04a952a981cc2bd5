"""Thresholds of novelty by meaning: what each would drop wrongly and what it would catch.

Literals, wording and cosine decide as `SemanticIndex` does; that they do is checked on every pair. Thresholds
are chosen on every second group of pairs and measured on the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from meaning_pairs import Pair, pairs
from shares import shown

from proofset.memory.novelty.semantic import (
    SAME_WORDS,
    Embedder,
    Known,
    SemanticIndex,
    content_words,
    literals,
    overlap,
)
from proofset.memory.novelty.semantic.wording import TOLD_ALIKE

LEVELS = tuple(level / 100 for level in range(50, 100))
SHOWN = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
ALLOWED = 0.01
"""Share of twins that may be dropped."""


class Weighed(NamedTuple):
    """A pair with all that its decision hangs on."""

    pair: Pair
    cosine: float
    agree: bool
    same_words: bool
    told_alike: bool

    def dropped(self, threshold: float) -> bool:
        if not self.agree:
            return False
        worded = self.same_words and self.cosine > SAME_WORDS
        return worded or (not self.told_alike and self.cosine > threshold)


class Rates(NamedTuple):
    """How many paraphrases are caught, and how many twins and unrelated pairs are dropped."""

    caught: int
    same: int
    twins_dropped: int
    twins: int
    unrelated_dropped: int
    unrelated: int


class Calibrated(NamedTuple):
    kind: str
    threshold: float
    held_out: Rates
    all_pairs: Rates
    table: tuple[tuple[float, Rates, float], ...]
    """Threshold, rates, and the share of twins that the cosine alone would drop."""


def weigh(embedder: Embedder, kind: str) -> list[Weighed]:
    found = pairs(kind)
    texts = list(dict.fromkeys(text for pair in found for text in (pair.a, pair.b)))
    vectors = dict(zip(texts, embedder.embed(texts), strict=True))
    return [
        Weighed(
            pair,
            float(vectors[pair.a] @ vectors[pair.b]),
            literals(pair.a).agree(literals(pair.b)),
            content_words(pair.a) == content_words(pair.b),
            overlap(pair.a, pair.b) > TOLD_ALIKE,
        )
        for pair in found
    ]


def rates(weighed: Iterable[Weighed], threshold: float) -> Rates:
    counted = {"same": [0, 0], "twin": [0, 0], "unrelated": [0, 0]}
    for each in weighed:
        counted[each.pair.label][0] += each.dropped(threshold)
        counted[each.pair.label][1] += 1
    return Rates(*counted["same"], *counted["twin"], *counted["unrelated"])


def choose(weighed: Sequence[Weighed]) -> float:
    """The lowest threshold that drops no more than ALLOWED of the twins."""
    for level in LEVELS:
        found = rates(weighed, level)
        if (
            found.twins_dropped <= ALLOWED * found.twins
            and found.unrelated_dropped <= ALLOWED * found.unrelated
        ):
            return level
    return LEVELS[-1]


def calibrate(embedder: Embedder, kind: str) -> Calibrated:
    """`held_out`: of the threshold chosen on every second group, on the others, and the other way round."""
    weighed = weigh(embedder, kind)
    halves = [[each for each in weighed if each.pair.group % 2 == half] for half in (0, 1)]
    crossed = [rates(halves[1 - half], choose(halves[half])) for half in (0, 1)]
    held_out = Rates(*(a + b for a, b in zip(*crossed, strict=True)))
    threshold = choose(weighed)
    _check(embedder, kind, weighed, threshold)
    twins = [each for each in weighed if each.pair.label == "twin"]
    table = tuple(
        (level, rates(weighed, level), sum(each.cosine > level for each in twins) / len(twins))
        for level in SHOWN
    )
    return Calibrated(kind, threshold, held_out, rates(weighed, threshold), table)


def _check(embedder: Embedder, kind: str, weighed: Iterable[Weighed], threshold: float) -> None:
    for each in weighed:
        index = SemanticIndex(
            embedder, thresholds={kind: threshold}, truth=[Known("a", each.pair.a, 0, kind)]
        )
        decided = index.find(each.pair.b, kind=kind) is not None
        if decided != each.dropped(threshold) and abs(each.cosine - threshold) > 1e-5:
            raise AssertionError(f"the index decides otherwise than this table: {each}")


def lines(found: Calibrated) -> Iterator[str]:
    """Markdown rows."""
    for level, each, alone in found.table:
        yield (
            f"| {found.kind} | {level} | {shown(each.caught, each.same)} | "
            f"{shown(each.twins_dropped, each.twins)} | {shown(each.unrelated_dropped, each.unrelated)} | "
            f"{alone:.0%} |"
        )


def chosen_line(found: Calibrated) -> str:
    each, held = found.all_pairs, found.held_out
    return (
        f"| {found.kind} | {found.threshold} | {shown(each.caught, each.same)} | "
        f"{shown(each.twins_dropped, each.twins)} | {shown(held.caught, held.same)} | "
        f"{shown(held.twins_dropped, held.twins)} |"
    )
