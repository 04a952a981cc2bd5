"""The flywheel: what people asked a model in production goes into a queue that people review.

intake ─▶ filter ─▶ (perplexity) ─▶ novelty_gate ─▶ judge ─▶ triage ─▶ (reviser ─▶ compare) ─▶ review
an item    │ length,      │ noise       │ known, or in  │ an     │ queue 1–3,  │ a draft   │ in    │ a person
           │ language,    │             │ an evaluation │ opinion│ or below    │ where bad │ both  │ in Studio
           │ safety       │             │ set           │        │ the floor               orders  ▼
           └──────────────┴─────────────┴───────────────┴────────┴── discard ◀── turned down ◀─── commit
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from ..agents import Context, State
from ..agents import production as made
from ..agents.flywheel_task import FLYWHEEL
from .form import Input, begins_with, for_studio
from .gate import novelty_gate
from .made import exchange_record
from .routing import drafted, passes_to
from .settle import Commit, discard

TASK = FLYWHEEL


def build(
    *, scorer: Any = None, judge: Any = None, reviser: Any = None
) -> StateGraph[State, Context, Input, State]:
    """The uncompiled graph; give any LangGraph node in place of a role."""
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("intake", made.take_exchange)
    graph.add_node("filter", made.ExchangeFilter())
    graph.add_node("perplexity", scorer or made.Scorer())
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node("judge", judge or made.production_judge())
    graph.add_node("triage", made.triage)
    graph.add_node("reviser", reviser or made.Drafter())
    graph.add_node("compare", made.DraftComparison())
    graph.add_node("review", made.review)
    graph.add_node("commit", Commit(exchange_record))
    graph.add_node("discard", discard)

    graph.add_conditional_edges(START, begins_with("intake"), ["intake"])
    graph.add_edge("intake", "filter")
    for node, then in (
        ("filter", "perplexity"),
        ("perplexity", "novelty_gate"),
        ("novelty_gate", "judge"),
        ("judge", "triage"),
        ("review", "commit"),
    ):
        graph.add_conditional_edges(node, passes_to(then, otherwise="discard"), [then, "discard"])
    graph.add_conditional_edges("triage", drafted, ["reviser", "review", "discard"])
    # A draft that does not hold is told and left out: the answer itself is shown.
    graph.add_conditional_edges("reviser", passes_to("compare", otherwise="review"), ["compare", "review"])
    graph.add_edge("compare", "review")
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph


graph = for_studio(build(), "flywheel")
