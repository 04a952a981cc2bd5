"""The two ends of a slot: commit what was verified, discard what was not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..agents import Context, State, attempt_of, bench_of, texts_of
from ..agents.state import Near
from ..records import Decision, Lineage, Message, Record, Risk, Trace, Usage, record_id
from .gate import refuse_contaminated


@dataclass(frozen=True, slots=True)
class Commit:
    """A node that makes the record and settles the slot with it; it returns when the ledger has it.

    A record with text of an evaluation set, in its solutions too, is not kept.
    """

    record: Callable[[State], Record]

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        record = self.record(state)
        texts, verdict = texts_of(record), record.verdict
        refused = refuse_contaminated(
            state, runtime, bench, texts, node="commit", stage="commit", verdict=verdict
        )
        settlement = await bench.services.memory.settle(
            record.lineage.slot,
            None if refused else record,
            [*state.get("rejections", []), *refused.get("rejections", [])],
            attempts=record.lineage.attempt,
        )
        kept = settlement.value == "kept"
        return {**refused, "record": record if kept else None, "settlement": settlement.value}


async def discard(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Settle the slot without a record: its rejections say why."""
    bench = await bench_of(runtime)
    rejections = state.get("rejections", [])
    settlement = await bench.services.memory.settle(
        state.get("slot", 0), None, rejections, attempts=len(rejections)
    )
    return {"record": None, "settlement": settlement.value}


def record_of(
    state: State,
    method: str,
    instruction: str,
    output: str,
    *,
    input: str = "",
    prompt: str = "",
    system: str = "",
    history: tuple[Message, ...] = (),
    risk: Risk = Risk.VERIFIED,
    **more: Any,
) -> Record:
    """The record of what the state holds, as every method fills it; `more` are fields of its own.

    `prompt` is the user's turn, where it is more than the instruction; `system` and `history` come before it.
    """
    seed, slot, attempt = state.get("seed", 0), state.get("slot", 0), attempt_of(state)
    wrong = next((trace for trace in wrong_traces(state) if trace.input == input), None)
    return Record(
        id=record_id(method, seed, slot, attempt, "\n".join(filter(None, (instruction, input, output)))),
        method=method,
        instruction=instruction,
        input=input,
        output=output,
        chosen=output if wrong else None,
        rejected=wrong.output if wrong else None,
        messages=(
            *((Message(role="system", content=system),) if system else ()),
            *history,
            Message(role="user", content=prompt or instruction),
            Message(role="assistant", content=output),
        ),
        traces=state.get("traces", ()),
        lineage=lineage_of(state),
        risk=risk,
        verdict=state["verdict"],
        scores=state.get("scores", {}),
        cost=state.get("usage", Usage()),
        **more,
    )


def wrong_traces(state: State) -> list[Trace]:
    """Solutions that a check has refuted; one that could not be decided is none of them."""
    return [trace for trace in state.get("traces", ()) if trace.verdict.decision is Decision.REJECT]


def lineage_of(state: State) -> Lineage:
    """Where the record comes from: the proposal's origin, and every model and prompt that had a say."""
    proposal, near = state["proposal"], state.get("near", Near())
    return Lineage(
        seed=state.get("seed", 0),
        slot=state.get("slot", 0),
        attempt=attempt_of(state),
        **dict(proposal.origin),
        ancestors=proposal.ancestors,
        models=state.get("models", {}),
        prompts=state.get("prompts", {}),
        similar=near.similar,
        mean_similarity=near.mean,
    )
