"""What traffic is let in: the numbers and lists that its filters go by."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ..records import digest


class Drop(NamedTuple):
    """Why an exchange is left out.

    Attributes:
        code: for counting.
        reason: one sentence with the values and the bound; never a text of the exchange.
    """

    code: str
    reason: str


class TrafficRules(BaseModel):
    """Bounds of what may enter. The numbers are ours: no paper names any for traffic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_instruction: int = Field(
        default=10,
        ge=1,
        description="Characters of an instruction, at least; a wide one, such as 字, counts as three.",
    )
    most_instruction: int = Field(default=8_000, ge=1, description="Characters of an instruction, at most.")
    least_output: int = Field(default=2, ge=1, description="Characters of an output, at least.")
    most_output: int = Field(default=24_000, ge=1, description="Characters of an output, at most.")
    most_context: int = Field(
        default=48_000, ge=0, description="Characters of system and history together, at most."
    )
    languages: tuple[str, ...] = Field(
        default=(), description="ISO 639-1 codes of the languages that are let in; empty for all."
    )
    sure: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="Confidence with which another language is told, at least; a text of which nothing is "
        "sure is let in.",
    )
    safety: bool = Field(default=True, description="Leave out what the rules of safety name.")
    most_scrubbed: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of an instruction's characters, or an output's, that may be placeholders.",
    )

    @property
    def digest(self) -> str:
        """16 hex digits: other rules have another one."""
        return digest("traffic rules", self.model_dump(mode="json")).hex()[:16]
