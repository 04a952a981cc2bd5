"""Reader of a file that is one JSON list, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ...records.json_lists import ListItem, list_items
from ...records.lines import BadLine, RefusedError
from .row import BadRow, Row


def read_json_list(file: BinaryIO) -> Iterator[Row | BadRow]:
    """Items that are objects, or texts. What follows an item that is no JSON cannot be read; this is said."""
    end = 0
    for item in list_items(file):
        if isinstance(item, BadLine):
            yield BadRow(item.number, item.reason, end)
        else:
            end = item.end
            yield _row(item)


def _row(item: ListItem) -> Row | BadRow:
    number, value, raw, end = item
    if isinstance(value, RefusedError):
        return BadRow(number, str(value), end)
    if not isinstance(value, dict | str):
        return BadRow(number, f"a JSON {type(value).__name__} where an object or a text belongs", end)
    try:
        # Line ends stand between tokens only, where a space means the same.
        line = raw.replace("\r", " ").replace("\n", " ").encode() + b"\n"
    except UnicodeEncodeError:
        return BadRow(number, "no UTF-8", end)
    if isinstance(value, str):
        return Row(number, {"text": value}, None, end)
    return Row(number, value, line, end)
