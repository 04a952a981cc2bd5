"""SemanticIndex: the nearest known text by meaning, decided exactly; Chroma only proposes.

    text ─▶ literals ─▶ the bucket of those with the same ones
         ─▶ vector         │ small: compared one by one
                           │ large: what is not flushed, one by one, and Chroma's proposals
                           ▼
              nothing excluded, and either the same content words and cosine > SAME_WORDS,
              or told otherwise and cosine > the kind's threshold ─▶ Match

Texts and vectors are held in memory, 4 bytes a dimension and item, beside Chroma's own copy.
"""

from __future__ import annotations

import hashlib
import math
import sys
import threading
from array import array
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from ....errors import ProofsetError, UsageError
from .embedders import Embedder, open_embedder
from .literals import compatible, literals
from .store import BrokenStoreError, ChromaStore, Entry
from .thresholds import LATIN_ONLY, SAME_WORDS, thresholds_for
from .wording import TOLD_ALIKE, content_words, mostly_latin, overlap

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SLACK = 1e-4
"""More than a float32 product of unit vectors errs by: who is nearest is settled by `_cosine`."""
EXACT_BELOW = 4096
"""So many items are compared sooner than Chroma says which are near."""


class Known(NamedTuple):
    """One item of the truth."""

    id: str
    text: str
    position: int
    kind: str = "instruction"


class Near(NamedTuple):
    """A known item; `score` is the cosine."""

    id: str
    score: float
    position: int
    kind: str


Wording = Literal["same words", "told otherwise"]


class Match(NamedTuple):
    """A known item that means the same, and why: `score`, the cosine, is above `threshold`."""

    id: str
    score: float
    position: int
    kind: str
    threshold: float
    wording: Wording
    rule: Literal["semantic"] = "semantic"

    @property
    def reason(self) -> str:
        return f"{self.wording}, cosine {self.score:.3f} > {self.threshold} to {self.id}"


class _Asked(NamedTuple):
    entry: Entry
    vector: NDArray[np.float32]
    before: int | None
    skip: Container[str]
    threshold: float


