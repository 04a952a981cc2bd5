"""A row of a data file, and how far into its file it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Form = Literal["json", "text", "csv", "tsv"]
"""How the bytes of a row are written: what may go into a file of the same form as they stand."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: where it begins: the line in JSONL, text and CSV, else which row it is; the first is 1.
        value: its fields; a text that is no object is the field `text`.
        raw: its bytes, with the line end if it has one; None where it must be written anew.
        end: bytes of the file up to its end, for progress.
    """

    number: int
    value: Mapping[str, Any]
    raw: bytes | None
    end: int


class BadRow(NamedTuple):
    """A row that cannot be read, and why."""

    number: int
    reason: str
    end: int
