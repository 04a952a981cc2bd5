"""Notices: what a run's config gives reason to say before it begins, though nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..agents import GENERATORS, contaminated
from ..graphs import load_graph
from ..models import DEFAULT_ROLE, family_of, same_family
from ..seeds import Seed
from .config import RunConfig

if TYPE_CHECKING:
    from ..memory.contamination import Decontaminator
    from ..memory.heldout import HeldOut

_SHOWN = 5


def notices_of(config: RunConfig) -> tuple[str, ...]:
    """One sentence each, with the mend; empty where there is nothing to say."""
    if (config.settings.judge_minimum or load_graph(config.graph).task.judge_minimum) is None:
        return ()
    # Not by `model_for`: an agent of the user's own may need no model, and that is no matter here.
    default = config.models.get(DEFAULT_ROLE)
    judge = config.models.get("judge", default)
    generators = [config.models.get(role, default) for role in GENERATORS]
    alike = same_family(judge, [spec for spec in generators if spec]) if judge else ()
    if not judge or not alike:
        return ()
    return (
        f"the judge {judge} is of the same family ({family_of(judge)}) as {' and '.join(alike)}, and models "
        "favour what their own family wrote; give another with --model judge=SPEC",
    )


def held_out_notices(held_out: HeldOut | None) -> tuple[str, ...]:
    """Which registered sets the run stands clear of."""
    if held_out is None:
        return ()
    sets = ", ".join(f"{one.name} ({one.items:,} items)" for one in held_out.sets)
    return (f"held-out sets: {sets}; nothing that the run reads holds an item of them",)


def evaluation_notices(evaluation: Decontaminator | None, seeds: Sequence[Seed]) -> tuple[str, ...]:
    """What was left out of the evaluation sets, and seeds that hold text of theirs."""
    if evaluation is None:
        return ()
    found = [(seed.id, contaminated(evaluation, seed.model_dump(mode="json"))) for seed in seeds]
    told = [f"seed {name} is contaminated: {reason}" for name, reason in found if reason]
    if len(told) > _SHOWN:
        told = [*told[:_SHOWN], f"{len(told) - _SHOWN} more seeds are contaminated"]
    mend = ["proposals are made after seeds; leave the contaminated ones out with a file of your own"]
    return (*evaluation.unread, *told, *(mend if told else []))
