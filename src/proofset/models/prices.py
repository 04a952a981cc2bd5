"""What tokens cost. A price that is not known stays unknown: it is never taken for free."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from .spec import ModelSpec


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0, description="USD per million input tokens.")
    output: float = Field(ge=0, description="USD per million output tokens.")


FREE = Price(input=0, output=0)


def price_of(spec: ModelSpec, prices: Mapping[str, Price]) -> Price | None:
    """The price of a model: the user's table first, by spec or by name; local and scripted are free."""
    listed = prices.get(str(spec)) or prices.get(spec.name)
    if listed is not None:
        return listed
    return None if spec.provider == "openai" else FREE


def cost_usd(price: Price | None, *, input_tokens: int, output_tokens: int) -> float | None:
    """Cost of one call in US dollars, or None where the price is not known."""
    if price is None:
        return None
    return (input_tokens * price.input + output_tokens * price.output) / 1_000_000
