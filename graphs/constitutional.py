"""Constitutional AI (arXiv 2212.08073): responses criticised and revised by principles, then compared.

proposer ─▶ novelty_gate ─▶ solver ─▶ critic ─▶ reviser     verifier ─▶ judge ─▶ commit
red team       │            the first  ▲ │ a principle │       ▲ │ rules,  │ last against
or helpful     │            response   │ │ each round  │       │ │ checks  │ first, both orders
   ▲           │                │      └─┴── rounds ◀──┘───────┘ │         │
   │           │                │        left? (≤ 4, or clean    │         │
   │           │                │        twice on end)           │         │
   └───────────┴─ may try again? ◀───────────────────────────────┴─────────┘
                      │ no
                   discard
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from ..agents import Context, State, Verifier
from ..agents.constitution import (
    Comparison,
    ConstitutionCritic,
    ConstitutionReviser,
    PromptProposer,
    verify_revised,
)
from ..agents.constitution_task import CONSTITUTIONAL
from ..agents.evolving import Responder
from ..agents.verify_instruction import FACTS
from .form import Input, begins, for_studio
from .gate import novelty_gate
from .made import revised_record
from .routing import criticised, passes_to
from .settle import Commit, discard

TASK = CONSTITUTIONAL


def build(
    *,
    proposer: Any = None,
    solver: Any = None,
    critic: Any = None,
    reviser: Any = None,
    verifier: Any = None,
    judge: Any = None,
) -> StateGraph[State, Context, Input, State]:
    """The uncompiled graph; give any LangGraph node in place of a role."""
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("proposer", proposer or PromptProposer())
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node("solver", solver or Responder())
    graph.add_node("critic", critic or ConstitutionCritic())
    graph.add_node("reviser", reviser or ConstitutionReviser())
    graph.add_node("verifier", verifier or Verifier(verify=verify_revised, prompts=(FACTS,)))
    graph.add_node("judge", judge or Comparison())
    graph.add_node("commit", Commit(revised_record))
    graph.add_node("discard", discard)

    again = ["proposer", "discard"]
    graph.add_conditional_edges(START, begins, ["proposer"])
    for node, then in (("proposer", "novelty_gate"), ("novelty_gate", "solver"), ("solver", "critic")):
        graph.add_conditional_edges(node, passes_to(then), [then, *again])
    for node in ("critic", "reviser"):
        graph.add_conditional_edges(node, criticised, ["critic", "reviser", "verifier", "discard"])
    for node, then in (("verifier", "judge"), ("judge", "commit")):
        graph.add_conditional_edges(node, passes_to(then), [then, *again])
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph


graph = for_studio(build(), "constitutional")
