"""Graphs that ask what the peers of the benchmark ask, call for call, and nothing else.

State, novelty gate, journal, admission and ledger are those of any run. Nothing is verified: peers do not,
and the verifiers have benchmarks of their own.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from pydantic import BaseModel

from proofset.agents import Context, State, bench_of
from proofset.agents.context import Bench
from proofset.agents.math_task import MATH
from proofset.agents.state import MathProposal, Solution, afresh, attempt_of, refuse
from proofset.graphs.form import Input, begins
from proofset.graphs.gate import novelty_gate
from proofset.graphs.routing import needs_evolving, passes_to
from proofset.graphs.settle import Commit, discard, record_of
from proofset.models import Call, Malformed, Request, Sampling
from proofset.records import Answer, AnswerType, Evidence, EvidenceKind, Message, Outcome, Record, Verdict

sys.path.insert(0, os.environ.get("PEERS", str(Path(__file__).parents[2] / "shared/bench")))

common = import_module("common")  # the peers' own prompts and options
cli, ANSWER, EVOLVE = common.cli, common.ANSWER, common.EVOLVE

_ANSWER = Answer(type=AnswerType.INTEGER, value="0")
ACCEPTED = Verdict.accept(
    [
        Evidence(
            kind=EvidenceKind.EXECUTION,
            check="benchmark",
            claim="nothing is checked",
            outcome=Outcome.PASS,
            basis="benchmark",
        )
    ]
)
_SEEDS = common.seed_prompts(10_000)
_INSTRUCTIONS = common.instructions(10_000)


def seed_prompt(slot: int) -> str:
    """The peers' prompt; past the last of theirs, with the slot's number, so that no two are the same."""
    return _SEEDS[slot] if slot < len(_SEEDS) else f"{_SEEDS[slot % len(_SEEDS)]} ({slot})"


TASK = replace(MATH, method="benchmark")


def made(state: State) -> Record:
    """The record of what was proposed, and of the answer where there is one."""
    answers = [solution.reasoning for solution in state.get("solutions", ())]
    accepted: State = {**state, "verdict": ACCEPTED}
    return record_of(accepted, TASK.method, state["proposal"].problem, answers[0] if answers else "none")


class Pair(BaseModel):
    """What the peers ask for where they ask for JSON."""

    instruction: str
    difficulty: int


def proposal(text: str) -> MathProposal:
    return MathProposal(problem=text, answer=_ANSWER, program="print(0)")


async def asked(bench: Bench, state: State, role: str, text: str, sample: int = 0) -> str:
    """One call, its prompt as it is."""
    model = await bench.services.models.of(role)
    request = Request((Message(role="user", content=text),))
    return (await model.ask(request, Call(role, state.get("slot", 0), attempt_of(state), sample))).text


class Seeded:
    """A proposer: one call a slot."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        return afresh(proposal(await asked(bench, state, "proposer", seed_prompt(state.get("slot", 0)))))


class SeededJson:
    """A proposer: one call a slot, for JSON."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        model = await bench.services.models.of("proposer")
        call = Call("proposer", state.get("slot", 0), attempt_of(state))
        # As every agent: another attempt is another request, and not the answer that is journalled.
        sampling = Sampling(seed=call.attempt)
        request = Request((Message(role="user", content=seed_prompt(call.slot)),), sampling)
        reply = await model.ask_typed(request, call, Pair)
        if isinstance(reply, Malformed):
            return refuse(state, stage="proposer", code="malformed", reason=reply.problem)
        return afresh(proposal(reply.value.instruction))


class Given:
    """A proposer that asks nobody: the instructions are there."""

    async def __call__(self, state: State) -> dict[str, Any]:
        return {**afresh(proposal(_INSTRUCTIONS[state.get("slot", 0)])), "evolutions": 0}


class Evolving:
    """An evolver: one call a round."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench, round_ = await bench_of(runtime), state.get("evolutions", 0)
        text = EVOLVE.format(x=state["proposal"].problem)
        evolved = await asked(bench, state, "evolver", text, round_)
        return {**afresh(proposal(evolved)), "evolutions": round_ + 1}


class Answering:
    """A solver: one call."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        text = await asked(bench, state, "solver", ANSWER.format(x=state["proposal"].problem))
        basis = bench.services.models.spec("solver")
        solution = Solution(style="reasoning", sample=0, basis=basis, reasoning=text)
        return {"solutions": (solution,), "refusal": None}


def build_self_instruct(*, proposer: Any = None) -> StateGraph[State, Context, Input, State]:
    """proposer ─▶ novelty_gate ─▶ commit"""
    graph = _begun(proposer or Seeded())
    graph.add_conditional_edges("novelty_gate", passes_to("commit"), ["proposer", "commit", "discard"])
    return graph


def build_structured() -> StateGraph[State, Context, Input, State]:
    """The same, and every reply is JSON."""
    return build_self_instruct(proposer=SeededJson())


def build_evol() -> StateGraph[State, Context, Input, State]:
    """proposer ─▶ novelty_gate ─▶ (evolver ─▶ novelty_gate)* ─▶ solver ─▶ commit"""
    graph = _begun(Given())
    again = ["proposer", "discard"]
    graph.add_node("evolver", Evolving())
    graph.add_node("solver", Answering())
    graph.add_conditional_edges("novelty_gate", needs_evolving("solver"), ["evolver", "solver", *again])
    graph.add_conditional_edges("evolver", passes_to("novelty_gate"), ["novelty_gate", *again])
    graph.add_conditional_edges("solver", passes_to("commit"), ["commit", *again])
    return graph


def _begun(proposer: Any) -> StateGraph[State, Context, Input, State]:
    graph = StateGraph(State, context_schema=Context, input_schema=Input)
    graph.add_node("proposer", proposer)
    graph.add_node("novelty_gate", novelty_gate)
    graph.add_node("commit", Commit(made))
    graph.add_node("discard", discard)
    graph.add_conditional_edges(START, begins, ["proposer"])
    graph.add_conditional_edges(
        "proposer", passes_to("novelty_gate"), ["novelty_gate", "proposer", "discard"]
    )
    graph.add_edge("commit", END)
    graph.add_edge("discard", END)
    return graph
