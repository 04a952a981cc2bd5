"""The last step before a record: what people are shown, and in Studio their decision.

in a run    ─▶ the record waits in the queue of `proofset review`, best asked first
in Studio   ─▶ `review: interrupt` stops and asks, in the form that LangGraph's inboxes know (HumanInterrupt)

accept ─▶ grade human · edit ─▶ grade human, and a pair · response ─▶ turned down · ignore ─▶ to the queue
"""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from ...records import Trace, Verdict
from ..context import Context, bench_of
from ..flywheel_task import dialogue_of
from ..reviews import Decision, ask_in_studio
from ..state import Instance, State, refuse
from .triage import fault_in

ACTION = "review_answer"
_ASKS = (
    "May a model learn from this answer? Accept it, edit it, or respond with why not; ignore leaves it to "
    "the review queue."
)


async def review(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """The answer, or the draft in its place; and what a person says of it, where one is asked."""
    shown = _shown(state)
    bench = await bench_of(runtime)
    if bench.context.review != "interrupt":
        return {**shown, "refusal": None}
    said = ask_in_studio(ACTION, _args(state, shown), _ASKS)
    decided = _decided(said.type, said.args)
    if decided.decision == "reject":
        reason = decided.reason.strip() or "a person turned it down"
        return refuse(
            state,
            stage="review",
            code="turned_down",
            reason=reason,
            candidate=state["proposal"],
            verdict=Verdict.reject("turned_down", reason, shown["verdict"].evidence),
            **{name: value for name, value in shown.items() if name != "verdict"},
        )
    return {**shown, "decision": decided, "refusal": None}


def _shown(state: State) -> dict[str, Any]:
    """Instances, verdict and traces: with a draft that is the output, and the answer is the draft's first."""
    first, *drafts = state["versions"]
    if not drafts:
        return {"traces": (), "verdict": state["verdict"]}
    draft = drafts[-1]
    verdict = Verdict.accept([*first.evidence, *draft.evidence])
    low = f"production {state['scores'].get('production', 0):g}: the judge finds a fault in it"
    return {
        "instances": (Instance(input="", output=draft.text),),
        "verdict": verdict,
        "traces": (
            Trace(output=draft.text, basis=draft.basis, verdict=verdict),
            Trace(
                output=first.text,
                basis=first.basis,
                verdict=Verdict.reject("judged_low", low, first.evidence),
            ),
        ),
    }


def _args(state: State, shown: dict[str, Any]) -> dict[str, Any]:
    proposal, first = state["proposal"], state["versions"][0]
    output = shown["instances"][0].output if "instances" in shown else first.text
    return {
        "instruction": dialogue_of(state),
        "output": output,
        "answered": first.text,
        "critique": fault_in(first.evidence),
        "scores": state.get("scores", {}),
        "source": proposal.source.model_dump(mode="json") if proposal.source else None,
    }


def _decided(kind: str, args: Any) -> Decision:
    match kind:
        case "accept":
            return Decision(decision="accept")
        case "edit":
            return Decision(decision="edit", edited=(args or {}).get("args", {}).get("output", ""))
        case "ignore":
            return Decision()
    return Decision(decision="reject", reason=args if isinstance(args, str) else "")
