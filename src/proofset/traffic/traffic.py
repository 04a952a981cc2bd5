"""Traffic that entered, by number: where each item stands in its file, in some bytes, never its text."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

from pydantic import ValidationError

from ..corpus.scanning import RawLine, raw_lines
from ..errors import ProofsetError, UsageError
from .item import TrafficItem
from .store import TRAFFIC, good_bytes


class Traffic(Sequence[TrafficItem]):
    """Items in the order of their files. Safe to read from several threads.

    Attributes:
        sha256: of all items in order: another one is another traffic.
        ids: of the items, in order.
    """

    def __init__(self) -> None:
        self._files: list[Path] = []
        self._columns = [array(code) for code in ("I", "Q", "Q", "I")]
        self._digests = array("Q")
        self._seen: set[str] = set()
        self._hash = hashlib.sha256()
        self.ids: list[str] = []

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    @overload
    def __getitem__(self, number: int) -> TrafficItem: ...
    @overload
    def __getitem__(self, number: slice) -> list[TrafficItem]: ...
    def __getitem__(self, number: int | slice) -> TrafficItem | list[TrafficItem]:
        """An item, read from its file. Blocks. Raises ProofsetError where the file is not what it was."""
        if isinstance(number, slice):
            return [self._item(place) for place in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        return self._item(number % len(self))

    def __iter__(self) -> Iterator[TrafficItem]:
        return (self._item(number) for number in range(len(self)))

    def read(self, path: Path, good: int | None = None) -> None:
        """Take in one file, up to so many bytes where they are given.

        Raises UsageError for one that is no file of items, by line.
        """
        self._files.append(path)
        try:
            with path.open("rb") as file:
                for line in raw_lines(file):
                    if good is not None and line.end > good:
                        break
                    if line.raw is None or line.raw.strip():
                        self._take(path, line)
        except OSError as error:
            raise UsageError(
                f"{path}: cannot read it ({error.strerror}); give a file that is there"
            ) from error

    def _take(self, path: Path, line: RawLine) -> None:
        id = _item_of(path, line).id
        if id in self._seen or line.raw is None:
            return
        self._seen.add(id)
        self.ids.append(id)
        place = (len(self._files) - 1, line.offset, len(line.raw), line.number)
        for column, value in zip(self._columns, place, strict=True):
            column.append(value)
        whole = hashlib.sha256(line.raw.strip()).digest()
        self._digests.append(int.from_bytes(whole[:8]))
        self._hash.update(whole)

    def _item(self, number: int) -> TrafficItem:
        file, offset, size, line = (int(column[number]) for column in self._columns)
        path = self._files[file]
        changed = ProofsetError(f"{path} line {line}: the traffic has changed; put the file back")
        try:
            with path.open("rb") as opened:
                opened.seek(offset)
                raw = opened.read(size)
        except OSError as error:
            raise changed from error
        if int.from_bytes(hashlib.sha256(raw.strip()).digest()[:8]) != self._digests[number]:
            raise changed
        return TrafficItem.model_validate_json(raw)


def open_traffic(paths: Sequence[str | Path]) -> Traffic:
    """The items of these directories of traffic, or files of items, each id once. Blocks.

    Raises:
        UsageError: a path is not there, or a line of it is no item.
    """
    traffic = Traffic()
    for given in paths:
        path = Path(given)
        file = path / TRAFFIC if path.is_dir() else path
        if not file.is_file():
            raise UsageError(
                f"{given}: no {TRAFFIC} is there; run `proofset flywheel ingest LOG --out {given}`"
            )
        traffic.read(file, good_bytes(file.parent) if file.name == TRAFFIC else None)
    return traffic


def _item_of(path: Path, line: RawLine) -> TrafficItem:
    try:
        return TrafficItem.model_validate_json(line.raw or b"")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "line"
        raise UsageError(
            f"{path} line {line.number}: no item of traffic ({where}: {first['msg'].lower()}); "
            "give what `proofset flywheel ingest` wrote"
        ) from error
