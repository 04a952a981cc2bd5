"""The options of a budget, the same wherever a run begins or goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--budget-calls", type=int, help="Pay for no more model calls than this, resumes included."),
    click.option("--budget-tokens", type=int, help="Begin no call after so many tokens, in and out."),
    click.option("--budget-usd", type=float, help="Begin no call after so many US dollars."),
)


def budget_options(command: F) -> F:
    """Add --budget-calls, --budget-tokens and --budget-usd."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def limits(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that were given, as fields of a Budget."""
    names = {"budget_calls": "calls", "budget_tokens": "tokens", "budget_usd": "usd"}
    return {field: options[name] for name, field in names.items() if options[name] is not None}