class SemanticIndex:
    """Known texts by meaning. Safe to use from several threads.

    The order of additions and their texts determine every answer: no clock and no timing does.

    Args:
        embedder: a spec or an embedder; give a `KeptEmbedder` where vectors are kept in a ledger.
        thresholds: cosine by kind, above which two texts count as one; the calibrated ones by default.
        store: where Chroma keeps its index; None compares with every item instead.
        truth: what is known already, in the order of addition. The store is brought in line with it.
        flush_every: how many additions are compared one by one before they go to Chroma together.
        exact_below: buckets up to this size are compared one by one.
        proposals: how many neighbours Chroma is asked for.

    Raises as `open_embedder`, `ChromaStore.open` and the embedder do.
    """

    def __init__(
        self,
        embedder: str | Embedder = "wordllama",
        *,
        thresholds: Mapping[str, float] | None = None,
        store: ChromaStore | None = None,
        truth: Iterable[Known] = (),
        flush_every: int = 256,
        exact_below: int = EXACT_BELOW,
        proposals: int = 16,
    ) -> None:
        self._embedder = open_embedder(embedder)
        self._thresholds = dict(thresholds_for(self._embedder.name), **(thresholds or {}))
        self._owned = self._store = store
        self._flush_every = flush_every
        self._exact_below = exact_below
        self._proposals = proposals
        self._lock = threading.RLock()
        self._rows = np.zeros((0, self._embedder.dim), np.float32)
        self._entries: list[Entry] = []
        self._by_key: dict[str, int] = {}
        self._buckets: dict[str, array[int]] = {}
        self._same_words: dict[bytes, array[int]] = {}
        self._latin_only = self._embedder.name.partition(":")[0] in LATIN_ONLY
        self._pending: list[int] = []
        self._load(truth)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def embedder(self) -> str:
        """The embedder's name."""
        return self._embedder.name

    def add(self, item_id: str, text: str, *, position: int, kind: str = "instruction") -> None:
        """Know a text from now on. `position` is its place in the order of what was kept; -1 for seeds.

        Raises UsageError for a kind without a threshold.
        """
        self._threshold(kind)
        (vector,) = self._embedder.embed([text])
        entry = _entry(Known(item_id, text, position, kind))
        with self._lock:
            if self._hold(entry, vector):
                self._pending.append(len(self._entries) - 1)
                if self._store is not None and len(self._pending) >= self._flush_every:
                    self._flush(self._store)

    def find(
        self,
        text: str,
        *,
        before: int | None = None,
        skip: Container[str] = frozenset(),
        kind: str = "instruction",
    ) -> Match | None:
        """The nearest item that means the same. Ties go to the lowest position.

        Its literals agree. It has the same content words and a cosine above `SAME_WORDS`, or it is told
        otherwise and the cosine is above the threshold of either kind.

        Args:
            before: look only at items of positions below it. All of them are compared then: whatever was
                added since, the answer is the same.
            skip: ids that are not to be found.

        Raises UsageError for a kind without a threshold.
        """
        threshold = self._threshold(kind)
        (vector,) = self._embedder.embed([text])
        asked = _Asked(_entry(Known("", text, 0, kind)), vector, before, skip, threshold)
        with self._lock:
            rows = _row_numbers(self._same_words.get(_wording(asked.entry), ()))
            worded = self._best(asked, rows, "same words")
            if self._latin_only and not mostly_latin(text):
                return worded
            told = self._told_otherwise(asked)
        return min((found for found in (worded, told) if found is not None), key=_nearest_first, default=None)

    def _told_otherwise(self, asked: _Asked) -> Match | None:
        bucket = _row_numbers(self._buckets.get(asked.entry.literals, ()))
        by_chroma = asked.before is None and self._is_large(bucket)
        proposed = self._propose(asked.vector, self._proposals) if by_chroma else None
        if proposed is None:
            return self._best(asked, bucket, "told otherwise")
        rows = np.concatenate([proposed, _row_numbers(self._pending)])
        found = self._best(asked, rows, "told otherwise")
        # Where the last of the proposals is as near as this, there may be more behind it.
        reach = self._products(asked.vector, proposed).min(initial=math.inf)
        if len(proposed) and reach > (found.score if found else asked.threshold) - _SLACK:
            bucket = _row_numbers(self._buckets.get(asked.entry.literals, ()))
            found = self._best(asked, bucket, "told otherwise")
        return found

    def nearest(self, text: str, k: int = 1) -> list[Near]:
        """The k nearest items whatever their literals and wording, no threshold applied; nearest first."""
        (vector,) = self._embedder.embed([text])
        with self._lock:
            rows = np.arange(len(self._entries))
            proposed = self._propose(vector, self._proposals + k) if self._is_large(rows) else None
            if proposed is not None:
                rows = np.concatenate([proposed, _row_numbers(self._pending)])
            scores = self._products(vector, rows)
            kept = rows[scores >= np.sort(scores)[-k:].min(initial=math.inf) - _SLACK]
            near = [
                Near(e.id, self._cosine(vector, row), e.position, e.kind)
                for row in kept
                if (e := self._entries[row])
            ]
        return sorted(near, key=_nearest_first)[:k]

    def flush(self) -> None:
        """Hand what is pending to Chroma now."""
        with self._lock:
            if self._store is not None and self._pending:
                self._flush(self._store)

    def close(self) -> None:
        """Flush and close the store. May be called twice; a server that is gone is told, not raised."""
        try:
            self.flush()
        except ProofsetError as error:
            if self._owned is not None:
                self._owned.lacks(error)
            self._pending.clear()
        if self._owned is not None:
            self._owned.close()

    def _threshold(self, kind: str) -> float:
        try:
            return self._thresholds[kind]
        except KeyError:
            known = ", ".join(self._thresholds)
            raise UsageError(f"no threshold for the kind {kind[:40]!r}: kinds are {known}") from None

    def _is_large(self, rows: NDArray[np.int64]) -> bool:
        # A shared store holds what no other process has told us.
        return self._store is not None and (self._store.shared or len(rows) > self._exact_below)

    def _propose(self, vector: NDArray[np.float32], k: int) -> NDArray[np.int64] | None:
        """Rows that Chroma holds near; None where there is no Chroma to ask."""
        if self._store is None:
            return None
        try:
            keys = self._store.propose(vector, k)
            if self._store.shared and (unknown := [key for key in keys if key not in self._by_key]):
                for entry, row in self._store.fetch(unknown):
                    self._hold(entry, row)
        except BrokenStoreError as error:
            self._give_up(error)
            return None
        return _row_numbers([self._by_key[key] for key in keys if key in self._by_key])

    def _products(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        if len(rows) > len(self._entries) // 4:
            # Cheaper than to copy so many rows out.
            return (self._rows[: len(self._entries)] @ vector)[rows]
        return self._rows[rows] @ vector

    def _best(self, asked: _Asked, rows: NDArray[np.int64], wording: Wording) -> Match | None:
        floor = SAME_WORDS if wording == "same words" else asked.threshold
        scores = self._products(asked.vector, rows)
        near = np.flatnonzero(scores > floor - _SLACK)
        best: Match | None = None
        for place in near[np.argsort(-scores[near], kind="stable")]:
            if best is not None and scores[place] < best.score - _SLACK:
                break
            entry = self._entries[rows[place]]
            if asked.before is not None and entry.position >= asked.before:
                continue
            if entry.id in asked.skip:
                continue
            if entry.literals != asked.entry.literals or not compatible(entry.soft, asked.entry.soft):
                continue
            threshold = floor
            if wording == "told otherwise":
                if overlap(entry.text, asked.entry.text) > TOLD_ALIKE:
                    continue
                threshold = max(floor, self._threshold(entry.kind))
            score = self._cosine(asked.vector, rows[place])
            if score <= threshold:
                continue
            found = Match(entry.id, score, entry.position, entry.kind, threshold, wording)
            best = found if best is None else min(best, found, key=_nearest_first)
        return best

    def _cosine(self, vector: NDArray[np.float32], row: np.int64) -> float:
        """The same on every machine: products of float32 are exact in double precision, and so is fsum."""
        return math.fsum((self._rows[row].astype(np.float64) * vector.astype(np.float64)).tolist())

    def _hold(self, entry: Entry, vector: NDArray[np.float32]) -> bool:
        """False where it is held already."""
        if entry.key in self._by_key:
            return False
        row = len(self._entries)
        if row == len(self._rows):
            grown = np.zeros((max(1024, 2 * row), self._rows.shape[1]), np.float32)
            grown[:row] = self._rows
            self._rows = grown
        self._rows[row] = vector
        self._entries.append(entry)
        self._by_key[entry.key] = row
        self._buckets.setdefault(entry.literals, array("q")).append(row)
        self._same_words.setdefault(_wording(entry), array("q")).append(row)
        return True

    def _flush(self, store: ChromaStore) -> None:
        try:
            store.add([self._entries[row] for row in self._pending], self._rows[self._pending])
        except BrokenStoreError as error:
            self._give_up(error)
        self._pending.clear()

    def _give_up(self, error: BrokenStoreError) -> None:
        """Without Chroma every answer is the same or better, and slower; the next start makes it anew."""
        if self._store is not None:
            self._store.abandon(str(error))
        self._store = None

    def _load(self, truth: Iterable[Known]) -> None:
        items = iter(truth)
        while part := list(islice(items, self._flush_every)):
            for known, vector in zip(part, self._embedder.embed([known.text for known in part]), strict=True):
                self._threshold(known.kind)
                self._hold(_entry(known), vector)
        if self._store is None:
            return
        present = self._store.open(self._embedder.name)
        missing = [row for row, entry in enumerate(self._entries) if entry.key not in present]
        try:
            if not self._store.shared:
                self._store.remove(sorted(present - self._by_key.keys()))
            for start in range(0, len(missing), self._flush_every):
                rows = missing[start : start + self._flush_every]
                self._store.add([self._entries[row] for row in rows], self._rows[rows])
        except BrokenStoreError as error:
            self._give_up(error)


def _entry(known: Known) -> Entry:
    found = literals(known.text)
    rest = (known.id, known.position, known.kind, sys.intern(found.key.hex()), sys.intern(found.soft))
    digest = hashlib.blake2b(repr(rest).encode("utf-8", "backslashreplace"), digest_size=16)
    digest.update(known.text.encode("utf-8", "surrogatepass"))
    return Entry(digest.hexdigest(), *rest, known.text)


def _wording(entry: Entry) -> bytes:
    words = " ".join((entry.literals, *sorted(content_words(entry.text))))
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _nearest_first(found: Match | Near) -> tuple[float, int]:
    return -found.score, found.position


def _row_numbers(rows: Sequence[int]) -> NDArray[np.int64]:
    return np.array(rows, np.int64)
