"""A person looks at a line of evolution every few rounds: lets it go on, mends it, or ends it.

in a run    ─▶ decided already? ──no──▶ the slot waits, and with it what depends on it; a resume goes on
in Studio   ─▶ an interrupt, in the form that LangGraph's inboxes know (HumanInterrupt)

accept ─▶ on with the line · edit ─▶ the new text is answered and checked · reject ─▶ another parent
"""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from ...records import HUMAN_EDIT, text_sha256
from ..context import Context, bench_of
from ..reviews import Decision, ReviewItem, ask_in_studio
from ..state import InstructionProposal, State, attempt_of, refuse

_ASKS = "Would people still ask this? Accept it, edit it, or say why it shall end."


async def checkpoint(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask a person about what survived so far."""
    bench = await bench_of(runtime)
    survivor = state["survivor"]
    old, item = survivor.proposal, _item(state)
    reviews = bench.services.reviews
    told = _ask_in_studio(item) if reviews is None else await reviews.decided(item)
    decided = Decision.model_validate(told)
    seen = {"looked_at": old.problem, "refusal": None}
    if decided.decision == "reject":
        reason = decided.reason.strip() or "a person turned it down"
        return refuse(state, stage="checkpoint", code="turned_down", reason=reason, candidate=old)
    if decided.decision == "accept":
        return seen
    text = decided.edited.strip()
    new = old.before(InstructionProposal(problem=text, **dict(old.after(HUMAN_EDIT))))
    return {"proposal": new, "instances": (), "looked_at": text, "refusal": None}


def _item(state: State) -> ReviewItem:
    survivor, round_ = state["survivor"], state.get("evolutions", 0)
    proposal, slot, attempt = survivor.proposal, state.get("slot", 0), attempt_of(state)
    return ReviewItem(
        id=f"{slot}.{attempt}.{round_}-{text_sha256(proposal.problem)[:8]}",
        slot=slot,
        round=round_,
        instruction=proposal.problem,
        response=survivor.instances[0].output,
        ancestors=proposal.ancestors,
        operators=proposal.operators,
    )


def _ask_in_studio(item: ReviewItem) -> dict[str, Any]:
    said = ask_in_studio("review_instruction", item.model_dump(mode="json"), _ASKS)
    match said.type:
        case "accept":
            return {"decision": "accept"}
        case "edit":
            return {"decision": "edit", "edited": (said.args or {}).get("args", {}).get("instruction", "")}
    return {"decision": "reject", "reason": said.args if isinstance(said.args, str) else ""}
