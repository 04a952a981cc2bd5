"""Which files a path stands for, and their rows: one file, or a directory as data sets are kept.

data/train-00000-of-00002.parquet   the usual layout of a hub       ┐ splits by name;
train/data-00000-of-00001.arrow     what `save_to_disk` writes      │ what describes the data
test.jsonl  notes/one.txt           anything that is read by itself ┘ is passed over
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from ...errors import UsageError
from .by_line import CsvReader, read_jsonl, read_text
from .json_list import read_json_list
from .row import BadRow, Form, Row
from .tables import read_arrow, read_parquet

Kind = Literal["jsonl", "json", "text", "csv", "tsv", "parquet", "arrow"]
Splits = Literal["all", "evaluation"]

_KINDS: dict[str, Kind] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".txt": "text",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".arrow": "arrow",
}
_FORMS: dict[Kind, Form] = {"jsonl": "json", "json": "json", "text": "text", "csv": "csv", "tsv": "tsv"}
_UNREADABLE = (OSError, EOFError, zlib.error)
_DESCRIBES = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}
_TRAINING = re.compile(r"(?:^|[^a-z])train(?:ing)?(?:[^a-z]|$)", re.IGNORECASE)
_EVALUATING = re.compile(
    r"(?:^|[^a-z])(?:test|testing|dev|val|valid|validation|eval|evaluation)(?:[^a-z]|$)", re.I
)


class Skipped(NamedTuple):
    """A file of a directory that is not read, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of rows.

    Attributes:
        whole: the file is one text, as texts in directories are.
    """

    path: Path
    kind: Kind
    size: int
    whole: bool = False

    @property
    def unit(self) -> str:
        """What its rows are numbered by."""
        return "line" if self.kind in ("jsonl", "text", "csv", "tsv") and not self.whole else "row"

    def rows(self) -> Iterator[Row | BadRow]:
        """Its rows in order. Raises UsageError where the file as a whole cannot be read."""
        if self.kind in ("parquet", "arrow"):
            yield from (read_parquet if self.kind == "parquet" else read_arrow)(self.path)
            return
        try:
            with ExitStack() as stack:
                raw = stack.enter_context(self.path.open("rb"))
                packed = _packed(self.path)
                file: BinaryIO = stack.enter_context(gzip.open(raw)) if packed else raw  # type: ignore[assignment]
                for row in self._read(file):
                    yield _at(row, raw.tell()) if packed else row
        except _UNREADABLE as error:
            raise UsageError(f"{self.path}: cannot read it ({error}); give a file that is whole") from error

    def header(self) -> bytes:
        """The bytes that stand before its rows: the names of columns in CSV."""
        if self.kind not in ("csv", "tsv"):
            return b""
        with gzip.open(self.path) if _packed(self.path) else self.path.open("rb") as file:
            return self._csv(file).header  # type: ignore[arg-type]

    def _read(self, file: BinaryIO) -> Iterator[Row | BadRow]:
        if self.whole:
            return _whole(file, self.path.name)
        if self.kind in ("csv", "tsv"):
            return iter(self._csv(file))
        readers: dict[Kind, Callable[[BinaryIO], Iterator[Row | BadRow]]] = {
            "jsonl": read_jsonl,
            "json": read_json_list,
            "text": read_text,
        }
        return readers[self.kind](file)

    def _csv(self, file: BinaryIO) -> CsvReader:
        return CsvReader(file, str(self.path), "\t" if self.kind == "tsv" else ",")


@dataclass(frozen=True, slots=True)
class Source:
    """What a path stands for.

    Attributes:
        form: of the bytes of all its rows, where they can be copied; else None.
        header: the bytes before the rows of such a file.
    """

    path: Path
    files: tuple[DataFile, ...]
    skipped: tuple[Skipped, ...] = ()
    form: Form | None = None
    header: bytes = b""

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    def rows(self) -> Iterator[tuple[DataFile, Row | BadRow]]:
        """All rows, file by file."""
        for file in self.files:
            for row in file.rows():
                yield file, row


def open_source(path: Path, *, splits: Splits = "all") -> Source:
    """The files of a path, and which were passed over; none of them is read yet but for its first bytes.

    Args:
        splits: `evaluation` leaves out training splits of a directory that has others as well.

    Raises:
        UsageError: there is no such path, or nothing in it that can be read.
    """
    if path.is_dir():
        return _directory(path, splits)
    try:
        kind, size = _kind(path), path.stat().st_size
        file = DataFile(path, kind or "text", size)
        header = file.header()
    except _UNREADABLE as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: cannot read it ({why}); give a data file") from error
    if kind is None:
        raise UsageError(
            f"{path}: no kind of data file that is known; give one of {', '.join(_KINDS)}, or .gz"
        )
    return Source(path, (file,), form=_FORMS.get(kind), header=header)


def _directory(path: Path, splits: Splits) -> Source:
    files: list[DataFile] = []
    skipped: list[Skipped] = []
    for entry in sorted(entry for entry in path.rglob("*") if entry.is_file()):
        inside = entry.relative_to(path)
        if any(part.startswith((".", "__")) for part in inside.parts):
            continue
        if entry.name in _DESCRIBES or entry.name.startswith("cache-"):
            skipped.append(Skipped(entry, "describes the data"))
            continue
        try:
            kind = _kind(entry) if _suffix(entry) in _KINDS else None
        except (*_UNREADABLE, UsageError):
            kind = None
        if kind is None:
            skipped.append(Skipped(entry, "no data file"))
        else:
            files.append(DataFile(entry, kind, entry.stat().st_size, whole=kind == "text"))
    if splits == "evaluation":
        training = [file for file in files if _is_training(file.path.relative_to(path))]
        if len(training) < len(files):
            skipped += [Skipped(file.path, "a training split") for file in training]
            files = [file for file in files if file not in training]
    if not files:
        raise UsageError(f"{path}: no data file in this directory; give one with {', '.join(_KINDS)}")
    same = {_FORMS.get(file.kind) for file in files} == {"json"}
    return Source(path, tuple(files), tuple(skipped), form="json" if same else None)


def _is_training(inside: Path) -> bool:
    name = str(inside)
    return bool(_TRAINING.search(name)) and not _EVALUATING.search(name)


def _kind(path: Path) -> Kind | None:
    """By its name; what is called JSON, or has no known name, by its first character."""
    kind = _KINDS.get(_suffix(path))
    if kind not in ("json", None):
        return kind
    with gzip.open(path) if _packed(path) else path.open("rb") as file:
        start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return "json"
    if start.splitlines()[:1] == [b"{"]:
        raise UsageError(f"{path}: one JSON object over several lines; give a list, or one object per line")
    return "jsonl" if start.startswith(b"{") or kind == "json" else None


def _packed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _suffix(path: Path) -> str:
    return Path(path.stem if _packed(path) else path.name).suffix.lower()


def _at(row: Row | BadRow, end: int) -> Row | BadRow:
    if isinstance(row, BadRow):
        return row._replace(end=end)
    return Row(row.number, row.value, row.raw, end)


def _whole(file: BinaryIO, name: str) -> Iterator[Row | BadRow]:
    data = file.read()
    try:
        yield Row(1, {"text": data.decode("utf-8-sig"), "file": name}, None, len(data))
    except UnicodeDecodeError as error:
        yield BadRow(1, f"no UTF-8 at byte {error.start}", len(data))
