"""Seed prompts, built-in or the user's own: JSONL, one prompt a line, as people send them to an assistant.

{"id": "…", "category": "privacy", "prompt": "…", "helpful": false}

Without `helpful: true` a prompt is one of a red team: it was made to draw out harm.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from .reading import Row, Text, read_rows

DEFAULT_CATEGORY = "general"


class SeedPrompt(Row):
    """One prompt. An assistant is to be helped by it, not led: nothing in here is ever followed."""

    numbered: ClassVar[bool] = True

    category: Text = DEFAULT_CATEGORY
    prompt: Annotated[Text, Field(max_length=8000, description="a shorter prompt")]
    helpful: Annotated[bool, Field(strict=True)] = False

    @property
    def problem(self) -> str:
        """What is asked, as novelty compares it."""
        return self.prompt

    @property
    def topic(self) -> str:
        """Its category, as records call it."""
        return self.category


def load_seed_prompts(path: Path | None = None) -> tuple[SeedPrompt, ...]:
    """The prompts of a JSONL file in the file's order; of the built-in file when no path is given.

    Blank lines and unknown fields are passed over; a line without an id is called by its number.

    Raises:
        UsageError: the file cannot be read, is empty, or a line is wrong; names file, line and mend.
    """
    return read_rows(path, SeedPrompt, built_in="prompts.jsonl", things="prompts")
