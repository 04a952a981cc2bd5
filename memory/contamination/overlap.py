"""What a text shares with an evaluation item."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["whole_text", "ngram", "masked_numbers", "semantic"]
"""A whole evaluation text · n shared words or more · a problem with other numbers · close in meaning only."""

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Overlap:
    """Why a text is contaminated.

    Attributes:
        words: the shared span as it stands in the text; the whole text where only the meaning is close.
        start: of the span, in characters of the text; `end` is not included.
        eval_file: file of the evaluation item.
        eval_row: line, or number of the row, in that file; the first is 1.
        eval_field: dotted path of the field.
        eval_start: of the span, in characters of that field.
        tokens: how many tokens are shared; 0 for `semantic`.
        score: cosine for `semantic`, else 1.
        numbers_differ: whether the two texts hold other numbers.
    """

    kind: Kind
    words: str
    start: int
    end: int
    eval_file: str
    eval_row: int
    eval_field: str
    eval_start: int
    eval_end: int
    tokens: int
    score: float
    numbers_differ: bool

    @property
    def reason(self) -> str:
        """One sentence with the span and the item."""
        where = f"{self.eval_file}:{self.eval_row} ({self.eval_field})"
        words = self.words if len(self.words) <= _SHOWN else f"{self.words[:_SHOWN]}…"
        numbers = ", with other numbers" if self.numbers_differ else ""
        if self.kind == "semantic":
            return f"cosine {self.score:.3f} to {where}{numbers}"
        if self.kind == "whole_text":
            return f"holds all of {where}: {words!r}"
        also = ", with other numbers" if self.kind == "masked_numbers" else ""
        return f"shares {self.tokens} tokens with {where}{also}: {words!r}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
