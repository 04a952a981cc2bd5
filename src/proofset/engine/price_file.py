"""The user's own table of prices, beneath those of a config: one file for all runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import UsageError
from ..models.prices import Price, price_file
from .config_file import open_config_file

_TABLE = TypeAdapter(dict[str, Price])


def with_user_prices(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a run, with the table's prices for what they give none. A replay keeps the recorded ones.

    Raises UsageError for a file that is no table of prices.
    """
    path = price_file()
    if values.get("replay") or not path.is_file():
        return dict(values)
    table = open_config_file(path, table=True).values
    try:
        _TABLE.validate_python(table)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{path}: {place}: {first['msg']}; write NAME: {{input: …, output: …}}, in USD per million tokens"
        ) from error
    return {**values, "prices": {**table, **values.get("prices", {})}}
