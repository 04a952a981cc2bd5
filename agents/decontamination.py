"""Does what a run makes hold text of the user's evaluation sets? Asked of proposals, records and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..records import Record

if TYPE_CHECKING:
    from ..memory.contamination import Decontaminator

_TEXTS = {"instruction", "input", "output", "chosen", "rejected", "answer", "tests", "traces"}


def open_evaluation(paths: Sequence[str]) -> Decontaminator | None:
    """The index of these evaluation sets; None where there are none. Raises UsageError for a bad path."""
    if not paths:
        return None
    from ..memory.contamination import Decontaminator

    return Decontaminator([Path(path) for path in paths])


def contaminated(evaluation: Decontaminator | None, content: Mapping[str, Any]) -> str:
    """Which field of this shares what with which evaluation item; empty where it is clean."""
    if evaluation is None:
        return ""
    from ..memory.rows import all_texts

    texts = all_texts(content)
    overlaps = evaluation.check_many([text.text for text in texts])
    return next((f"{t.field} {hit.reason}" for t, hit in zip(texts, overlaps, strict=True) if hit), "")


def texts_of(record: Record) -> dict[str, Any]:
    """All that a record would teach: its own texts, and the solutions that were tried."""
    content = record.model_dump(mode="json", include=_TEXTS)
    content["traces"] = [trace.output for trace in record.traces]
    return content
