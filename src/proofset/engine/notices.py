"""Notices: what a run's config gives reason to say before it begins, though nothing is wrong with it."""

from __future__ import annotations

from ..agents import GENERATORS
from ..models import DEFAULT_ROLE, family_of, same_family
from .config import RunConfig


def notices_of(config: RunConfig) -> tuple[str, ...]:
    """One sentence each, with the mend; empty where there is nothing to say."""
    if config.settings.judge_minimum is None:
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
