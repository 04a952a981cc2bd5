"""The texts of data files, as the watch compares them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..memory.rows import BadRow, Missing, open_source, question_texts, texts_at


def texts_in(path: Path, fields: Sequence[str], told: Callable[[str], None]) -> list[str]:
    """One text per row: what it asks, or the named fields together.

    Args:
        told: gets a line for each row that is left out, and why.

    Raises:
        UsageError: the file cannot be read.
    """
    found: list[str] = []
    for file, row in open_source(path).rows():
        if isinstance(row, BadRow):
            told(f"{file.path} {file.unit} {row.number}: {row.reason}; it is left out")
            continue
        texts = texts_at(row.value, fields) if fields else question_texts(row.value)
        if isinstance(texts, Missing):
            told(f"{file.path} {file.unit} {row.number}: {texts.reason}; it is left out")
        else:
            found.append("\n".join(text.text for text in texts))
    return found
