"""Budgets: what a run may pay for in all. No call begins once one of them is used up.

journal has the answer ──▶ it costs nothing
          │ no
          ▼
something left of every limit? ──no──▶ BudgetSpentError: the slot is left open, the run ends cleanly
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..errors import BudgetSpentError, UsageError
from ..memory import Ledger
from ..memory.ledger import JournalRow, ModelTokens, spent
from ..models.prices import Price, price_file, price_of
from ..records import Usage
from .costs import usage_of


class Budget(BaseModel):
    """Limits over the whole run, resumed or not. None is no limit.

    A limit of calls is never passed. Tokens and dollars are known when a call has ended: those that are then
    in flight, as many as the run's `concurrency` at most, come on top.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int | None = Field(default=None, ge=0, description="Calls that are paid for.")
    tokens: int | None = Field(default=None, ge=0, description="Tokens, in and out together.")
    usd: float | None = Field(default=None, ge=0, description="US dollars; every model must have a price.")


class Accounts:
    """The journal of a run, with its budget before it.

    Args:
        ledger: where answers are; what it holds already was paid for.
        prices: by spec or model name.
    """

    def __init__(self, ledger: Ledger, budget: Budget, prices: Mapping[str, Price]) -> None:
        self._ledger = ledger
        self._budget = budget
        self._prices = prices
        self._spent = self.usage()
        self._begun = self._spent.calls

    def usage(self) -> Usage:
        """All that was ever paid for in this run."""
        total = Usage()
        for taken in spent(self._ledger):
            total += usage_of(taken, self._prices)
        return total

    async def journal_get(self, key: str) -> JournalRow | None:
        return await self._ledger.journal_get(key)

    async def journal_put(self, row: dict[str, Any]) -> None:
        await self._ledger.journal_put(row)
        taken = ModelTokens(row["spec"], 1, row["input_tokens"], row["output_tokens"])
        self._spent += usage_of(taken, self._prices)

    def begin(self) -> None:
        """A call begins. Raises BudgetSpentError where none may."""
        budget, spent = self._budget, self._spent
        tokens = spent.input_tokens + spent.output_tokens
        for limit, used, what in (
            (budget.calls, self._begun, "calls"),
            (budget.tokens, tokens, "tokens"),
            (budget.usd, spent.usd or 0.0, "USD"),
        ):
            if limit is not None and used >= limit:
                raise BudgetSpentError(f"the budget of {limit:g} {what} is used up")
        self._begun += 1


def check_budget(budget: Budget, models: Mapping[str, str], prices: Mapping[str, Price]) -> None:
    """Raises UsageError for a limit in dollars where a model has no price."""
    if budget.usd is None:
        return
    for spec in models.values():
        if price_of(spec, prices) is None:
            raise UsageError(
                f"a budget in USD needs the price of {spec}, in USD per million tokens: write "
                f"{spec.partition(':')[2]}: {{input: …, output: …}} under `prices` in the config, or in "
                f"{price_file()}"
            )
