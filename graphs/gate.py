"""Novelty gate: a node that lets pass what is not known yet, and in no evaluation set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langgraph.runtime import Runtime

from ..agents import Bench, Context, State, bench_of, contaminated, refuse
from ..agents.state import Near
from ..agents.telling import tell_gate
from ..records import Neighbour, Verdict

GATE = "novelty_gate"


async def novelty_gate(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Refuse a proposal whose problem is known, by exact ROUGE-L; then one that is contaminated."""
    bench = await bench_of(runtime)
    slot, text = state.get("slot", 0), state["proposal"].problem
    novelty = await bench.services.memory.look(slot, text, parent=state["proposal"].parent)
    claim = "nothing that is known says it already"
    tell_gate(runtime, state, GATE, kind="novelty", claim=claim, reason=novelty.reason)
    if not novelty.is_new:
        return refuse(
            state,
            stage=GATE,
            code="not_new",
            reason=novelty.reason,
            candidate=state["proposal"],
        )
    content = state["proposal"].content
    refusal = refuse_contaminated(state, runtime, bench, content, node=GATE, stage="decontamination")
    return refusal or {"near": await _near(bench, slot, text), "refusal": None}


async def _near(bench: Bench, slot: int, text: str) -> Near:
    if not (k := bench.context.neighbours):
        return Near()
    found = await bench.services.memory.similar(slot, text, k=k)
    similar = tuple(Neighbour(id=match.id, score=match.score) for match in found.nearest)
    return Near(similar=similar, mean=found.mean)


def refuse_contaminated(
    state: State,
    runtime: Runtime[Context],
    bench: Bench,
    content: Mapping[str, Any],
    *,
    node: str,
    stage: str,
    verdict: Verdict | None = None,
) -> dict[str, Any]:
    """The refusal of what holds text of an evaluation set; empty where all of its texts are clean."""
    reason = contaminated(bench.services.evaluation, content)
    if bench.services.evaluation is not None:
        claim = "it holds no text of an evaluation set"
        tell_gate(runtime, state, node, kind="contamination", claim=claim, reason=reason)
    if not reason:
        return {}
    shown = state["proposal"]
    return refuse(state, stage=stage, code="contaminated", reason=reason, candidate=shown, verdict=verdict)
