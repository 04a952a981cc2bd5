"""Reviews: what a run asks people, and who gives it their decisions."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict


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


class Reviews(Protocol):
    """Who knows what people decided."""

    async def decided(self, item: ReviewItem) -> dict[str, Any]:
        """The decision on an item. Raises ReviewPendingError where there is none yet."""
        ...
