"""Opinion: what several readings of one example come to. Pure: no model is asked here.

samples ─▶ most readable? ──no──▶ abstain: judge_unreadable
               │ yes
           agree enough? ──no──▶ abstain: judge_unsure
               │ yes
           most keep it? ──no──▶ reject: judged_low
               │ yes
             accept
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median_low
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ...models import Malformed, Typed
from ...records import Decision, Usage


class Marks(BaseModel):
    """What a judge says of one example. Strict: what has to be converted is no mark.

    Attributes:
        about: what is scored, in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    about: ClassVar[str]

    @property
    @abstractmethod
    def numbers(self) -> dict[str, float]:
        """The scores by name, 1 to 5."""

    def low(self, minimum: float) -> list[str]:
        """The scores below the minimum, as sentences; empty where the example is kept."""
        return [f"{name} {score:g} < {minimum}" for name, score in self.numbers.items() if score < minimum]


M = TypeVar("M", bound=Marks)


class Scores(Marks):
    """Three scores from 1 to 5: `"4"` and `4.5` are no scores."""

    about: ClassVar[str] = "clarity, quality and diversity"

    clarity: int = Field(ge=1, le=5)
    quality: int = Field(ge=1, le=5)
    diversity: int = Field(ge=1, le=5)

    @property
    def numbers(self) -> dict[str, float]:
        return dict(self)


class Curation(Marks):
    """One score, additive: a point for each of five demands that a response meets, and never less than 1."""

    about: ClassVar[str] = "curation"

    relevant: bool
    complete: bool
    focused: bool
    standing_alone: bool
    expert: bool

    @property
    def numbers(self) -> dict[str, float]:
        return {"curation": float(max(1, sum(value for _, value in self)))}


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on an opinion counts.

    Attributes:
        minimum: lowest score to keep, 1 to 5; of all scores.
        agreement: lowest self-agreement, 0 to 1. At 0.6 three samples must be of one mind, and one of
            five may differ.
        by_mean: the mean of the samples decides, not what most of them decide.
    """

    minimum: float = 3
    agreement: float = 0.6
    by_mean: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge thinks of one example.

    Attributes:
        decision: abstain where the samples cannot be read or disagree.
        scores: the lower median of each score, or the mean where that decides; empty where none can be read.
        samples: each sample's scores; None for one that could not be read.
        agreement: share of the pairs of readable samples that decide alike, 0 to 1; None without a pair.
        code: `judged_low`, `judge_unsure` or `judge_unreadable`; empty when accepted.
        reason: one sentence with the values and the bound; empty when accepted.
    """

    decision: Decision
    samples: tuple[Marks | None, ...]
    scores: dict[str, float]
    agreement: float | None
    usage: Usage
    code: str = ""
    reason: str = ""

    @property
    def unreadable(self) -> int:
        """How many samples could not be read."""
        return self.samples.count(None)


def opinion_of(replies: Sequence[Typed[M] | Malformed], bounds: Bounds) -> Opinion:
    """The opinion that these replies come to; see the module's diagram."""
    samples = tuple(None if isinstance(reply, Malformed) else reply.value for reply in replies)
    read = [sample for sample in samples if sample is not None]
    kept = [not sample.low(bounds.minimum) for sample in read]
    middle = fmean if bounds.by_mean else median_low
    names = read[0].numbers if read else ()
    scores = {name: float(middle([sample.numbers[name] for sample in read])) for name in names}
    agreement = _agreement(kept)

    def opinion(decision: Decision, code: str = "", reason: str = "") -> Opinion:
        usage = sum((reply.usage for reply in replies), Usage())
        return Opinion(decision, samples, scores, agreement, usage, code, reason)

    if 2 * len(read) <= len(samples):
        problem = next((reply.problem for reply in replies if isinstance(reply, Malformed)), "none was asked")
        missing = f"{len(samples) - len(read)} of {len(samples)} opinions could not be read: {problem}"
        return opinion(Decision.ABSTAIN, "judge_unreadable", missing)
    if not bounds.by_mean and agreement is not None and agreement < bounds.agreement:
        split = f"{sum(kept)} of {len(read)} opinions keep it: self-agreement {agreement:.2f}"
        return opinion(Decision.ABSTAIN, "judge_unsure", f"{split} < {bounds.agreement:g}")
    # Not by the medians alone: three samples that each find another score low have no low median.
    by_mean = min(scores.values()) >= bounds.minimum
    if by_mean if bounds.by_mean else 2 * sum(kept) > len(read):
        return opinion(Decision.ACCEPT)
    low = [f"{name} {score:g} < {bounds.minimum}" for name, score in scores.items() if score < bounds.minimum]
    each = f"{len(read) - sum(kept)} of {len(read)} opinions have a score < {bounds.minimum}"
    return opinion(Decision.REJECT, "judged_low", ", ".join(low) or each)


def _agreement(kept: Sequence[bool]) -> float | None:
    pairs = list(combinations(kept, 2))
    return sum(first == second for first, second in pairs) / len(pairs) if pairs else None
