"""Held-out sets of a version: those that the plan names, and those that are registered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ..memory.heldout import HeldOut, Hit
from .example import Example


class HeldOutSeen(BaseModel):
    """A registered set that the rows of a version were compared with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    items: int
    checked: int = Field(description="Rows that were compared with it.")
    left_out: int = Field(default=0, description="Rows that held an item of it.")


class Ruling(NamedTuple):
    """Why an example is not taken, and by which set."""

    code: str
    reason: str
    set: str


class HeldOutSets:
    """What no version may hold.

    Args:
        named: files and directories that the plan names.

    Raises:
        UsageError: one of them cannot be read, or is registered and has changed.
    """

    def __init__(self, named: Sequence[str]) -> None:
        self._registered = HeldOut.registered()
        named_ = HeldOut({path: Path(path) for path in named}) if named else None
        self._all = [sets for sets in (self._registered, named_) if sets is not None]
        self._checked = 0
        self._left: Counter[str] = Counter()

    def rulings(self, examples: Sequence[Example]) -> list[Ruling | None]:
        """For each example why it is left out, if it is."""
        self._checked += len(examples)
        found: list[Ruling | None] = [None] * len(examples)
        for sets in self._all:
            for number, hit in enumerate(sets.find(map(row_of, examples))):
                found[number] = found[number] or self._ruling(examples[number], hit, sets)
        self._left.update(ruling.set for ruling in found if ruling is not None)
        return found

    def seen(self) -> tuple[HeldOutSeen, ...]:
        """The registered sets, for the manifest."""
        sets = self._registered.sets if self._registered is not None else ()
        return tuple(
            HeldOutSeen(**one._asdict(), checked=self._checked, left_out=self._left[one.name]) for one in sets
        )

    def _ruling(self, example: Example, hit: Hit | None, sets: HeldOut) -> Ruling | None:
        named = sets.ids.get(example.id)
        # A set that nobody named here has the right of its ids only where they are more than numbers of rows.
        if named is not None and not (sets is self._registered and example.id.isdecimal()):
            return Ruling("held_out_id", "an item of an evaluation set has its id", named)
        return Ruling("held_out", hit.reason, hit.set) if hit is not None else None


def row_of(example: Example) -> dict[str, object]:
    """An example as held-out items are looked for in it."""
    return {"messages": [message.model_dump() for message in example.messages]}
