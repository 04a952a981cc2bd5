"""Triage: where in the review queue an answer stands, by what the judge said of it.

uncertain: near the bound, a split judge, a canary kept, nothing readable ─▶ queue 1, people first
else below the floor                                                     ─▶ refuse: judged_low
else below the minimum: bad, and fixable                                  ─▶ queue 2, with a draft if wanted
else                                                                     ─▶ queue 3: sure
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langgraph.runtime import Runtime

from ...records import Evidence, Verdict
from ..context import Context, bench_of
from ..flywheel_task import PRODUCTION
from ..judging.hearing import CHECK
from ..settings import Settings
from ..state import Finding, State, Version, refuse

NOBODY, UNCERTAIN, FIXABLE, SURE = range(4)
"""Places in the review queue."""
REVISE = "revise"
"""The operator of a draft that a reviser wrote."""


class Standing(NamedTuple):
    """What a judge's opinion means for the queue.

    Attributes:
        queue: 1 uncertain, 2 fixable, 3 sure; 0 for what is not to be shown to anybody.
        uncertainty: 0 to 1.
        score: the judge's; None where it said nothing that could be read.
        fault: in the judge's words; empty where it finds none.
    """

    queue: int
    uncertainty: float
    score: float | None
    fault: str


def standing_of(opinion: Evidence | None, settings: Settings) -> Standing:
    """Where an answer stands. Without an opinion nobody is certain of anything."""
    observed: Mapping[str, Any] = opinion.observed if opinion else {}
    scores = [float(one) for one in (observed.get("scores") or {}).values()]
    score = min(scores) if scores else None
    uncertainty = _uncertainty(observed, score, settings.production_minimum)
    fault = _fault(observed.get("samples") or ())
    queue = SURE
    if uncertainty >= settings.uncertain_from or score is None:
        queue = UNCERTAIN
    elif score < settings.production_floor:
        queue = NOBODY
    elif score < settings.production_minimum:
        queue = FIXABLE
    return Standing(queue, round(uncertainty, 3), score, fault)


def _uncertainty(observed: Mapping[str, Any], score: float | None, minimum: float) -> float:
    """The greatest of four: a canary kept, samples unread, samples at odds, a score near the bound."""
    canary, samples = observed.get("canary") or {}, observed.get("samples") or ()
    if score is None or canary.get("outcome") == "passed":
        return 1.0
    agreement = observed.get("self_agreement")
    unread = float(observed.get("unreadable", 0)) / max(len(samples), 1)
    at_odds = 0.0 if agreement is None else 1 - float(agreement)
    return max(unread, at_odds, 1 - abs(score - minimum), 0.0)


def _fault(samples: Any) -> str:
    """What the sample that meets the fewest demands says."""
    read = [sample for sample in samples if isinstance(sample, Mapping) and sample.get("fault")]
    if not read:
        return ""
    worst = min(read, key=lambda sample: sum(value is True for value in sample.values()))
    return str(worst["fault"])


def fault_in(evidence: Sequence[Evidence]) -> str:
    """What the judge finds wrong, in its words; empty where it finds nothing, or was not asked."""
    opinion = _opinion_in(evidence)
    return _fault(opinion.observed.get("samples") or ()) if opinion else ""


def _opinion_in(evidence: Sequence[Evidence]) -> Evidence | None:
    return next((one for one in reversed(evidence) if one.check == CHECK), None)


async def triage(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Give the answer its place in the queue, or turn it down."""
    bench = await bench_of(runtime)
    settings, verdict = bench.context, state["verdict"]
    standing = standing_of(_opinion_in(verdict.evidence), settings)
    if standing.queue == NOBODY:
        reason = f"production {standing.score:g} < {settings.production_floor:g}: {standing.fault}"
        rejected = Verdict.reject("judged_low", reason, verdict.evidence)
        return refuse(
            state,
            stage="triage",
            code=rejected.code,
            reason=reason,
            candidate=state["proposal"],
            verdict=rejected,
        )
    wanted = standing.queue == FIXABLE and settings.draft_revisions and standing.fault
    finding = Finding(principle=REVISE, critique=standing.fault, quote="") if wanted else None
    basis = state.get("models", {}).get(PRODUCTION, "none")
    version = Version(text=state["instances"][0].output, basis=basis, evidence=verdict.evidence)
    scores = state.get("scores", {}) | {"uncertainty": standing.uncertainty, "queue": float(standing.queue)}
    return {"scores": scores, "finding": finding, "versions": (version,), "refusal": None}
