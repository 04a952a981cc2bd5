"""The two ends of a slot: commit what was verified, discard what was not."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from ..agents import Bench, Context, Proposal, Solution, State, attempt_of, bench_of
from ..agents.prompts import load_prompt
from ..agents.state import Near
from ..records import Lineage, Message, Record, Usage, record_id

METHOD = "verified_math"


async def commit(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Make the record and settle the slot with it; returns when the ledger has it."""
    bench = await bench_of(runtime)
    record = math_record(state, bench)
    settlement = await bench.services.memory.settle(
        record.lineage.slot, record, state.get("rejections", []), attempts=record.lineage.attempt
    )
    kept = settlement.value == "kept"
    return {"record": record if kept else None, "settlement": settlement.value}


async def discard(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Settle the slot without a record: its rejections say why."""
    bench = await bench_of(runtime)
    rejections = state.get("rejections", [])
    settlement = await bench.services.memory.settle(
        state.get("slot", 0), None, rejections, attempts=len(rejections)
    )
    return {"record": None, "settlement": settlement.value}


def math_record(state: State, bench: Bench) -> Record:
    """The record of a verified proposal: the problem, and the reasoning that the checks agree with."""
    proposal, verdict = state["proposal"], state["verdict"]
    seed, slot, attempt = state.get("seed", 0), state.get("slot", 0), attempt_of(state)
    output = worked_answer(proposal, state["solutions"])
    near = state.get("nearest", Near())
    return Record(
        id=record_id(METHOD, seed, slot, attempt, f"{proposal.problem}\n{output}"),
        method=METHOD,
        instruction=proposal.problem,
        output=output,
        messages=(
            Message(role="user", content=proposal.problem),
            Message(role="assistant", content=output),
        ),
        answer=proposal.answer,
        lineage=Lineage(
            seed=seed,
            slot=slot,
            attempt=attempt,
            exemplars=proposal.exemplars,
            operators=proposal.operators,
            topic=proposal.topic,
            models={role: bench.services.models.spec(role) for role in ("proposer", "solver")},
            prompts=prompt_hashes(bench.context),
            nearest=near.id,
            nearest_rouge_l=near.rouge_l,
        ),
        verdict=verdict,
        scores=state.get("scores", {}),
        cost=state.get("usage", Usage()),
    )


def worked_answer(proposal: Proposal, solutions: tuple[Solution, ...]) -> str:
    """The first reasoning, with the final answer on a line of its own."""
    reasoning = next((s.reasoning.strip() for s in solutions if s.reasoning.strip()), "")
    final = f"Answer: {proposal.answer.value}"
    return f"{reasoning}\n\n{final}" if reasoning else final


def prompt_hashes(context: Context) -> dict[str, str]:
    names = ["propose_math", "solve_math_program", "solve_math_reasoning"]
    names += ["evolve_math"] if context.evolve_rounds else []
    return {name: load_prompt(name).sha256 for name in names}
