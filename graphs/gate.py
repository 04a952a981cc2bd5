"""Novelty gate: a node that lets pass what is not known yet."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from ..agents import Context, State, bench_of, refuse
from ..agents.state import Near
from ..records import Neighbour


async def novelty_gate(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Refuse a proposal whose problem is known, by exact ROUGE-L."""
    bench = await bench_of(runtime)
    slot, text = state.get("slot", 0), state["proposal"].problem
    novelty = await bench.services.memory.look(slot, text)
    if not novelty.is_new:
        return refuse(
            state,
            stage="novelty_gate",
            code="not_new",
            reason=novelty.reason,
            candidate=state["proposal"],
        )
    near = Near()
    if k := bench.context.neighbours:
        found = bench.services.memory.similar(slot, text, k=k)
        near = Near(
            similar=tuple(Neighbour(id=match.id, score=match.score) for match in found.nearest),
            mean=found.mean,
        )
    return {"near": near, "refusal": None}
