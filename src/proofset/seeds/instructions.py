"""Seed instructions, built-in or the user's own: JSONL in the form of Self-Instruct, one task per line.

{"id": "…", "topic": "…", "instruction": "…", "is_classification": false,
 "instances": [{"input": "…", "output": "…"}, …]}

A line may also be one example, as in data sets for fine-tuning: {"instruction": …, "input": …, "output": …}.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .reading import Row, Text, read_rows

CLASSIFICATION = "classification"
DEFAULT_TOPIC = "general"


class SeedInstance(BaseModel):
    """One input, which may be empty, and the output wanted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    input: str = ""
    output: Text


class SeedInstruction(Row):
    """One task that a person wrote."""

    numbered: ClassVar[bool] = True

    topic: Text = DEFAULT_TOPIC
    instruction: Annotated[Text, Field(max_length=8000, description="a shorter instruction")]
    instances: Annotated[tuple[SeedInstance, ...], Field(min_length=1, description="an instance")]
    is_classification: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_example(cls, row: Any) -> Any:
        if isinstance(row, dict) and "instances" not in row and "output" in row:
            one = {name: row[name] for name in ("input", "output") if row.get(name) is not None}
            return {**row, "instances": [one]}
        return row

    @property
    def problem(self) -> str:
        """What is asked, as novelty compares it."""
        return self.instruction


def load_seed_instructions(path: Path | None = None) -> tuple[SeedInstruction, ...]:
    """The tasks of a JSONL file in the file's order; of the built-in file when no path is given.

    Blank lines and unknown fields are passed over; a line without an id is called by its number.

    Raises:
        UsageError: the file cannot be read, is empty, or a line is wrong; names file, line and mend.
    """
    return read_rows(path, SeedInstruction, built_in="instructions.jsonl", things="instructions")
