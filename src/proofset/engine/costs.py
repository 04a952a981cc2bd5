"""Costs: calls as the journal has them, with their price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..models.prices import Price, cost_usd, price_of
from ..records import Usage


class Taken(Protocol):
    """Calls to one model and their tokens."""

    @property
    def spec(self) -> str: ...
    @property
    def calls(self) -> int: ...
    @property
    def input_tokens(self) -> int: ...
    @property
    def output_tokens(self) -> int: ...


def usd_per_kept(usage: Usage, kept: int) -> float | None:
    """US dollars per kept record; None where a price is unknown or nothing is kept."""
    return usage.usd / kept if kept and usage.usd is not None else None


def usage_of(taken: Taken, prices: Mapping[str, Price]) -> Usage:
    """What these calls took, in US dollars too where the model's price is known."""
    tokens = {"input_tokens": taken.input_tokens, "output_tokens": taken.output_tokens}
    usd = cost_usd(price_of(taken.spec, prices), **tokens)
    return Usage(calls=taken.calls, usd=usd, **tokens)
