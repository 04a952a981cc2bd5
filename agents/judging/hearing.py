"""Hearing: one example before the judge, blind beside its canary, and the verdict that it comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from pydantic import JsonValue

from ...models import Call, same_family
from ...records import Decision, Evidence, EvidenceKind, Outcome, Usage, Verdict, text_sha256
from .canaries import Canary, CanaryOutcome, outcome_of
from .example import Example
from .opinion import Bounds, Opinion, Scores
from .panel import JudgeFn

CHECK = "judge_opinion"

_OUTCOMES = {
    Decision.ACCEPT: Outcome.PASS,
    Decision.REJECT: Outcome.FAIL,
    Decision.ABSTAIN: Outcome.INCONCLUSIVE,
}


class Heard(NamedTuple):
    """An opinion, and what the judge made of the canary, where there was one."""

    opinion: Opinion
    canary: Canary | None = None
    outcome: CanaryOutcome | None = None
    canary_usage: Usage = Usage()

    @property
    def usage(self) -> Usage:
        return self.opinion.usage + self.canary_usage

    @property
    def void(self) -> bool:
        """Did the judge keep the canary? Then its opinion on the example counts for nothing."""
        return self.outcome is CanaryOutcome.PASSED


class Judged(NamedTuple):
    """Who judged, by what: all that evidence names besides the opinion."""

    spec: str
    generators: Sequence[str]
    prompt: str
    prompt_sha256: str
    bounds: Bounds
    about: str = Scores.about
    examples_sha256: str = ""


async def hear(judge: JudgeFn, example: Example, call: Call, canary: Canary | None, *, after: int) -> Heard:
    """The judge's opinion, and one on the canary, whose samples are numbered from `after`."""
    if canary is None:
        return Heard(await judge(example, call))
    opinion, other = await asyncio.gather(
        judge(example, call), judge(canary.example, replace(call, sample=call.sample + after))
    )
    return Heard(opinion, canary, outcome_of(other.decision), other.usage)


def verdict_after(before: Verdict | None, example: Example, heard: Heard, judged: Judged) -> Verdict:
    """The verdict with the judge's evidence added: what was accepted, or less.

    Without a verdict before it, an acceptance has the grade `judged`. Raises ValueError for one that is not
    accepted: a judge has nothing to say there.
    """
    if before is not None and not before.accepted:
        raise ValueError(f"a verdict of {before.decision.value} is not a judge's to change")
    opinion = heard.opinion
    evidence = [*(before.evidence if before else ()), judge_evidence(example, heard, judged)]
    if heard.void and heard.canary:
        reason = f"the judge keeps a canary of kind {heard.canary.kind.value}: its opinion is void"
        return Verdict.abstain("judge_failed_canary", reason, evidence)
    if opinion.decision is Decision.ACCEPT:
        return Verdict.accept(evidence)
    make = Verdict.reject if opinion.decision is Decision.REJECT else Verdict.abstain
    return make(opinion.code, opinion.reason, evidence)


def judge_evidence(example: Example, heard: Heard, judged: Judged) -> Evidence:
    """The opinion as evidence: soft, so that it lifts no grade. A canary's text is never in it."""
    opinion, bounds = heard.opinion, judged.bounds
    canary: JsonValue = None
    if heard.canary is not None and heard.outcome is not None:
        canary = {"kind": heard.canary.kind.value, "outcome": heard.outcome.value}
    samples: list[JsonValue] = [sample.model_dump() if sample else None for sample in opinion.samples]
    return Evidence(
        kind=EvidenceKind.JUDGE,
        check=CHECK,
        claim=f"the judge scores {judged.about} at least {bounds.minimum}",
        outcome=Outcome.INCONCLUSIVE if heard.void else _OUTCOMES[opinion.decision],
        basis=judged.spec,
        inputs={
            "instruction_sha256": text_sha256(example.instruction),
            "response_sha256": text_sha256(example.response),
            "prompt": judged.prompt,
            "prompt_sha256": judged.prompt_sha256,
            "minimum": bounds.minimum,
            "agreement": bounds.agreement,
            **({"examples_sha256": judged.examples_sha256} if judged.examples_sha256 else {}),
        },
        observed={
            "scores": dict(opinion.scores.items()),
            "samples": samples,
            "unreadable": opinion.unreadable,
            "self_agreement": opinion.agreement,
            "canary": canary,
            "same_family": bool(same_family(judged.spec, judged.generators)),
            "detail": opinion.reason,
        },
    )
