"""Decontaminate a data file: rows that hold text of an evaluation set are dropped, the rest stays."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from ..rows import DataFile, Missing, Row, Text, all_texts, open_source, texts_at
from ..rows.filtering import Drop, Listener, dropped_beside, filter_rows, several
from .decontaminator import COMMON, Decontaminator, N
from .items import read_evaluation_sets
from .overlap import Kind, Overlap
from .semantic import THRESHOLD, opened

if TYPE_CHECKING:
    from ..novelty.semantic import Embedder

_STRENGTH = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Decontaminated:
    """What became of a file.

    Attributes:
        dropped: contaminated rows.
        unreadable: rows that could not be read, or lack the field; they are in neither count.
        reasons: kind of overlap to rows dropped for it.
        evaluation_files: file to rows dropped for it; every file that was read is named.
        evaluation_items: how many items they were compared with; rows that could not be read, or that ask
            nothing, are left out and counted apart.
    """

    rows: int
    kept: int
    dropped: int
    unreadable: int
    reasons: dict[str, int]
    evaluation_files: dict[str, int]
    evaluation_items: int
    evaluation_rows_left_out: int
    out: str
    dropped_file: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {"event": "summary", **asdict(self)}


def decontaminate(
    source: str | Path,
    out: str | Path,
    *,
    against: str | Path | Sequence[str | Path],
    dropped: str | Path | None = None,
    fields: str | Sequence[str] = (),
    evaluation_fields: str | Sequence[str] = (),
    n: int = N,
    masked_n: int | None = None,
    common: int = COMMON,
    embedder: Embedder | str | None = None,
    threshold: float = THRESHOLD,
    listener: Listener | None = None,
) -> Decontaminated:
    """Write the rows of `source` that are clean to `out`, unchanged and in order.

    Args:
        source: a data file or directory; see `proofset.memory.rows`.
        against: evaluation sets, files or directories.
        dropped: where contaminated rows are told, with the span; beside `out` where not given.
        fields: texts of a row that are checked, as dotted paths; all of them where not given.
        evaluation_fields: the same of evaluation items; what they ask where not given.
        embedder: an object, or a spec such as `wordllama`; None does not compare meaning.
        n, masked_n, common, threshold: see `Decontaminator`.

    Raises:
        UsageError: a file cannot be read or written, or a number is out of its bounds.
    """
    started = time.monotonic()
    fields = [fields] if isinstance(fields, str) else fields
    if isinstance(evaluation_fields, str):
        evaluation_fields = [evaluation_fields]
    paths = [Path(path) for path in several(against)]
    out_path = Path(out)
    dropped_path = Path(dropped) if dropped is not None else dropped_beside(out_path)
    listener = listener or Listener()
    rows = open_source(Path(source))
    sets = read_evaluation_sets(paths, evaluation_fields)
    for line in (*sets.unread, *(f"{skipped.path} is not read: {skipped.why}" for skipped in rows.skipped)):
        listener.notice(line)
    checker = Decontaminator(
        sets, n=n, masked_n=masked_n, common=common, embedder=opened(embedder), threshold=threshold
    )
    by_file = Counter(dict.fromkeys(sets.counts, 0))

    def judge(batch: Sequence[tuple[DataFile, Row]]) -> list[Drop | Missing | None]:
        texts = [texts_at(row.value, fields) if fields else all_texts(row.value) for _, row in batch]
        flat = [(place, text) for place, found in enumerate(texts) for text in _known(found)]
        overlaps = checker.check_many([text.text for _, text in flat])
        rulings: list[Drop | Missing | None] = [t if isinstance(t, Missing) else None for t in texts]
        found = [(place, text, hit) for (place, text), hit in zip(flat, overlaps, strict=True) if hit]
        # The strongest is told: what shares words before what is only close.
        for place, text, overlap in sorted(found, key=lambda item: _STRENGTH.index(item[2].kind)):
            if rulings[place] is None:
                rulings[place] = _drop(text, overlap)
                by_file[overlap.eval_file] += 1
        return rulings

    done = filter_rows(rows, out_path, dropped_path, judge, against=paths, listener=listener)
    return Decontaminated(
        rows=done.rows,
        kept=done.kept,
        dropped=done.dropped.total(),
        unreadable=done.unreadable,
        reasons=dict(done.dropped),
        evaluation_files=dict(by_file),
        evaluation_items=len(sets.items),
        evaluation_rows_left_out=sets.bad_rows,
        out=str(out_path),
        dropped_file=str(dropped_path),
        seconds=round(time.monotonic() - started, 2),
    )


def _known(found: tuple[Text, ...] | Missing) -> tuple[Text, ...]:
    return () if isinstance(found, Missing) else found


def _drop(text: Text, overlap: Overlap) -> Drop:
    details = overlap.as_json()
    details.pop("kind")
    return Drop(overlap.kind, f"{text.field} {overlap.reason}", {"field": text.field, **details})
