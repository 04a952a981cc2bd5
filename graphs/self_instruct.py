"""Self-Instruct (arXiv 2212.10560): new instructions from a growing pool, with responses.

pool ─▶ proposer ─▶ novelty_gate ─▶ classifier ─▶ solver ─▶ verifier ─▶ judge ─▶ commit ─▶ pool
 6 + 2     │ list,      │ ROUGE-L         │ labels?   │ instances  │ form, sums, │ ≥ 3
           │ filters    │ > 0.7           │           │ filters    │ code, facts │
           └────────────┴── may try again?  ◀──────────┴────────────┴─────────────┘
                                  │ no
                               discard
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from ..agents import Context, Judge, State, Verifier
from ..agents.instances import Classifier, InstanceWriter
from ..agents.instruction_task import INSTRUCTIONS
from ..agents.judging import TEXT_KINDS, instance_example
from ..agents.proposing import ListProposer
from ..agents.verify_instruction import PROMPTS, verify_instances
from .form import Input, begins, for_studio
from .gate import novelty_gate
from .made import instruction_record
from .routing import passes_to
from .settle import Commit, discard

TASK = INSTRUCTIONS


def build(
    *,
    proposer: Any = None,
    classifier: Any = None,
    solver: Any = None,
    verifier: Any = None,
    judge: Any = None,
) -> StateGraph[State, Context, Input, State]:
    """The uncompiled graph; give any LangGraph node in place of a role."""
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("proposer", proposer or ListProposer(TASK))
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node("classifier", classifier or Classifier())
    graph.add_node("solver", solver or InstanceWriter())
    graph.add_node("verifier", verifier or Verifier(verify=verify_instances, prompts=PROMPTS))
    graph.add_node(
        "judge",
        judge or Judge(example=instance_example, canary_kinds=TEXT_KINDS, minimum=TASK.judge_minimum),
    )
    graph.add_node("commit", Commit(instruction_record(TASK.method)))
    graph.add_node("discard", discard)

    again = ["proposer", "discard"]
    graph.add_conditional_edges(START, begins, ["proposer"])
    for node, then in (
        ("proposer", "novelty_gate"),
        ("novelty_gate", "classifier"),
        ("classifier", "solver"),
        ("solver", "verifier"),
        ("verifier", "judge"),
        ("judge", "commit"),
    ):
        graph.add_conditional_edges(node, passes_to(then), [then, *again])
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph


graph = for_studio(build(), "self_instruct")
