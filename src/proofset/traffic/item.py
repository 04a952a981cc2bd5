"""TrafficItem: one exchange of production traffic, scrubbed: what a person asked, and what was answered."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..records import Message, digest

Source = Literal["openai", "langsmith", "langfuse", "jsonl"]
"""Which kind of log a row is from."""


class TrafficItem(BaseModel):
    """An exchange, as it entered a directory of traffic. No text of it was ever written unscrubbed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^traffic-[0-9a-f]{16}$", description="Of the scrubbed texts alone.")
    system: str = Field(default="", description="System and developer turns, a blank line between two.")
    history: tuple[Message, ...] = Field(
        default=(), description="Turns of user and assistant before the last user turn, without tool calls."
    )
    instruction: str = Field(description="The last user turn.")
    output: str = Field(description="What the assistant answered to it.")
    model: str | None = Field(default=None, description="As the log names it.")
    source: Source
    file: str = Field(description="The log, as it was named.")
    line: int = Field(ge=1, description="Of the log; of a JSON list, which of its items. The first is 1.")
    time: str | None = Field(default=None, description="ISO 8601 in UTC, where the log tells it.")
    stratum: str = Field(default="", description="By which it was sampled; empty where nothing was asked.")
    scrubbed: dict[str, int] = Field(
        default_factory=dict,
        description="Kind of personal data or secret to the values of it that placeholders stand for.",
    )


def item_id(system: str, history: tuple[Message, ...], instruction: str, output: str) -> str:
    """`traffic-` and 16 hex digits: the same texts have the same id, whichever file they come from."""
    turns = [[turn.role, turn.content] for turn in history]
    return f"traffic-{digest('traffic', system, turns, instruction, output).hex()[:16]}"
