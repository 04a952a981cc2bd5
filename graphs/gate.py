"""Novelty gate: a node that lets pass what is not known yet."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from ..agents import Context, State, bench_of, refuse
from ..agents.state import Near


async def novelty_gate(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Refuse a proposal whose problem is known, by exact ROUGE-L."""
    bench = await bench_of(runtime)
    novelty = bench.services.memory.look(state.get("slot", 0), state["proposal"].problem)
    if not novelty.is_new:
        return refuse(
            state,
            stage="novelty_gate",
            code="not_new",
            reason=novelty.reason,
            candidate=state["proposal"],
        )
    return {"nearest": Near(**novelty.nearest._asdict()), "refusal": None}
