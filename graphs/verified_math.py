"""Verified math: problems whose answers were computed, solved again independently, and compared.

proposer ─▶ novelty_gate ─▶ (evolver ─▶ novelty_gate)* ─▶ solver ×k ─▶ verifier ─▶ (judge) ─▶ commit
    ▲            │                                          ▲          │    │       │
    │            │ known, unreadable or judged low          └ rephraser ┘    │       │
    │            │                                     other numbers, words │       │
    └────────────┴── may try again?  ◀───────────────────── critic ◀────────┘ fails │
                           │ no                                ▼                    │
                        discard        novelty_gate ◀───── reviser                  │
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from ..agents import Context, Critic, Evolver, Judge, Proposer, Rephraser, Reviser, Solver, State, Verifier
from ..agents.math_task import MATH
from .form import Input, begins, for_studio
from .gate import novelty_gate
from .made import math_record
from .routing import has_variants, holds_or_rephrased, judged, needs_evolving, passes_to
from .settle import Commit, discard

TASK = MATH


def build(
    *,
    proposer: Any = None,
    evolver: Any = None,
    solver: Any = None,
    verifier: Any = None,
    rephraser: Any = None,
    critic: Any = None,
    reviser: Any = None,
    judge: Any = None,
) -> StateGraph[State, Context, Input, State]:
    """The uncompiled graph; give any LangGraph node in place of a role."""
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("proposer", proposer or Proposer())
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node("evolver", evolver or Evolver())
    graph.add_node("solver", solver or Solver())
    graph.add_node("verifier", verifier or Verifier())
    graph.add_node("rephraser", rephraser or Rephraser())
    graph.add_node("critic", critic or Critic())
    graph.add_node("reviser", reviser or Reviser())
    graph.add_node("judge", judge or Judge())
    graph.add_node("commit", Commit(math_record))
    graph.add_node("discard", discard)

    again, proved = ["proposer", "discard"], ["judge", "commit"]
    then = judged(own=judge is not None)
    graph.add_conditional_edges(START, begins, ["proposer"])
    graph.add_conditional_edges("proposer", passes_to("novelty_gate"), ["novelty_gate", *again])
    graph.add_conditional_edges("novelty_gate", needs_evolving("solver"), ["evolver", "solver", *again])
    graph.add_conditional_edges("evolver", passes_to("novelty_gate"), ["novelty_gate", *again])
    graph.add_conditional_edges("solver", passes_to("verifier"), ["verifier", *again])
    graph.add_conditional_edges(
        "verifier", holds_or_rephrased(then), ["rephraser", *proved, "critic", "discard"]
    )
    graph.add_conditional_edges("rephraser", has_variants(then), ["solver", *proved])
    graph.add_conditional_edges("critic", passes_to("reviser"), ["reviser", *again])
    graph.add_conditional_edges("reviser", passes_to("novelty_gate"), ["novelty_gate", *again])
    graph.add_conditional_edges("judge", passes_to("commit"), ["commit", *again])
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph


graph = for_studio(build(), "verified_math")
