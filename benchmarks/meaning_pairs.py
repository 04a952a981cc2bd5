"""Pairs of texts that mean the same or do not, by kind: what the thresholds of novelty by meaning are set on.

    same        two tellings of one thing
    twin        two tellings, or one, in which one value is another: a number, a name, an operation, a topic
    unrelated   two things of different groups

All are made of `meaning_pairs.yaml`, which was written for this.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

KINDS = ("instruction", "math", "code", "document")
Label = Literal["same", "twin", "unrelated"]
PER_KIND: dict[Label, int] = {"same": 240, "twin": 480, "unrelated": 240}


class Pair(NamedTuple):
    """`group` is the number of the first text's group: halves of the groups fit and measure."""

    label: Label
    a: str
    b: str
    group: int


def pairs(kind: str, seed: int = 0) -> list[Pair]:
    """`PER_KIND` distinct pairs of a kind."""
    groups = _GROUPS[kind]
    rng = random.Random(f"pairs {kind} {seed}")
    made: list[Pair] = []
    for label, count in PER_KIND.items():
        made += islice(_distinct(rng, groups, label), count)
    return made


def _distinct(rng: random.Random, groups: list[dict[str, Any]], label: Label) -> Iterator[Pair]:
    seen: set[frozenset[str]] = set()
    turn = 0
    while turn < 100_000:
        number = turn % len(groups)
        a, b = _pair(rng, groups, number, label)
        turn += 1
        if a != b and frozenset((a, b)) not in seen:
            seen.add(frozenset((a, b)))
            yield Pair(label, a, b, number)


def _pair(rng: random.Random, groups: list[dict[str, Any]], number: int, label: Label) -> tuple[str, str]:
    group = groups[number]
    values = _values(rng, group)
    if label == "unrelated":
        other = groups[rng.choice([n for n in range(len(groups)) if n != number])]
        return _tell(rng, group, values), _tell(rng, other, _values(rng, other))
    first, second = rng.sample(group["tellings"], 2)
    if label == "same":
        return _fill(rng, first, values), _fill(rng, second, values)
    # Half of the twins are told alike, where they are hardest to tell apart.
    second = rng.choice((first, second))
    slot = rng.choice([name for name in group if name != "tellings"])
    return _fill(rng, first, values), _fill(
        rng, second, values | {slot: _near(rng, group[slot], values[slot])}
    )


def _values(rng: random.Random, group: dict[str, Any]) -> dict[str, str]:
    return {slot: rng.choice(listed) for slot, listed in group.items() if slot != "tellings"}


def _near(rng: random.Random, listed: list[str], value: str) -> str:
    place = listed.index(value)
    return rng.choice([listed[n] for n in (place - 1, place + 1) if 0 <= n < len(listed)])


def _tell(rng: random.Random, group: dict[str, Any], values: dict[str, str]) -> str:
    return _fill(rng, rng.choice(group["tellings"]), values)


def _fill(rng: random.Random, telling: str, values: dict[str, str]) -> str:
    text = telling
    for slot, value in values.items():
        text = text.replace(f"{{{slot}}}", rng.choice(value.split(" ~ ")))
    return text[0].upper() + text[1:]


_GROUPS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_suffix(".yaml").read_text("utf-8")
)
