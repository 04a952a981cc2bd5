"""Verified code: functions whose tests and solutions were written apart, and which agree on new inputs.

proposer ─▶ novelty_gate ─▶ (evolver ─▶ novelty_gate)* ─▶ tester ─▶ solver ×k ─▶ verifier ─▶ (judge) ─▶ commit
    ▲            │                                          │          │             │         │
    │            │ known, unreadable or judged low          │ no test  │ unreadable  │ fails   │
    └────────────┴── may try again?  ◀──────────────────────┴──────────┘          critic       │
                           │ no                                                      ▼         │
                        discard                          novelty_gate ◀─────────  reviser      │
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from ..agents import Context, Critic, Evolver, Judge, Proposer, Reviser, Solver, State, Tester, Verifier
from ..agents.code_task import CODE, PLAINLY, STRAIGHT
from ..agents.judging import PROGRAM_KINDS, code_example
from ..agents.verify_code import verify_code
from ..models import Sampling
from .form import Input, begins, for_studio
from .gate import novelty_gate
from .made import code_record
from .routing import holds, judged, needs_evolving, passes_to
from .settle import Commit, discard

_SOLVING = Sampling(temperature=0.8, max_tokens=700)
"""Warm, so that solutions differ: copies of one program are one witness."""

TASK = CODE


def build(
    *,
    proposer: Any = None,
    evolver: Any = None,
    tester: Any = None,
    solver: Any = None,
    verifier: Any = None,
    critic: Any = None,
    reviser: Any = None,
    judge: Any = None,
) -> StateGraph[State, Context, Input, State]:
    """The uncompiled graph; give any LangGraph node in place of a role."""
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("proposer", proposer or Proposer(TASK, prompt="propose_code", operators="code_operators"))
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node("evolver", evolver or Evolver(TASK, prompt="evolve_code", operators="code_evolutions"))
    graph.add_node("tester", tester or Tester())
    graph.add_node("solver", solver or Solver(styles=(STRAIGHT, PLAINLY), samples=4, sampling=_SOLVING))
    graph.add_node("verifier", verifier or Verifier(verify=verify_code))
    graph.add_node("critic", critic or Critic(prompt="critique_code"))
    graph.add_node("reviser", reviser or Reviser(TASK, prompt="revise_code"))
    graph.add_node("judge", judge or Judge(example=code_example, canary_kinds=PROGRAM_KINDS))
    graph.add_node("commit", Commit(code_record))
    graph.add_node("discard", discard)

    again, proved = ["proposer", "discard"], ["judge", "commit"]
    then = judged(own=judge is not None)
    graph.add_conditional_edges(START, begins, ["proposer"])
    graph.add_conditional_edges("proposer", passes_to("novelty_gate"), ["novelty_gate", *again])
    graph.add_conditional_edges("novelty_gate", needs_evolving("tester"), ["evolver", "tester", *again])
    graph.add_conditional_edges("evolver", passes_to("novelty_gate"), ["novelty_gate", *again])
    graph.add_conditional_edges("tester", passes_to("solver"), ["solver", *again])
    graph.add_conditional_edges("solver", passes_to("verifier"), ["verifier", *again])
    graph.add_conditional_edges("verifier", holds(then), [*proved, "critic", "discard"])
    graph.add_conditional_edges("critic", passes_to("reviser"), ["reviser", *again])
    graph.add_conditional_edges("reviser", passes_to("novelty_gate"), ["novelty_gate", *again])
    graph.add_conditional_edges("judge", passes_to("commit"), ["commit", *again])
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph


graph = for_studio(build(), "verified_code")
