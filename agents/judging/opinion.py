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

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median_low

from pydantic import BaseModel, ConfigDict, Field

from ...models import Malformed, Typed
from ...records import Decision, Usage


class Scores(BaseModel):
    """Three scores from 1 to 5. Strict: `"4"` and `4.5` are no scores."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    clarity: int = Field(ge=1, le=5)
    quality: int = Field(ge=1, le=5)
    diversity: int = Field(ge=1, le=5)

    def low(self, minimum: int) -> list[str]:
        """The scores below the minimum, as sentences; empty where the example is kept."""
        return [f"{name} {score} < {minimum}" for name, score in self if score < minimum]


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on an opinion counts.

    Attributes:
        minimum: lowest score to keep, 1 to 5; of all three scores.
        agreement: lowest self-agreement, 0 to 1. At 0.6 three samples must be of one mind, and one of
            five may differ.
    """

    minimum: int = 3
    agreement: float = 0.6


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge thinks of one example.

    Attributes:
        decision: abstain where the samples cannot be read or disagree.
        scores: the lower median of each score; empty where no sample can be read.
        samples: each sample's scores; None for one that could not be read.
        agreement: share of the pairs of readable samples that decide alike, 0 to 1; None without a pair.
        code: `judged_low`, `judge_unsure` or `judge_unreadable`; empty when accepted.
        reason: one sentence with the values and the bound; empty when accepted.
    """

    decision: Decision
    samples: tuple[Scores | None, ...]
    scores: dict[str, float]
    agreement: float | None
    usage: Usage
    code: str = ""
    reason: str = ""

    @property
    def unreadable(self) -> int:
        """How many samples could not be read."""
        return self.samples.count(None)


def opinion_of(replies: Sequence[Typed[Scores] | Malformed], bounds: Bounds) -> Opinion:
    """The opinion that these replies come to; see the module's diagram."""
    samples = tuple(None if isinstance(reply, Malformed) else reply.value for reply in replies)
    read = [sample for sample in samples if sample is not None]
    kept = [not sample.low(bounds.minimum) for sample in read]
    scores = {name: float(median_low(getattr(s, name) for s in read)) for name in Scores.model_fields if read}
    agreement = _agreement(kept)

    def opinion(decision: Decision, code: str = "", reason: str = "") -> Opinion:
        usage = sum((reply.usage for reply in replies), Usage())
        return Opinion(decision, samples, scores, agreement, usage, code, reason)

    if 2 * len(read) <= len(samples):
        problem = next((reply.problem for reply in replies if isinstance(reply, Malformed)), "none was asked")
        missing = f"{len(samples) - len(read)} of {len(samples)} opinions could not be read: {problem}"
        return opinion(Decision.ABSTAIN, "judge_unreadable", missing)
    if agreement is not None and agreement < bounds.agreement:
        split = f"{sum(kept)} of {len(read)} opinions keep it: self-agreement {agreement:.2f}"
        return opinion(Decision.ABSTAIN, "judge_unsure", f"{split} < {bounds.agreement:g}")
    # Not by the medians alone: three samples that each find another score low have no low median.
    if 2 * sum(kept) > len(read):
        return opinion(Decision.ACCEPT)
    low = [f"{name} {score:g} < {bounds.minimum}" for name, score in scores.items() if score < bounds.minimum]
    each = f"{len(read) - sum(kept)} of {len(read)} opinions have a score < {bounds.minimum}"
    return opinion(Decision.REJECT, "judged_low", ", ".join(low) or each)


def _agreement(kept: Sequence[bool]) -> float | None:
    pairs = list(combinations(kept, 2))
    return sum(first == second for first, second in pairs) / len(pairs) if pairs else None
