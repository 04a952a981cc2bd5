"""Writer of rows that are kept: as they stand where the form of the file allows it, else as JSON lines."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...records import well_formed
from ...records.atomic import AtomicFile
from .row import Form, Row
from .source import Source

_FORMS: dict[str, Form] = {
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".txt": "text",
    ".csv": "csv",
    ".tsv": "tsv",
}


def json_line(value: Mapping[str, Any]) -> bytes:
    """A row as one line of JSON. NaN becomes null, bytes Base64, dates ISO 8601, other things their text."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError:
        text = json.dumps(_without_nan(value), ensure_ascii=False, default=_plain)
    return well_formed(text).encode() + b"\n"


class RowWriter:
    """Writes rows of a source to a file of the same form, byte for byte; of any source to JSONL.

    Rows of a JSON list become lines of JSONL, their text as it stands but for the line ends. What has
    no bytes of its own, such as a row of a Parquet file, is written as JSON.

    Raises:
        UsageError: the name of `out` asks for a form that its rows do not have.
    """

    def __init__(self, source: Source, out: Path) -> None:
        suffix = out.with_suffix("").suffix if out.suffix == ".gz" else out.suffix
        self._form = _FORMS.get(suffix.lower(), "json")
        self._source = source
        self._unended = False
        if self._form != "json" and self._form != source.form:
            raise UsageError(f"--out {out}: rows of {source.path} are written as JSONL; name it .jsonl")
        self._file = AtomicFile(source.path, out)

    def __enter__(self) -> RowWriter:
        if self._source.header and self._form == self._source.form:
            self._write(self._source.header)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.__exit__()

    def write(self, row: Row) -> None:
        """Raises ProofsetError where the disk does not take it."""
        same = row.raw is not None and self._form == self._source.form
        self._write(row.raw if same and row.raw is not None else json_line(row.value))

    def keep(self) -> None:
        """Move the file to its place."""
        self._file.keep()

    def _write(self, data: bytes) -> None:
        if self._unended:
            self._file.write(b"\n")
        self._file.write(data)
        self._unended = not data.endswith(b"\n")


def _plain(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(name): _without_nan(item) for name, item in value.items()}
    return [_without_nan(item) for item in value] if isinstance(value, list | tuple) else value
