"""Gathering: what the page says of each record, in one pass over them.

A row of the table is short and is there for every record. The whole records, with their evidence and lineage,
go into pieces of fifty that the browser reads when one of them is opened; and only so many bytes of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ...records import Record

PIECE = 50
"""Records in a piece."""
MAX_DETAIL_BYTES = 24 << 20
"""Of whole records on one page: a browser reads that in well under a second."""
PREVIEW = 120
"""Characters of an instruction in the table."""

_LEFT_OUT = {"messages", "schema_version"}
"""Said by the other fields already."""


@dataclass(slots=True)
class Gathered:
    """The records of a run, column by column, in the order of its slots.

    Attributes:
        nearest: similarity to the nearest known item, where the record carries it; None where it does not.
        tokens: of all calls of the record's slot.
        pieces: JSON arrays of whole records, fifty in each but the last.
        detailed: how many records are in pieces: the first ones.
    """

    ids: list[str] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    grades: list[str] = field(default_factory=list)
    risks: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)
    instructions: list[str] = field(default_factory=list)
    nearest: list[float | None] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    detailed: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, record: Record) -> None:
        """The columns of one record."""
        lineage = record.lineage
        self.ids.append(record.id)
        self.slots.append(lineage.slot)
        self.grades.append(record.verdict.grade.value if record.verdict.grade else "none")
        self.risks.append(record.risk.value)
        self.topics.append(lineage.topic)
        self.operators.append(", ".join(lineage.operators))
        self.instructions.append(record.instruction)
        self.nearest.append(lineage.similar[0].score if lineage.similar else None)
        self.tokens.append(record.cost.input_tokens + record.cost.output_tokens)

    def table(self) -> dict[str, Any]:
        """The rows of the table, a list a column; `operators` and the like as numbers into their names."""
        return {
            "id": self.ids,
            "slot": self.slots,
            "text": [preview(text) for text in self.instructions],
            "tokens": self.tokens,
            **{
                name: _coded(column)
                for name, column in (
                    ("grade", self.grades),
                    ("risk", self.risks),
                    ("topic", self.topics),
                    ("operators", self.operators),
                )
            },
        }


def gather(records: Iterable[Record], *, max_detail_bytes: int = MAX_DETAIL_BYTES) -> Gathered:
    """Read them once. Whole records are kept up to the first that goes beyond so many bytes."""
    found, piece, left = Gathered(), list[str](), max_detail_bytes
    for record in records:
        found.add(record)
        if left <= 0:
            continue
        text = record.model_dump_json(exclude=_LEFT_OUT, exclude_defaults=True)
        left -= len(text.encode("utf-8", "replace"))
        if left <= 0:
            continue
        piece.append(text)
        found.detailed += 1
        if len(piece) == PIECE:
            found.pieces.append(f"[{','.join(piece)}]")
            piece = []
    if piece:
        found.pieces.append(f"[{','.join(piece)}]")
    return found


def preview(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * PREVIEW].split())
    return line if len(line) <= PREVIEW else f"{line[: PREVIEW - 1]}…"


def _coded(column: list[str]) -> dict[str, Any]:
    names = [name for name, _ in Counter(column).most_common()]
    places = {name: place for place, name in enumerate(names)}
    return {"names": names, "of": [places[name] for name in column]}


def spread(count: int, most: int) -> range | list[int]:
    """Places of at most so many of `count` things, evenly over all of them."""
    return range(count) if count <= most else [place * count // most for place in range(most)]
