"""The user's evaluation sets: what their items ask, and where each text stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ...errors import UsageError
from ..rows import BadRow, Missing, Source, Text, open_source, question_texts, texts_at

_TOLD = 3


class EvaluationItem(NamedTuple):
    """One item of an evaluation set: its texts, and the row that they are in."""

    file: str
    row: int
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class EvaluationSets:
    """What was read, and what was passed over.

    Attributes:
        counts: file to its number of items.
        unread: lines that say which files or rows were left out, and why.
        bad_rows: how many rows could not be read, or ask nothing.
    """

    items: tuple[EvaluationItem, ...]
    counts: dict[str, int]
    unread: tuple[str, ...] = ()
    bad_rows: int = 0


def read_evaluation_sets(paths: Sequence[str | Path], fields: Sequence[str] = ()) -> EvaluationSets:
    """The items of these files and directories, in order.

    Args:
        fields: which texts of a row count, as dotted paths; without them what the row asks, by the search
            order of `proofset.memory.rows.texts`.

    Raises:
        UsageError: a path cannot be read, or holds no item.
    """
    items: list[EvaluationItem] = []
    counts: dict[str, int] = {}
    unread: list[str] = []
    bad_rows = 0
    for path in paths:
        source = open_source(Path(path), splits="evaluation")
        before = len(items)
        unread += [f"{skipped.path} is not read: {skipped.why}" for skipped in source.skipped]
        bad = _read(source, fields, items, counts)
        bad_rows += len(bad)
        unread += bad[:_TOLD] + (
            [f"{path}: {len(bad) - _TOLD} more rows are left out"] if len(bad) > _TOLD else []
        )
        if len(items) == before:
            why = f"; {bad[0]}" if bad else ""
            raise UsageError(f"{path}: holds no evaluation item{why}")
    return EvaluationSets(tuple(items), counts, tuple(unread), bad_rows)


def _read(
    source: Source, fields: Sequence[str], items: list[EvaluationItem], counts: dict[str, int]
) -> list[str]:
    bad: list[str] = []
    for file, row in source.rows():
        name = str(file.path)
        counts.setdefault(name, 0)
        texts = row if isinstance(row, BadRow) else _texts(row.value, fields)
        if isinstance(texts, BadRow | Missing):
            bad.append(f"{name} {file.unit} {row.number} is left out: {texts.reason}")
            continue
        counts[name] += 1
        items.append(EvaluationItem(name, row.number, texts))
    return bad


def _texts(value: object, fields: Sequence[str]) -> tuple[Text, ...] | Missing:
    assert isinstance(value, dict)
    return texts_at(value, fields) if fields else question_texts(value)
