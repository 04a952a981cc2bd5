"""Deduplication: exact repeats first, then near-twins, each compared with all that stays.

row ─▶ the same text before? ─▶ a near-twin before? ─▶ kept, and known from now on
             │ exact                  │ rouge-l, rouge-l-unicode or semantic
             └────────────────────────┴──▶ dropped: which row it repeats, score, rule
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ...errors import UsageError
from ..novelty import LexicalIndex
from ..rows import BadRow, DataFile, Missing, Row, open_source, texts_at
from ..rows.filtering import Drop, Listener, dropped_beside, filter_rows, several
from .exact import SeenTexts

if TYPE_CHECKING:
    from ..novelty.semantic import Embedder

_TOLD = 3
FIELD = "instruction"
THRESHOLD = 0.7
"""ROUGE-L F-measure above which a text is a near-twin; 0.7 itself stays. Self-Instruct (arXiv 2212.10560)."""


class Found(Protocol):
    """What an index says of a known text."""

    @property
    def id(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def rule(self) -> str: ...


class Index(Protocol):
    """What near-twins are looked up in."""

    def add(self, item_id: str, text: str, *, position: int) -> None: ...
    def find(self, text: str) -> Found | None: ...


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What became of a file.

    Attributes:
        dropped: rows that repeat another one.
        unreadable: rows that could not be read, or lack the field; they are in neither count.
        reasons: rule to rows dropped by it; `exact` for the same text.
        known: texts of the pools that the rows were compared with.
    """

    rows: int
    kept: int
    dropped: int
    unreadable: int
    reasons: dict[str, int]
    known: int
    out: str
    dropped_file: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {"event": "summary", **asdict(self)}


class _Place(NamedTuple):
    file: str
    row: int


class _Places:
    """Where each known text stands, by its number: twelve bytes a text."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._listed: list[str] = []
        self._files = array("I")
        self._rows = array("q")

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> _Place:
        return _Place(self._listed[self._files[number]], self._rows[number])

    def append(self, file: str, row: int) -> None:
        if file not in self._names:
            self._names[file] = len(self._listed)
            self._listed.append(file)
        self._files.append(self._names[file])
        self._rows.append(row)


class Deduplicator:
    """Remembers texts, and says of a new one which known one it repeats."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._seen = SeenTexts()
        self._places = _Places()

    def __len__(self) -> int:
        return len(self._places)

    def take(self, text: str, file: str, row: int) -> Drop | None:
        """Why a text is not new; None where it is, and it is known from now on."""
        number = len(self._places)
        first = self._seen.first(text, number)
        if first != number:
            return self._drop(first, 1.0, "exact")
        found = self._index.find(text)
        if found is not None:
            return self._drop(int(found.id), found.score, found.rule)
        self._know(number, text, file, row)
        return None

    def know(self, text: str, file: str, row: int) -> None:
        """Make a text known, whatever else is."""
        number = len(self._places)
        if self._seen.first(text, number) == number:
            self._know(number, text, file, row)

    def _know(self, number: int, text: str, file: str, row: int) -> None:
        self._index.add(str(number), text, position=number)
        self._places.append(file, row)

    def _drop(self, number: int, score: float, rule: str) -> Drop:
        place = self._places[number]
        how = "the same text as" if rule == "exact" else f"{rule} {score:.3f} to"
        details = {"repeats_file": place.file, "repeats_row": place.row, "score": score, "rule": rule}
        return Drop(rule, f"{how} {place.file}:{place.row}", details)


def dedup(
    source: str | Path,
    out: str | Path,
    *,
    fields: str | Sequence[str] = (),
    threshold: float | None = None,
    stem: bool = True,
    against: str | Path | Sequence[str | Path] = (),
    semantic: str | Embedder | None = None,
    dropped: str | Path | None = None,
    listener: Listener | None = None,
) -> Deduplicated:
    """Write the first row of every group of near-twins to `out`, unchanged and in order.

    Args:
        source: a data file or directory; see `proofset.memory.rows`.
        fields: the text that is compared: of several fields, their texts, a line each. `instruction` where
            not given, `text` in files of plain text.
        threshold: a row is dropped above it: ROUGE-L F-measure, 0.7 where not given; or cosine, as it was
            calibrated for the embedder where not given.
        stem: compare stems of words, as `rouge_score` does on request.
        against: pools that are known before; their rows are not written.
        semantic: compare by meaning instead: an embedder, or a spec such as `wordllama`.
        dropped: where repeats are told; beside `out` where not given.

    Raises:
        UsageError: a file cannot be read or written, or the threshold is no share.
    """
    started = time.monotonic()
    if threshold is not None and not 0 < threshold <= 1:
        raise UsageError(f"threshold = {threshold}: give a number above 0 and up to 1, such as {THRESHOLD}")
    fields = [fields] if isinstance(fields, str) else fields
    pools = [Path(pool) for pool in several(against)]
    out_path = Path(out)
    dropped_path = Path(dropped) if dropped is not None else dropped_beside(out_path)
    listener = listener or Listener()
    rows = open_source(Path(source))
    for skipped in rows.skipped:
        listener.notice(f"{skipped.path} is not read: {skipped.why}")
    known = Deduplicator(_index(threshold, semantic, stem=stem))
    for pool in pools:
        _read_pool(known, pool, fields, listener)
    pooled = len(known)

    def judge(batch: Sequence[tuple[DataFile, Row]]) -> list[Drop | Missing | None]:
        rulings: list[Drop | Missing | None] = []
        for file, row in batch:
            text = _text(file, row.value, fields)
            repeated = text if isinstance(text, Missing) else known.take(text, str(file.path), row.number)
            rulings.append(repeated)
        return rulings

    done = filter_rows(rows, out_path, dropped_path, judge, against=pools, listener=listener)
    return Deduplicated(
        rows=done.rows,
        kept=done.kept,
        dropped=done.dropped.total(),
        unreadable=done.unreadable,
        reasons=dict(done.dropped),
        known=pooled,
        out=str(out_path),
        dropped_file=str(dropped_path),
        seconds=round(time.monotonic() - started, 2),
    )


def _index(threshold: float | None, semantic: str | Embedder | None, *, stem: bool) -> Index:
    if semantic is None:
        return LexicalIndex(threshold=THRESHOLD if threshold is None else threshold, stem=stem)
    from .meaning import index_by_meaning

    return index_by_meaning(semantic, threshold)


def _read_pool(known: Deduplicator, pool: Path, fields: Sequence[str], listener: Listener) -> None:
    source, before = open_source(pool), len(known)
    left_out = 0
    for file, row in source.rows():
        text = row if isinstance(row, BadRow) else _text(file, row.value, fields)
        if isinstance(text, str):
            known.know(text, str(file.path), row.number)
            continue
        left_out += 1
        if left_out <= _TOLD:
            listener.notice(f"{file.path} {file.unit} {row.number} is not compared with: {text.reason}")
    if left_out > _TOLD:
        listener.notice(f"{pool}: {left_out - _TOLD} more rows are not compared with")
    if left_out and len(known) == before:
        raise UsageError(f"--against {pool}: no row has the field; name it with --field")


def _text(file: DataFile, value: Mapping[str, Any], fields: Sequence[str]) -> str | Missing:
    texts = texts_at(value, fields or ("text" if file.kind == "text" else FIELD,))
    return texts if isinstance(texts, Missing) else "\n".join(text.text for text in texts)
