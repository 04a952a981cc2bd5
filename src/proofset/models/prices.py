"""What tokens cost. A price that is not known stays unknown: it is never taken for free."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_FREE_PROVIDERS = ("local", "scripted")


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0, description="USD per million input tokens.")
    output: float = Field(ge=0, description="USD per million output tokens.")


FREE = Price(input=0, output=0)


def price_of(spec: str, prices: Mapping[str, Price]) -> Price | None:
    """The price of a model: the user's table first, by spec or by name; local and scripted are free."""
    provider, _, name = spec.partition(":")
    listed = prices.get(spec) or prices.get(name)
    if listed is not None:
        return listed
    return FREE if provider in _FREE_PROVIDERS else None


def cost_usd(price: Price | None, *, input_tokens: int, output_tokens: int) -> float | None:
    """Cost in US dollars, or None where the price is not known."""
    if price is None:
        return None
    return (input_tokens * price.input + output_tokens * price.output) / 1_000_000


def price_file() -> Path:
    """The user's own table, on Linux `~/.config/proofset/prices.yaml`; it need not be there."""
    import platformdirs

    return platformdirs.user_config_path("proofset") / "prices.yaml"
