"""Files of an export while they are written: rows as JSONL or Parquet, each chained; all appear at once."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from ..errors import UsageError
from ..records import well_formed
from ..records.seal import CHAIN, Holds, Manifest, Seal, Sealing

_BATCH = 1000


class RowFile(Protocol):
    """One file that takes rows."""

    rows: int

    def add(self, id: str, row: Mapping[str, Any]) -> None: ...

    def close(self) -> Seal: ...


def open_rows(directory: Path, name: str, holds: Holds = "rows") -> RowFile:
    """A file of rows below a directory, Parquet or JSONL by its name."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return ParquetRows(path, name, holds) if name.endswith(".parquet") else JsonRows(path, name, holds)


class JsonRows:
    """JSON lines."""

    def __init__(self, path: Path, name: str, holds: Holds) -> None:
        self.rows = 0
        self._sealing = Sealing(name, holds)
        self._file: BinaryIO = path.open("wb")
        self._chain: BinaryIO = path.with_name(path.name + CHAIN).open("wb")

    def add(self, id: str, row: Mapping[str, Any]) -> None:
        line = well_formed(json.dumps(row, ensure_ascii=False)).encode() + b"\n"
        self._file.write(line)
        self._sealing.raw(line)
        self._chain.write(self._sealing.row(id, json.loads(line)).encode())
        self.rows += 1

    def close(self) -> Seal:
        for file in (self._file, self._chain):
            _flush(file)
        return self._sealing.seal()


class ParquetRows:
    """A Parquet file of the rows that `formats.table` makes.

    Raises UsageError where pyarrow is missing.
    """

    def __init__(self, path: Path, name: str, holds: Holds) -> None:
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError as error:
            raise UsageError(f"{name}: to write it, pip install 'proofset[parquet]'") from error
        self.rows = 0
        self._path = path
        self._arrow: Any = pyarrow
        self._parquet: Any = parquet
        self._sealing = Sealing(name, holds)
        self._chain: BinaryIO = path.with_name(path.name + CHAIN).open("wb")
        self._batch: list[dict[str, Any]] = []
        self._writer: Any = None

    def add(self, id: str, row: Mapping[str, Any]) -> None:
        clean: dict[str, Any] = json.loads(well_formed(json.dumps(row, ensure_ascii=False)))
        self._chain.write(self._sealing.row(id, clean).encode())
        self._batch.append(clean)
        self.rows += 1
        if len(self._batch) == _BATCH:
            self._write()

    def _write(self) -> None:
        schema = self._schema([*self._batch[0]])
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(self._path, schema)
        self._writer.write_table(self._arrow.Table.from_pylist(self._batch, schema=schema))
        self._batch = []

    def _schema(self, names: list[str]) -> Any:
        text = self._arrow.string()
        texts = self._arrow.list_(text)
        turns = self._arrow.list_(self._arrow.struct([("role", text), ("content", text)]))
        types = {"messages": turns, "tests": texts, "checks": texts, "models": texts, "ancestors": texts}
        return self._arrow.schema([(name, types.get(name, text)) for name in names])

    def close(self) -> Seal:
        if self._batch:
            self._write()
        if self._writer is not None:
            self._writer.close()
            with self._path.open("rb") as file:
                while piece := file.read(1 << 20):
                    self._sealing.raw(piece)
        _flush(self._chain)
        return self._sealing.seal()


def write_other(directory: Path, name: str, text: str) -> Seal:
    """A file that holds no rows."""
    data = well_formed(text).encode()
    with (directory / name).open("wb") as file:
        file.write(data)
        _flush(file)
    return Seal(name=name, holds="other", sha256=hashlib.sha256(data).hexdigest())


def write_manifest(directory: Path, name: str, manifest: Manifest) -> None:
    """Last of all: it vouches for the others."""
    write_other(directory, name, manifest.as_json())


def _flush(file: BinaryIO) -> None:
    if not file.closed:
        file.flush()
        os.fsync(file.fileno())
        file.close()
