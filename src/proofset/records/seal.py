"""Seals: what a file of rows held when it was written, so that a change of it is named by line and id.

manifest.json          for each file: its SHA-256, its rows, and the head of the chain over them
NAME.chain             for each row of NAME, in order: its id and the SHA-256 of what it says

    head 0 = 64 zeros · head n = SHA-256(head n-1 ‖ SHA-256 of row n) · the head of the file = its last head

A row's SHA-256 is that of its canonical JSON: another order of keys or other spaces are no change. A record's
row holds its evidence, so that the chain is over both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import UsageError
from .lines import BadLine, object_of, raw_lines

MANIFEST = "manifest.json"
"""Of a directory; that of a file on its own is `NAME.manifest.json`."""
CHAIN = ".chain"
NO_ROWS = "0" * 64
"""The head of a chain without rows."""

Holds = Literal["records", "rows", "other"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seal(_Frozen):
    """One file as it was written."""

    name: str = Field(pattern=r"^\w[\w.-]*(/\w[\w.-]*)?$", description="Below the manifest's directory.")
    holds: Holds = Field(description="Records, rows made from records, or anything else.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of its bytes.")
    rows: int | None = Field(default=None, ge=0)
    head: str | None = Field(default=None, description="Of the chain over its rows.")


class Exporter(_Frozen):
    """The package that makes the rows of a format that is none of ours."""

    format: str
    package: str
    version: str


class Manifest(_Frozen):
    """All files that were written together."""

    manifest_version: Literal[1] = 1
    exporter: Exporter | None = Field(default=None, description="Who else makes the rows; None for us.")
    evidence: str | None = Field(default=None, description="The file of records that rows were made from.")
    files: tuple[Seal, ...]

    def as_json(self) -> str:
        """As its file has it: of us it says nothing, so that what knows no exporters can read it."""
        return self.model_dump_json(indent=2, exclude=None if self.exporter else {"exporter"}) + "\n"

    def seal_of(self, name: str) -> Seal | None:
        return next((seal for seal in self.files if seal.name == name), None)


class Link(NamedTuple):
    """One row of a sealed file; the id is empty where rows have none."""

    id: str
    sha256: str


def row_sha256(row: Mapping[str, Any]) -> str:
    """SHA-256 of a row as canonical JSON, 64 hex digits."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def next_head(head: str, sha256: str) -> str:
    """The head of a chain after one more row."""
    return hashlib.sha256(bytes.fromhex(head) + bytes.fromhex(sha256)).hexdigest()


class Sealing:
    """Counts and chains the rows of one file as they are written.

    Args:
        name: of the file, below the manifest's directory.
    """

    def __init__(self, name: str, holds: Holds) -> None:
        self.name = name
        self._holds: Holds = holds
        self._bytes = hashlib.sha256()
        self._head, self._rows = NO_ROWS, 0

    def raw(self, data: bytes) -> None:
        """Take in bytes of the file."""
        self._bytes.update(data)

    def row(self, id: str, row: Mapping[str, Any]) -> str:
        """Chain one row; returns its line of the chain file."""
        sha256 = row_sha256(row)
        self._head = next_head(self._head, sha256)
        self._rows += 1
        return json.dumps({"id": id, "sha256": sha256}) + "\n"

    def seal(self) -> Seal:
        """What was written so far."""
        digest = self._bytes.hexdigest()
        if self._holds == "other":
            return Seal(name=self.name, holds="other", sha256=digest)
        return Seal(name=self.name, holds=self._holds, sha256=digest, rows=self._rows, head=self._head)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes. Raises UsageError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror}); give a file that is there") from error


def manifest_path(data: Path) -> Path | None:
    """Where the manifest of a data file is: its own, or that of its directory or of the one above it."""
    own = data.with_name(f"{data.name}.{MANIFEST}")
    places = (own, data.parent / MANIFEST, data.parent.parent / MANIFEST)
    return next((path for path in places if path.is_file()), None)


def read_manifest(path: Path) -> Manifest:
    """Raises UsageError for one that cannot be read: what it says then vouches for nothing."""
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "file"
        raise UsageError(
            f"{path}: no manifest of proofset ({where}: {first['msg']}); write it anew"
        ) from error


def read_chain(path: Path) -> tuple[Link, ...]:
    """The links of a chain file. Raises UsageError that names the line of one that cannot be read."""
    links = []
    try:
        with path.open("rb") as file:
            for line in raw_lines(file):
                said = line if isinstance(line, BadLine) else object_of(line)
                if isinstance(said, BadLine):
                    raise UsageError(f"{path} line {said.number}: {said.reason}; the chain cannot be read")
                links.append(_link(said, path, line.number))
    except OSError as error:
        raise UsageError(
            f"{path}: cannot read it ({error.strerror}); without it no line can be named"
        ) from error
    return tuple(links)


def _link(said: Mapping[str, Any], path: Path, number: int) -> Link:
    match said:
        case {"id": str(id), "sha256": str(sha256)} if len(sha256) == 64 and set(sha256) <= set(
            "0123456789abcdef"
        ):
            return Link(id, sha256)
    raise UsageError(f"{path} line {number}: no link; each is {{id, sha256}}")


def head_of(links: tuple[Link, ...]) -> str:
    """The head of a chain of these links."""
    head = NO_ROWS
    for link in links:
        head = next_head(head, link.sha256)
    return head
