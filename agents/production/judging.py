"""The judge of the flywheel: what it is asked of an answer that a model gave in production."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from ...models import Sampling
from ..bounds import at_most
from ..flywheel_task import PRODUCTION, dialogue_of
from ..judging import TEXT_KINDS, Bounds, Example, Judge, Marks
from ..settings import Settings
from ..state import State

_MOST_FAULT_CHARS = 600
_SCORING = Sampling(temperature=0.7, max_tokens=250)


class Production(Marks):
    """One score, additive: a point for each of five demands that an exchange meets, and never less than 1.

    The fault comes before the demands: it is to lead to them, and a reviser works by it.
    """

    about: ClassVar[str] = "an answer given in production"

    fault: str
    understandable: bool
    answers: bool
    right: bool
    complete: bool
    fitting: bool

    @field_validator("fault")
    @classmethod
    def _length(cls, text: str) -> str:
        return at_most(text.strip(), _MOST_FAULT_CHARS)

    @property
    def numbers(self) -> dict[str, float]:
        met = (self.understandable, self.answers, self.right, self.complete, self.fitting)
        return {"production": float(max(1, sum(met)))}


def production_judge() -> Judge:
    """A judge whose opinion turns nothing down: `triage` goes by it."""
    return Judge(
        prompt="judge_production",
        example=production_example,
        generators=(PRODUCTION,),
        canary_kinds=TEXT_KINDS,
        form=Production,
        bounds=_bounds,
        sampling=_SCORING,
        turns_down=False,
    )


def production_example(state: State) -> Example:
    """All that was said before, and what was answered."""
    return Example(dialogue_of(state), state["instances"][0].output)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(settings.production_minimum, settings.judge_agreement, by_mean=True)
