"""Instruction backtranslation (Humpback, arXiv 2308.06259): for texts of people, the instruction they answer.

segment ─▶ proposer ─▶ critic ─▶ novelty_gate ─▶ (tester) ─▶ solver ─▶ verifier ─▶ judge ─▶ commit
a text,       ▲ the      │ rules       │            │ functions  │          │         │ 1–5    ▲
or discard    │ backward │             │ known      └─ only      │          │         │        │
              │ model    └─────────────┴─────────────────────────┴──────────┴─────────┘        │
              │                        │ turned down                      kept: once more      │
              └──────────────────  iteration: what was kept by now is shown  ───▶ judge        │
                                       │ no more: discard                   nothing kept yet ──┘
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from ..agents import Context, State, Tester, Verifier
from ..agents import backtranslating as back
from ..agents.backtranslation_task import BACKTRANSLATION
from .form import Input, begins_with, for_studio
from .gate import novelty_gate
from .made import backtranslated_record
from .routing import curated, iterates, needs_tests, passes_to, rewritten_or_rescored
from .settle import Commit, discard

TASK = BACKTRANSLATION


def build(
    *,
    proposer: Any = None,
    critic: Any = None,
    tester: Any = None,
    solver: Any = None,
    verifier: Any = None,
    judge: Any = None,
) -> StateGraph[State, Context, Input, State]:
    """The uncompiled graph; give any LangGraph node in place of a role."""
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("segment", back.take_segment)
    graph.add_node("proposer", proposer or back.Backtranslator())
    graph.add_node("critic", critic or back.BackwardsCritic())
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node("tester", tester or Tester())
    graph.add_node("solver", solver or back.Resolver())
    graph.add_node("verifier", verifier or Verifier(verify=back.verify_backtranslated))
    graph.add_node("judge", judge or back.curator())
    graph.add_node("iteration", back.Iteration())
    graph.add_node("commit", Commit(backtranslated_record))
    graph.add_node("discard", discard)

    taken = passes_to("proposer", otherwise="discard")
    graph.add_conditional_edges(START, begins_with("segment"), ["segment"])
    graph.add_conditional_edges("segment", taken, ["proposer", "discard"])
    for node, route, then in (
        ("proposer", iterates("critic"), ["critic"]),
        ("critic", iterates("novelty_gate"), ["novelty_gate"]),
        ("novelty_gate", needs_tests("solver"), ["tester", "solver"]),
        ("tester", iterates("solver"), ["solver"]),
        ("solver", iterates("verifier"), ["verifier"]),
        ("verifier", curated("judge"), ["judge", "commit"]),
        ("judge", iterates("commit", once_more=True), ["commit"]),
    ):
        graph.add_conditional_edges(node, route, [*then, "iteration", "discard"])
    graph.add_conditional_edges("iteration", rewritten_or_rescored, ["proposer", "judge", "commit"])
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph


graph = for_studio(build(), "backtranslation")
