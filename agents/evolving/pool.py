"""The pool of one line of evolution: what survived goes on, and a failed evolution gives its parent back."""

from __future__ import annotations

from typing import Any

from ...records import Risk
from ..instruction_task import instruction_proposal
from ..state import State, Survivor


async def pool(state: State) -> dict[str, Any]:
    """Take in what survived the round; else put its parent, with the response that it had, in its place."""
    if state.get("refusal") is None:
        survivor = Survivor(
            proposal=instruction_proposal(state),
            instances=state["instances"],
            traces=state.get("traces", ()),
            verdict=state["verdict"],
            risk=state.get("risk", Risk.UNVERIFIED_FACTUAL),
            asked_as=state.get("asked_as", ""),
        )
        return {"survivor": survivor}
    parent = state["survivor"]
    # The line goes on: why this round failed stands among the rejections.
    return {**{name: getattr(parent, name) for name in Survivor.model_fields}, "refusal": None}
