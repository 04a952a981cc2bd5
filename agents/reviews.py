"""Reviews: what a run asks people, and who gives it their decisions."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ReviewItem(BaseModel):
    """What a person is shown. The same text at the same place of a run has the same id."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    slot: int
    round: int
    instruction: str
    response: str
    ancestors: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()


class Decision(BaseModel):
    """What a person decided; empty as long as nobody has."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision: Literal["", "accept", "edit", "reject"] = ""
    edited: str = Field(default="", description="The text in place of the one that was shown.")
    reason: str = ""

    @model_validator(mode="after")
    def _has_its_text(self) -> Self:
        if self.decision == "edit" and not self.edited.strip():
            raise ValueError("an edit needs its text in `edited`")
        return self


STUDIO = "studio"
"""Who decided, where LangGraph Studio does not say."""


class Said(NamedTuple):
    """What a person said in Studio: a HumanResponse. `args` is a text, or for an edit an action request."""

    type: str
    args: Any


def ask_in_studio(action: str, args: dict[str, Any], description: str) -> Said:
    """Stop the graph and ask a person, in the form of a HumanInterrupt; the node runs again when they answer.

    All four answers are allowed: accept, edit (the args with another text in them), response and ignore.
    """
    # Here: who serves or reads reviews needs no graph.
    from langgraph.types import interrupt

    allowed = ("allow_accept", "allow_edit", "allow_respond", "allow_ignore")
    asked = {
        "action_request": {"action": action, "args": args},
        "config": dict.fromkeys(allowed, True),
        "description": description,
    }
    answer = interrupt([asked])
    said = answer[0] if isinstance(answer, list) else answer
    return Said(str(said.get("type")), said.get("args"))


class Reviews(Protocol):
    """Who knows what people decided."""

    async def decided(self, item: ReviewItem) -> dict[str, Any]:
        """The decision on an item. Raises ReviewPendingError where there is none yet."""
        ...
