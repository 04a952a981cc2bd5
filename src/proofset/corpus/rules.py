"""What a corpus keeps to: bounds of a segment, and how what is left out is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["text", "code"]
"""Prose, or a function in Python."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Bounds of what may be a segment.

    Attributes:
        least, most: characters.
        letters: least share of letters among the characters that are not blank, 0 to 1; not of code.
        capitals: a heading with a greater share of capitals among its letters, 0 to 1, announces no text.
        fields: of a row of JSON, the first of these that is a text is the document.
        licence: of what names none itself.
    """

    least: int = 200
    most: int = 3000
    letters: float = 0.6
    capitals: float = 0.8
    fields: tuple[str, ...] = ("text", "content", "document", "body")
    licence: str = ""


class Left(NamedTuple):
    """A file or a line that is left out.

    Attributes:
        line: the first is 1; 0 where the file as a whole is meant.
        code: for counting.
        reason: what is wrong, and the mend.
    """

    path: str
    line: int
    code: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.path} line {self.line}" if self.line else self.path
        return f"{where}: {self.reason}; it is left out"
