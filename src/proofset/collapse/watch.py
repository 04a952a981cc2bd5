"""The watch itself: generations of texts against an anchor that people wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..memory.novelty.tokens import unicode_words
from ..records import rng
from .bounds import METRICS, Finding, findings
from .meaning import Topics, Vectors, WordVectors, dispersion, vendi
from .shape import length_entropy, opening_entropy
from .wording import Words, distinct, self_bleu

if TYPE_CHECKING:
    from ..memory.novelty.semantic import Embedder

MIN_TEXTS = 50
"""Fewer tell nothing: chance alone moves the figures by more than the bounds."""

_MAX_TEXTS = 1000
_DRAWS = 3


class State(StrEnum):
    """What became of a generation: `drifting` has figures beyond bounds in one family, `collapsed` in two."""

    STEADY = "steady"
    DRIFTING = "drifting"
    COLLAPSED = "collapsed"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation and its figures; both at the same number of texts as the anchor's beside it.

    Attributes:
        texts: how many there are; `compared` of them, and of the anchor, were looked at.
    """

    name: str
    texts: int
    compared: int
    values: Mapping[str, float]
    anchor: Mapping[str, float]
    findings: tuple[Finding, ...]
    state: State

    def as_json(self) -> dict[str, Any]:
        return {
            "generation": self.name,
            "texts": self.texts,
            "compared": self.compared,
            "state": self.state.value,
            "values": {name: round(value, 4) for name, value in self.values.items()},
            "anchor": {name: round(value, 4) for name, value in self.anchor.items()},
            "findings": [finding.reason for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Watch:
    """What was seen.

    Attributes:
        embedder: by which meaning is compared.
    """

    anchor_texts: int
    embedder: str
    generations: tuple[Generation, ...]

    @property
    def collapsed(self) -> tuple[Generation, ...]:
        """The generations that are."""
        return tuple(one for one in self.generations if one.state is State.COLLAPSED)


def watch(
    anchor: Sequence[str],
    generations: Mapping[str, Sequence[str]],
    *,
    embedder: Embedder | None = None,
    seed: int = 0,
) -> Watch:
    """Compare generations, by name, with texts that people wrote.

    Each is compared on equal numbers of texts, at most 1,000, drawn three times; figures are means. The same
    texts and seed give the same figures.

    Args:
        embedder: of meaning; None compares by words alone.

    Raises:
        UsageError: the anchor has fewer than 50 texts.
    """
    if len(anchor) < MIN_TEXTS:
        raise UsageError(
            f"the anchor has {len(anchor)} texts; give at least {MIN_TEXTS} by people, more are better"
        )
    human = _Texts(anchor, WordVectors([unicode_words(text) for text in anchor]), embedder)
    topics = Topics(human.rows, seed)
    measured = []
    for name, texts in generations.items():
        if len(texts) < MIN_TEXTS:
            measured.append(Generation(name, len(texts), 0, {}, {}, (), State.TOO_FEW))
            continue
        size = min(len(texts), len(anchor), _MAX_TEXTS)
        own = _Texts(texts, human.by_words, embedder)
        ours, theirs = _figures(own, human, size, topics, seed)
        found = findings(ours, theirs)
        measured.append(Generation(name, len(texts), size, ours, theirs, found, _state(found)))
    return Watch(len(anchor), embedder.name if embedder else human.by_words.name, tuple(measured))


class _Texts:
    """Texts as words and as vectors."""

    def __init__(self, texts: Sequence[str], by_words: WordVectors, embedder: Embedder | None) -> None:
        self.by_words = by_words
        self.words = [unicode_words(text) for text in texts]
        self.rows: Vectors = embedder.embed(texts) if embedder else by_words.vectors(self.words)

    def drawn(self, size: int, seed: int, draw: int) -> tuple[list[Words], Vectors]:
        places = rng(seed, "watch", draw).sample(range(len(self.words)), size)
        return [self.words[place] for place in places], self.rows[places]


def _figures(
    own: _Texts, human: _Texts, size: int, topics: Topics, seed: int
) -> tuple[dict[str, float], dict[str, float]]:
    sums = [dict.fromkeys((metric.name for metric in METRICS), 0.0) for _ in range(2)]
    for draw in range(_DRAWS):
        drawn = [side.drawn(size, seed, draw) for side in (own, human)]
        budgets = {
            n: min(sum(max(0, len(words) - n + 1) for words in texts) for texts, _ in drawn)
            for n in (1, 2, 3)
        }
        for (texts, rows), total in zip(drawn, sums, strict=True):
            for name, value in _measure(texts, rows, budgets, topics).items():
                total[name] += value / _DRAWS
    return sums[0], sums[1]


def _measure(
    texts: Sequence[Words], rows: Vectors, budgets: Mapping[int, int], topics: Topics
) -> dict[str, float]:
    return {
        **{f"distinct_{n}": distinct(texts, n, budget) for n, budget in budgets.items()},
        "self_bleu": self_bleu(texts),
        "length_entropy": length_entropy(texts),
        "opening_entropy": opening_entropy(texts),
        "vendi": vendi(rows),
        "dispersion": dispersion(rows),
        "coverage": topics.coverage(rows),
    }


def _state(found: Sequence[Finding]) -> State:
    families = {finding.metric.family for finding in found}
    return State.COLLAPSED if len(families) > 1 else State.DRIFTING if families else State.STEADY
