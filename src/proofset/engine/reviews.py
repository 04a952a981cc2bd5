"""Reviews of a run: what waits for people in DIR/review.jsonl, what they decided in DIR/decisions.jsonl.

    an item without a decision ─▶ its slot stays open ─▶ review.jsonl ─▶ a person fills in `decision`
    resume ─▶ decisions are taken in, durably ─▶ the slot goes on from its journal

Decisions are part of what makes a run what it is: a replay reads those of the recorded run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..agents.reviews import Decision, ReviewItem
from ..errors import ReviewPendingError, UsageError
from .rundir import write_texts

REVIEW = "review.jsonl"
DECISIONS = "decisions.jsonl"


class ReviewRow(ReviewItem, Decision):
    """A line of review.jsonl: an item, and what a person fills in."""


class RunReviews:
    """The reviews of one run.

    Raises UsageError for a line of either file that cannot be read; names file, line and mend.
    """

    def __init__(self, out: Path, replay: Path | None = None) -> None:
        self._out = out
        self._pending: dict[str, ReviewItem] = {}
        self._decided: dict[str, ReviewRow] = {}
        for path in filter(None, (replay, out)):
            self._decided |= {row.id: row for row in _rows(path / DECISIONS)}
        new = [row for row in _rows(out / REVIEW) if row.decision and row.id not in self._decided]
        if new:
            with (out / DECISIONS).open("a", encoding="utf-8") as file:
                file.writelines(row.model_dump_json() + "\n" for row in new)
                file.flush()
                os.fsync(file.fileno())
            self._decided |= {row.id: row for row in new}

    async def decided(self, item: ReviewItem) -> dict[str, Any]:
        """See `Reviews`."""
        row = self._decided.get(item.id)
        if row is None:
            self._pending[item.id] = item
            raise ReviewPendingError(f"slot {item.slot} waits for a person")
        return row.model_dump(mode="json", include=set(Decision.model_fields))

    def write(self) -> Path | None:
        """Write what waits; the path, or None where nothing does."""
        path = self._out / REVIEW
        if not self._pending:
            path.unlink(missing_ok=True)
            return None
        rows = sorted(self._pending.values(), key=lambda item: (item.slot, item.id))
        write_texts(path, (ReviewRow(**item.model_dump()).model_dump_json() + "\n" for item in rows))
        return path


def _rows(path: Path) -> Iterator[ReviewRow]:
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield ReviewRow.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the line"
            raise UsageError(f"{path} line {number}: {field}: {first['msg']}") from error
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path} line {number}: not valid JSON; write one object per line") from error
