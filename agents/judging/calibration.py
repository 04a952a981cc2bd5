"""Calibration: how often a judge errs, on examples whose label is known, and what it makes of canaries."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...models import Call, Model
from ...records import Decision, Rated, Share, kappa, rng
from .canaries import ALL_KINDS, CanaryKind, CanaryOutcome, drawn_canary
from .example import Example
from .hearing import Heard, hear
from .panel import JudgeFn, Panel

AT_ONCE = 8
"""Examples that are judged at the same time."""

_CANARY_SAMPLES = 1000
"""From where on a canary's samples are numbered: beyond those of any example."""


class Labelled(NamedTuple):
    """An example of which somebody knows whether it is good."""

    example: Example
    good: bool


class Cell(NamedTuple):
    """A place in the confusion: the label, and what the judge decided."""

    good: bool
    decision: Decision


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a judge did.

    Attributes:
        confusion: rows by label and decision.
        false_accepts: bad examples kept, of all bad ones.
        false_rejects: good examples not kept, of all good ones; an abstention keeps nothing.
        abstentions: examples without a decision, of all.
        kappa: Cohen's, of the decided rows against their labels; None where it is not defined.
        self_agreement: mean over the examples that had two readable samples or more, 0 to 1; else None.
        unreadable: samples that could not be read, of all.
        canaries: by kind, what became of them.
    """

    confusion: Mapping[Cell, int]
    false_accepts: Share
    false_rejects: Share
    abstentions: Share
    kappa: float | None
    self_agreement: float | None
    unreadable: Share
    canaries: Mapping[CanaryKind, Mapping[CanaryOutcome, int]]

    @property
    def canaries_passed(self) -> Share:
        """Canaries that the judge kept, of all: each is a proof that it does not read."""
        outcomes = [Counter(dict(found)) for found in self.canaries.values()]
        passed = sum(found[CanaryOutcome.PASSED] for found in outcomes)
        return Share(passed, sum(found.total() for found in outcomes))


async def calibrate(
    judge: JudgeFn | Model,
    rows: Sequence[Labelled],
    *,
    canary_share: float = 1.0,
    canary_kinds: Sequence[CanaryKind] = ALL_KINDS,
    seed: int = 0,
    role: str = "judge",
) -> Calibration:
    """Measure a judge: a model, asked once per example as by default, or a `JudgeFn` such as `Panel`.

    Args:
        canary_share: share of the good examples, 0 to 1, of which a canary is made and judged, too.
        canary_kinds: what they may be; `PROGRAM_KINDS` where responses are programs.
        seed: canaries derive from it and from the place of the row.
    """
    asked = Panel(judge, seed=seed) if isinstance(judge, Model) else judge
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, row: Labelled) -> Heard:
        # A bad example makes no canary: what is cut from it, or put right by chance, says nothing new.
        random = rng(seed, number, role, "canary")
        canary = drawn_canary(row.example, canary_share if row.good else 0.0, random, canary_kinds)
        async with turns:
            return await hear(asked, row.example, Call(role, slot=number), canary, after=_CANARY_SAMPLES)

    return calibration_of(rows, await asyncio.gather(*(one(*numbered) for numbered in enumerate(rows))))


def calibration_of(rows: Sequence[Labelled], heard: Sequence[Heard]) -> Calibration:
    """The measure of what was heard on these rows."""
    opinions = [one.opinion for one in heard]
    confusion = Counter(Cell(row.good, opinion.decision) for row, opinion in zip(rows, opinions, strict=True))
    good, bad = (sum(row.good is label for row in rows) for label in (True, False))
    decided = [
        Rated(cell.good, cell.decision is Decision.ACCEPT)
        for cell in confusion.elements()
        if cell.decision is not Decision.ABSTAIN
    ]
    agreements = [opinion.agreement for opinion in opinions if opinion.agreement is not None]
    canaries: dict[CanaryKind, Counter[CanaryOutcome]] = {}
    for one in heard:
        if one.canary is not None and one.outcome is not None:
            canaries.setdefault(one.canary.kind, Counter())[one.outcome] += 1
    return Calibration(
        confusion=confusion,
        false_accepts=Share(confusion[Cell(False, Decision.ACCEPT)], bad),
        false_rejects=Share(good - confusion[Cell(True, Decision.ACCEPT)], good),
        abstentions=Share(sum(opinion.decision is Decision.ABSTAIN for opinion in opinions), len(rows)),
        kappa=kappa(decided),
        self_agreement=sum(agreements) / len(agreements) if agreements else None,
        unreadable=Share(
            sum(opinion.unreadable for opinion in opinions), sum(len(opinion.samples) for opinion in opinions)
        ),
        canaries=canaries,
    )
