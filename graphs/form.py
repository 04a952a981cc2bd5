"""The form that a graph's input is filled in by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, Field


class Input(BaseModel):
    """Which candidate to make. The same slot and seed ask the same questions."""

    slot: int = Field(default=0, ge=0, description="The unit of work: its topic and examples follow from it.")
    seed: int = Field(default=0, ge=0, description="The run's seed.")


def begins_with(node: str) -> Callable[[Input], Awaitable[str]]:
    """The edge to the first node. Taking the form as its state makes LangGraph check it: a wrong slot never
    reaches a model.
    """

    async def route(state: Input) -> str:
        return node

    return route


begins = begins_with("proposer")
