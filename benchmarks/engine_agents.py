"""Agents that make `verified_math` ask what the peers of the benchmark ask, call for call, and nothing else.

The graph, its novelty gate, journal, admission and ledger are those of any run. No program runs: peers verify
nothing, and the sandbox has a benchmark of its own.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from langgraph.runtime import Runtime
from pydantic import BaseModel

from proofset.agents import Context, State, bench_of
from proofset.agents.context import Bench
from proofset.agents.state import MathProposal, Solution, afresh, attempt_of, refuse
from proofset.models import Call, Malformed, Request
from proofset.records import Answer, AnswerType, Evidence, EvidenceKind, Message, Outcome, Trace, Verdict

sys.path.insert(0, os.environ.get("PEERS", str(Path(__file__).parents[2] / "shared/bench")))

common = import_module("common")  # the peers' own prompts and options
cli, ANSWER, EVOLVE = common.cli, common.ANSWER, common.EVOLVE

_ANSWER = Answer(type=AnswerType.INTEGER, value="0")
_ACCEPTED = Verdict.accept(
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
        return afresh(proposal(await asked(bench, state, "proposer", _SEEDS[state.get("slot", 0)])))


class SeededJson:
    """A proposer: one call a slot, for JSON."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        model = await bench.services.models.of("proposer")
        request = Request((Message(role="user", content=_SEEDS[state.get("slot", 0)]),))
        call = Call("proposer", state.get("slot", 0), attempt_of(state))
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
        solution = Solution(style="reasoning", sample=0, basis=bench.services.models.spec("solver"))
        return {"solutions": (solution.model_copy(update={"reasoning": text}),), "refusal": None}


class Silent:
    """A solver that asks nobody."""

    async def __call__(self, state: State) -> dict[str, Any]:
        return {"solutions": (), "refusal": None}


class Trusting:
    """A verifier that accepts all."""

    async def __call__(self, state: State) -> dict[str, Any]:
        traces = tuple(
            Trace(output=solution.reasoning, basis=solution.basis, verdict=_ACCEPTED)
            for solution in state["solutions"]
        )
        return {"verdict": _ACCEPTED, "traces": traces, "rephrased": True, "refusal": None}


SELF_INSTRUCT = {
    "proposer": "engine_agents:Seeded",
    "solver": "engine_agents:Silent",
    "verifier": "engine_agents:Trusting",
}
STRUCTURED = {**SELF_INSTRUCT, "proposer": "engine_agents:SeededJson"}
EVOL = {
    "proposer": "engine_agents:Given",
    "evolver": "engine_agents:Evolving",
    "solver": "engine_agents:Answering",
    "verifier": "engine_agents:Trusting",
}
