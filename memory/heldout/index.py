"""HeldOut: does a row hold an item of a held-out set? The same text, or a run of shared words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ..contamination import Decontaminator, EvaluationItem, read_evaluation_sets
from ..rows import BadRow, Missing, all_texts, open_source, question_texts
from .registry import Registry, find_registry, read_registry

T = TypeVar("T")

_BATCH = 512
_SHORT = 12
"""Signs below which a text condemns as a whole question only: "yes" is an answer in many rows."""


class Hit(NamedTuple):
    """A row holds an item.

    Attributes:
        set: name of the held-out set.
        item: file and row of the item.
        rule: `exact` for the same text but for case, blanks and compatible signs; else the kind of `Overlap`.
    """

    set: str
    item: str
    rule: str
    reason: str


class SetSeen(NamedTuple):
    """A set as it was compared with; for manifests and cards."""

    name: str
    sha256: str
    items: int


class Barred(NamedTuple):
    """A row that holds an item: where it stands, and what it holds."""

    place: str
    hit: Hit


class HeldOut:
    """The items of held-out sets.

    Args:
        sets: name to file or directory.
        hashes: name to SHA-256, where it is known.

    Raises:
        UsageError: a set cannot be read, or holds no item.
    """

    def __init__(self, sets: Mapping[str, Path], hashes: Mapping[str, str] | None = None) -> None:
        read = {name: read_evaluation_sets([path]) for name, path in sets.items()}
        self._name_of: dict[str, str] = {}
        self._exact: dict[str, tuple[str, EvaluationItem]] = {}
        for name, found in read.items():
            for item in found.items:
                self._name_of.setdefault(item.file, name)
                asked = normal("\n".join(text.text for text in item.texts))
                self._exact.setdefault(asked, (name, item))
        self._checker = Decontaminator(read_evaluation_sets([*sets.values()])) if sets else None
        self._paths = dict(sets)
        self._ids: dict[str, str] | None = None
        known = hashes or {}
        self.sets = tuple(
            SetSeen(name, known.get(name, ""), len(found.items)) for name, found in read.items()
        )

    @classmethod
    def of(cls, registry: Registry) -> HeldOut:
        """All sets of a registry. Raises UsageError for one whose file changed."""
        registry.check()
        hashes = {name: one.sha256 for name, one in registry.sets.items()}
        return cls({name: registry.place(name) for name in registry.sets}, hashes)

    @classmethod
    def registered(cls) -> HeldOut | None:
        """Those of the registry that holds here; None where there is none, or it is empty."""
        path = find_registry()
        registry = read_registry(path) if path is not None else None
        return cls.of(registry) if registry is not None and registry.sets else None

    @property
    def ids(self) -> Mapping[str, str]:
        """Ids of the items that have one, to the name of their set."""
        if self._ids is None:
            self._ids = {}
            for name, path in self._paths.items():
                for _, row in open_source(path, splits="evaluation").rows():
                    if not isinstance(row, BadRow) and row.value.get("id") is not None:
                        self._ids.setdefault(str(row.value["id"]), name)
        return self._ids

    def find(self, rows: Iterable[Mapping[str, Any]]) -> list[Hit | None]:
        """For each row what it holds, if anything: in what it asks, or in any of its texts."""
        return [hit for batch in _batches(rows) for hit in self._batch(batch)]

    def barred(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Barred]:
        """Of these rows, each with where it stands, those that hold an item."""
        return [
            Barred(place, hit)
            for batch in _batches(rows)
            for (place, _), hit in zip(batch, self._batch([value for _, value in batch]), strict=True)
            if hit is not None
        ]

    def _batch(self, rows: Sequence[Mapping[str, Any]]) -> list[Hit | None]:
        found: list[Hit | None] = [None] * len(rows)
        if self._checker is None:
            return found
        flat: list[tuple[int, str]] = []
        for number, row in enumerate(rows):
            texts = [text.text for text in all_texts(row)]
            long = (text for text in texts if len(text) >= _SHORT)
            found[number] = self._same([*_asked(row), *long])
            flat += [(number, text) for text in texts] if found[number] is None else []
        overlaps = self._checker.check_many([text for _, text in flat])
        for (number, _), overlap in zip(flat, overlaps, strict=True):
            if overlap is not None and found[number] is None:
                item = f"{overlap.eval_file}:{overlap.eval_row}"
                name = self._name_of[overlap.eval_file]
                found[number] = Hit(name, item, overlap.kind, overlap.reason)
        return found

    def _same(self, texts: Iterable[str]) -> Hit | None:
        for text in texts:
            known = self._exact.get(normal(text))
            if known is not None:
                name, item = known
                place = f"{item.file}:{item.row}"
                return Hit(name, place, "exact", f"is the same text as {place}")
        return None


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        yield batch


def normal(text: str) -> str:
    """A text without what a copy may change: compatible signs, case, and how it is broken into lines."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _asked(row: Mapping[str, Any]) -> tuple[str, ...]:
    """All that a row asks as one text, as items are compared."""
    texts = question_texts(row)
    return () if isinstance(texts, Missing) else ("\n".join(text.text for text in texts),)
