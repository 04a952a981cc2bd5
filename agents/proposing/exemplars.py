"""What a proposer of lists is shown: instructions of people, and some that were made and kept before."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from ...seeds import SeedInstruction
from ..context import Bench


class Shown(NamedTuple):
    """One instruction that is shown."""

    id: str
    instruction: str


async def draw_shown(
    bench: Bench, slot: int, seeds: Sequence[SeedInstruction], key: str, random: Random
) -> tuple[Shown, ...]:
    """Of people's so many and of its own so many, as the settings have it, shuffled.

    Where it has made too few, people's take their place (Self-Instruct, arXiv 2212.10560: 6 and at most 2).
    """
    settings = bench.context
    wanted = settings.human_exemplars + settings.machine_exemplars
    only = settings.classification_only
    # Nothing kept says whether it is a classification task.
    own = 0 if only else settings.machine_exemplars
    kept = await bench.services.memory.made(slot, key, own) if own else ()
    made = [Shown(one.id, one.text) for one in kept]
    fit = [seed for seed in seeds if seed.is_classification] if only else list(seeds)
    human = random.sample(fit, min(wanted - len(made), len(fit)))
    shown = [*made, *(Shown(seed.id, seed.instruction) for seed in human)]
    random.shuffle(shown)
    return tuple(shown)
