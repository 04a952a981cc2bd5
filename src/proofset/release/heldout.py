"""Registered held-out sets in an export: which records hold an item, and what the card says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..agents import texts_of
from ..memory.heldout import HeldOut
from ..records import Record

LEFT_OUT = "held-out set"


class HeldOutRecords:
    """Which records of a source hold items of registered sets: they are not exported.

    Raises:
        UsageError: a registered set is gone, or has changed.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._sets = HeldOut.registered()
        self._by: dict[str, str] = {}
        self._checked = 0
        if self._sets is not None:
            for barred in self._sets.barred(self._rows(records)):
                self._by[barred.place] = barred.hit.set

    def why_not(self, record: Record) -> str:
        """Why a record is left out, in a form that can be counted; empty where it may be exported."""
        name = self._by.get(record.id)
        return f"{LEFT_OUT} {name}" if name else ""

    def as_card(self) -> dict[str, Any] | None:
        """The sets, and how many records were compared with them; None where none is registered."""
        if self._sets is None:
            return None
        left = Counter(self._by.values())
        sets = [{**one._asdict(), "left_out": left[one.name]} for one in self._sets.sets]
        return {"records_checked": self._checked, "sets": sets}

    def _rows(self, records: Iterable[Record]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for record in records:
            self._checked += 1
            yield record.id, texts_of(record)
