"""Sampling by hash: which conversations are looked at, the same on every run and in any order of files.

A conversation's draw is a number from 0 to 1 of (salt, conversation) alone. It is taken where its draw is
below the rate; and, of each stratum, the so many conversations with the lowest draws are taken in any case,
all where there are fewer. A higher rate or number takes what a lower one takes, and more.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ..errors import UsageError
from .exchange import Exchange

UNNAMED = "(none)"
"""The stratum of what has no such field."""
MOST_NAME = 200
"""Characters of a name that are kept."""
MOST_STRATA = 10_000
_STRATIFY = re.compile(r"(?:model|source|tag:.+)?\Z")


class SamplingPlan(BaseModel):
    """How traffic is sampled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: float = Field(default=0.01, ge=0, le=1, description="Share of the conversations.")
    salt: str = Field(default="", description="Another salt draws other conversations.")
    stratify: str = Field(
        default="",
        description="`model`, `source` or `tag:NAME`: rows are told apart by it; empty: not at all.",
    )
    at_least: int = Field(
        default=0, ge=0, le=1_000_000, description="Conversations of each stratum, if it has so many."
    )

    @field_validator("stratify")
    @classmethod
    def _known(cls, value: str) -> str:
        if not _STRATIFY.match(value):
            raise ValueError("give model, source or tag:NAME")
        return value

    @property
    def two_passes(self) -> bool:
        """Whether all is read once before anything is taken."""
        return bool(self.stratify) and self.at_least > 0 and self.rate < 1


def stratum_of(exchange: Exchange, plan: SamplingPlan) -> str:
    """Which stratum an exchange is in; empty where nothing is asked."""
    if not plan.stratify:
        return ""
    facts, (kind, _, name) = exchange.facts, plan.stratify.partition(":")
    found = facts.tag(name) if kind == "tag" else facts.model if kind == "model" else facts.source
    return found[:MOST_NAME] if found else UNNAMED


def draw(conversation: str, salt: str) -> int:
    """A number from 0 to 2**64 - 1, even over conversations."""
    data = f"{len(salt)}:{salt}{conversation}".encode()
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())


class Sampler:
    """Says which conversations are taken.

    Args:
        lowest: stratum to the draw up to which, and with which, its conversations are taken in any case.
    """

    def __init__(self, plan: SamplingPlan, lowest: dict[str, int] | None = None) -> None:
        self._plan = plan
        self._below = int(plan.rate * 2**64)
        self._lowest = lowest or {}

    def takes(self, conversation: str, stratum: str) -> bool:
        drawn = draw(conversation, self._plan.salt)
        return drawn < self._below or drawn <= self._lowest.get(stratum, -1)


def lowest_draws(seen: Iterable[tuple[str, str]], plan: SamplingPlan) -> dict[str, int]:
    """For each stratum the draw of its last conversation that is taken in any case.

    Args:
        seen: (conversation, stratum) of each row, in any order.

    Raises UsageError where there are more strata than may be held.
    """
    kept: dict[str, list[int]] = {}
    members: dict[str, set[int]] = {}
    for conversation, stratum in seen:
        drawn = draw(conversation, plan.salt)
        if stratum not in kept and len(kept) == MOST_STRATA:
            raise UsageError(
                f"--stratify {plan.stratify}: more than {MOST_STRATA:,} values; stratify by what has few"
            )
        heap, inside = kept.setdefault(stratum, []), members.setdefault(stratum, set())
        if drawn in inside:
            continue
        if len(heap) < plan.at_least:
            heapq.heappush(heap, -drawn)
            inside.add(drawn)
        elif drawn < -heap[0]:
            inside.discard(-heapq.heapreplace(heap, -drawn))
            inside.add(drawn)
    return {stratum: -heap[0] for stratum, heap in kept.items() if heap}
