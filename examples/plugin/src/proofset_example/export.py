"""Rows of a question and an answer. Proofset adds each row's `id`, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proofset.records import Record


def rows(record: Record) -> Iterator[dict[str, Any]]:
    """One row for a record that has a typed answer; none for any other."""
    if record.answer is not None:
        yield {"question": record.instruction, "answer": record.answer.value}
