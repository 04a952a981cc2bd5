"""Which item of many a slot is about: each once, in an order that the run's seed draws."""

from __future__ import annotations

from functools import lru_cache

from ..records import rng


def place_of(slot: int, seed: int, count: int, of: str) -> int:
    """The number of the slot's item, from 0, the first again after the last; `of` names what they are."""
    return _order(seed, count, of)[slot % count]


@lru_cache(maxsize=4)
def _order(seed: int, count: int, of: str) -> tuple[int, ...]:
    return tuple(rng(seed, of).sample(range(count), count))
