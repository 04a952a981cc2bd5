"""What `instructions.py` writes with: word lists, and a large vocabulary that is grown from them.

All of it is made up here; nothing is taken from a data set.
"""

from __future__ import annotations

import random
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_LISTS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))


def _phrases(name: str) -> tuple[str, ...]:
    return tuple(_LISTS[name].split("| "))


VERBS = tuple(_LISTS["verbs"].split())
NOUNS = tuple(_LISTS["nouns"].split())
ADJECTIVES = tuple(_LISTS["adjectives"].split())
OPENINGS = _phrases("openings")
FORMATS = _phrases("formats")
AUDIENCES = _phrases("audiences")
CONSTRAINTS = _phrases("constraints")
RELATIONS = _phrases("relations")
SYNONYMS: dict[str, str] = _LISTS["synonyms"]
OTHER_SCRIPTS: tuple[tuple[str, ...], ...] = tuple(tuple(words.split()) for words in _LISTS["scripts"])

_ONSETS = (*"bcdfghjklmnprstvwz", "br", "ch", "dr", "fl", "gr", "kl", "pr", "sh", "st", "tr")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "io", "ou")
_CODAS = ["", "", "", "l", "n", "r", "s", "th", "nd", "m", "x", "rk"]
_PLACES = ["ia", "ton", "burg", "ville", "stad", "mouth", "shire", "holm"]
_SUBSTANCES = ["ine", "ol", "ate", "ium", "ase", "ide", "one", "ite"]
_TRADES = ["ware", "Soft", "Net", "Lab", "Corp", "Works"]


class Zipf(NamedTuple):
    """Words with the cumulative weights of a Zipf-like law: the n-th weighs 1 / (n + 8) ^ 0.9."""

    words: tuple[str, ...]
    weights: tuple[float, ...]

    def draw(self, rng: random.Random, k: int) -> list[str]:
        return rng.choices(self.words, cum_weights=self.weights, k=k)


class Vocabulary(NamedTuple):
    """About 24,000 word types."""

    nouns: Zipf
    adjectives: Zipf
    people: Zipf
    places: Zipf
    things: Zipf


def vocabulary(seed: int) -> Vocabulary:
    rng = random.Random(f"vocabulary {seed}")
    nouns = list(NOUNS)
    adjectives = list(ADJECTIVES)
    compounds = [f"{a}-{b}" for a in nouns[:70] for b in nouns[70:160]]
    return Vocabulary(
        _zipf(rng, nouns, [_plural(noun) for noun in nouns], compounds),
        _zipf(rng, adjectives, [f"{p}-{a}" for p in ("non", "semi", "all-too") for a in adjectives]),
        _zipf(rng, _names(rng, 6000, [""])),
        _zipf(rng, _names(rng, 5000, _PLACES)),
        _zipf(rng, _names(rng, 4000, _SUBSTANCES, lower=True) + _names(rng, 4000, _TRADES)),
    )


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"


def _names(rng: random.Random, n: int, endings: list[str], *, lower: bool = False) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < n:
        parts = (
            rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
            for _ in range(rng.choice((1, 2, 2, 3)))
        )
        name = "".join(parts) + rng.choice(endings)
        made[name if lower else name[0].upper() + name[1:]] = None
    return list(made)


def _zipf(rng: random.Random, *tiers: list[str]) -> Zipf:
    """Every word of a tier is more frequent than those of the next."""
    words = [word for tier in tiers for word in rng.sample(tier, len(tier))]
    return Zipf(tuple(words), tuple(accumulate(1 / (rank + 8) ** 0.9 for rank in range(len(words)))))
