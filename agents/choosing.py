"""Choosing operators and topics: alike, or by what they have yielded so far."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ..memory import Part, Tried
from .context import Bench

_UNTRIED = Tried(0, 0)


async def choose(bench: Bench, slot: int, part: Part, names: Sequence[str], random: Random) -> str | None:
    """A name by Thompson sampling (Thompson 1933): each draws from the Beta posterior of its share of kept
    attempts, and the highest draw wins. None where it is to be chosen without regard to yield: always where
    the settings have no `bandit_floor`, and in that share of the draws where they have.
    """
    floor = bench.context.bandit_floor
    if floor is None or random.random() < floor:
        return None
    tried = (await bench.services.memory.yields(slot)).get(part, {})
    drawn = {name: _draw(tried.get(name, _UNTRIED), random) for name in names}
    return max(names, key=drawn.__getitem__)


def _draw(tried: Tried, random: Random) -> float:
    return random.betavariate(1 + tried.kept, 1 + tried.attempts - tried.kept)
