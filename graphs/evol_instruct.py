"""Evol-Instruct (arXiv 2304.12244): instructions made harder by rounds; what fails gives its parent back.

proposer ─▶ evolver ─▶ critic ─▶ solver ─▶ verifier ─▶ pool ─▶ novelty_gate ─▶ judge ─▶ commit
a parent       ▲         │ rules     │         │ rules    │           │           │
               │         │ 1, 4      │         │ 2, 3     │           │           │
               │         └───────────┴─────────┴────────▶ │ parent    │           │
               └─── (checkpoint) ◀─── rounds left? ◀──────┘           │           │
                            may try again? ◀──────────────────────────┴───────────┘
                                  │ no
                               discard
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from ..agents import Context, Evolver, Judge, State, Verifier
from ..agents.evolving import EvolutionCritic, Parent, Responder, checkpoint, pool, verify_evolved
from ..agents.instruction_task import EVOLUTIONS, EvolutionsFor
from ..agents.judging import TEXT_KINDS, instance_example
from ..agents.verify_instruction import PROMPTS
from .form import Input, begins, for_studio
from .gate import novelty_gate
from .made import instruction_record
from .routing import evolves_on, passes_to
from .settle import Commit, discard

TASK = EVOLUTIONS


def build(
    *,
    proposer: Any = None,
    evolver: Any = None,
    critic: Any = None,
    solver: Any = None,
    verifier: Any = None,
    judge: Any = None,
) -> StateGraph[State, Context, Input, State]:
    """The uncompiled graph; give any LangGraph node in place of a role."""
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("proposer", proposer or Parent(TASK))
    graph.add_node(
        "evolver", evolver or Evolver(TASK, prompt="evolve_instruction", operators=EvolutionsFor())
    )
    graph.add_node("critic", critic or EvolutionCritic())
    graph.add_node("solver", solver or Responder())
    graph.add_node("verifier", verifier or Verifier(verify=verify_evolved, prompts=PROMPTS))
    graph.add_node("pool", pool)
    graph.add_node("checkpoint", checkpoint)
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node(
        "judge",
        judge or Judge(example=instance_example, canary_kinds=TEXT_KINDS, minimum=TASK.judge_minimum),
    )
    graph.add_node("commit", Commit(instruction_record(TASK.method)))
    graph.add_node("discard", discard)

    again = ["proposer", "discard"]
    graph.add_conditional_edges(START, begins, ["proposer"])
    graph.add_edge("proposer", "evolver")
    for node, then in (("evolver", "critic"), ("critic", "solver"), ("solver", "verifier")):
        graph.add_conditional_edges(node, passes_to(then, otherwise="pool"), [then, "pool"])
    graph.add_edge("verifier", "pool")
    goes_on = evolves_on(TASK.evolve_rounds, then="novelty_gate")
    graph.add_conditional_edges("pool", goes_on, ["evolver", "checkpoint", "novelty_gate", *again])
    graph.add_conditional_edges("checkpoint", goes_on, ["evolver", "solver", "novelty_gate", *again])
    graph.add_conditional_edges("novelty_gate", passes_to("judge"), ["judge", *again])
    graph.add_conditional_edges("judge", passes_to("commit"), ["commit", *again])
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph


graph = for_studio(build(), "evol_instruct")
