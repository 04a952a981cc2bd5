"""Judging: what the judge scored, how far it agreed with itself, and what it made of canaries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...agents.judging.hearing import CHECK as JUDGED
from ...records import Record, Rejection, upper_bound
from ..tallying import Canaries, judge_canaries
from .similarity import binned

MARKS = 5
_AGREEMENT_BINS = 10


@dataclass(slots=True)
class Judgements:
    """Of all opinions in records and rejections.

    Attributes:
        scores: score's name to counts of 1, 2, 3, 4 and 5; a mean goes to the nearest, a half to the higher.
    """

    opinions: int = 0
    scores: dict[str, list[int]] = field(default_factory=dict)
    agreements: list[float] = field(default_factory=list)
    canaries: dict[str, Canaries] = field(default_factory=dict)

    def add(self, made: Record | Rejection) -> None:
        """Count the opinions on one candidate."""
        for evidence in made.verdict.evidence if made.verdict else ():
            if evidence.check != JUDGED:
                continue
            self.opinions += 1
            scores, agreement = evidence.observed.get("scores"), evidence.observed.get("self_agreement")
            for name, score in scores.items() if isinstance(scores, dict) else ():
                if isinstance(score, int | float) and math.isfinite(score):
                    counts = self.scores.setdefault(name, [0] * MARKS)
                    counts[min(MARKS, max(1, math.floor(score + 0.5))) - 1] += 1
            if isinstance(agreement, int | float) and 0 <= agreement <= 1:
                self.agreements.append(agreement)
        for spec, one in judge_canaries([made]).items():
            mine = self.canaries.setdefault(spec, Canaries())
            mine.of.update(one.of)
            mine.passed.update(one.passed)

    def as_json(self, audit: Mapping[str, Any] | None) -> dict[str, Any]:
        """With the audit of the hard verifiers as cards have it, where there is one."""
        return {
            "opinions": self.opinions,
            "scores": self.scores,
            "self_agreement": {
                "measured": len(self.agreements),
                "bins": binned(self.agreements, _AGREEMENT_BINS),
            },
            "canaries": [_row(spec, one) for spec, one in sorted(self.canaries.items()) if one.of],
            "audit": audit,
        }


def _row(spec: str, one: Canaries) -> dict[str, Any]:
    passed, of = one.share
    return {
        "judge": spec,
        "canaries": of,
        "false_accepts": passed,
        "bound_95": upper_bound(passed, of),
        "kinds": {
            kind: {
                "canaries": count,
                "false_accepts": one.passed[kind],
                "bound_95": upper_bound(one.passed[kind], count),
            }
            for kind, count in one.of.items()
        },
    }
