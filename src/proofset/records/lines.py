"""Files of JSON objects, one a line, as people write them: the reader that all commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

MAX_LINE_BYTES = 8 * 1024 * 1024


class RawLine(NamedTuple):
    """A line that is not blank, with its line end; the first one is 1."""

    number: int
    raw: bytes


class BadLine(NamedTuple):
    """A line that cannot be read, and why."""

    number: int
    reason: str


def raw_lines(file: BinaryIO) -> Iterator[RawLine | BadLine]:
    """The lines of a file in order, blank ones left out; one longer than 8 MiB is passed over in pieces."""
    number = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(MAX_LINE_BYTES)
            yield BadLine(number, f"longer than {MAX_LINE_BYTES // 2**20} MiB")
        elif raw.strip():
            yield RawLine(number, raw)


def text_of(line: RawLine) -> str | BadLine:
    """A line as text; a byte-order mark at the start of the file is no part of it."""
    try:
        return line.raw.decode("utf-8-sig" if line.number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        return BadLine(line.number, f"no UTF-8 at byte {error.start}")


def object_of(
    line: RawLine, *, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None
) -> dict[str, Any] | BadLine:
    """The JSON object that a line holds. Never raises for what it holds.

    `pairs` makes each object of its keys and values, and raises RefusedError for those that it refuses.
    """
    text = text_of(line)
    if isinstance(text, BadLine):
        return text
    try:
        value = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        return BadLine(line.number, f"no JSON: {error.msg} at character {error.pos + 1}")
    except RefusedError as error:
        return BadLine(line.number, str(error))
    except (ValueError, RecursionError):
        return BadLine(line.number, "no JSON that can be read: a number too long, or nested too deep")
    if not isinstance(value, dict):
        return BadLine(line.number, f"a JSON {type(value).__name__} where an object belongs")
    return value


class RefusedError(ValueError):
    """An object that JSON allows and we do not; the message says why."""


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of these pairs. Raises RefusedError for a key that stands twice: which counts is a guess."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise RefusedError(f"key {twice!r:.60} stands twice")
    return found
