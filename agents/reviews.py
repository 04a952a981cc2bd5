"""Reviews: what a run asks people, and who gives it their decisions."""

from __future__ import annotations

from typing import Any, Literal, Protocol, Self

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


class Reviews(Protocol):
    """Who knows what people decided."""

    async def decided(self, item: ReviewItem) -> dict[str, Any]:
        """The decision on an item. Raises ReviewPendingError where there is none yet."""
        ...
