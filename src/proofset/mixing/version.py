"""A version of a training set on disk: shards of rows, and a manifest that says what is in them and why.

DIR/train-00000-of-00002.jsonl …   rows, people's first, then records by grade
DIR/left_out.jsonl                 which rows were not taken, and why
DIR/mix.json                       the plan, counts, hashes, the watch, and what was overridden
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import ProofsetError, UsageError
from ..records.atomic import appearing
from .example import Example
from .floor import Size
from .heldout import HeldOutSeen
from .plan import MixPlan

MANIFEST = "mix.json"
LEFT_OUT = "left_out.jsonl"


class Shard(BaseModel):
    """One file of a version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a version is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest_version: int = 1
    plan: MixPlan
    previous_sha256: str | None = Field(default=None, description="Of the manifest of the version before.")
    shards: tuple[Shard, ...]
    human: Size
    synthetic: Size
    grades: dict[str, int]
    methods: dict[str, int]
    generators: dict[str, int]
    left_out: dict[str, int] = Field(description="Reason to rows.")
    guard: dict[str, int] | None = Field(default=None, description="The guard's ruling to records.")
    held_out: tuple[HeldOutSeen, ...] = Field(
        default=(), description="Registered held-out sets that the rows were compared with."
    )
    watch: tuple[dict[str, Any], ...] = Field(default=(), description="The collapse watch, if it could look.")
    overrides: tuple[str, ...] = Field(default=(), description="Rules that were set aside, in so many words.")

    @property
    def human_share(self) -> tuple[float, float]:
        """Of rows and of tokens, 0 to 1."""
        rows, tokens = (
            own / (own + other) if own + other else 0.0
            for own, other in zip(self.human, self.synthetic, strict=True)
        )
        return rows, tokens


class LeftOut(NamedTuple):
    """A row that was not taken."""

    id: str
    source: str
    code: str
    reason: str


def read_manifest(path: Path) -> Manifest:
    """Of a version's directory. Raises UsageError where there is none, or it cannot be read."""
    try:
        return Manifest.model_validate_json((path / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: no version of `proofset mix`: {MANIFEST} cannot be read") from error
    except (UnicodeDecodeError, ValidationError) as error:
        raise UsageError(f"{path / MANIFEST}: it is no manifest of `proofset mix`; make it anew") from error


def read_examples(path: Path, manifest: Manifest) -> Iterator[Example]:
    """The rows of a version. Raises ProofsetError where a shard is not what the manifest says."""
    for shard in manifest.shards:
        file = path / shard.file
        if file.parent != path:
            raise ProofsetError(f"{path / MANIFEST}: shard {shard.file!r} lies elsewhere; make it anew")
        try:
            data = file.read_bytes()
        except OSError as error:
            raise ProofsetError(f"{file}: cannot read it ({error.strerror}); fetch it again") from error
        if hashlib.sha256(data).hexdigest() != shard.sha256:
            raise ProofsetError(f"{file}: its SHA-256 is not the manifest's; fetch it again")
        for line in data.splitlines():
            yield Example.model_validate_json(line)


def write_version(
    out: Path, examples: Sequence[Example], dropped: Sequence[LeftOut], shard_rows: int, **told: Any
) -> Manifest:
    """Write all of it, or nothing; `told` are the manifest's other fields.

    Raises as `appearing` does.
    """
    with appearing(out, single=False) as part:
        shards = _shards(part, examples, shard_rows)
        lines = (json.dumps(row._asdict(), ensure_ascii=False) for row in dropped)
        _write(part / LEFT_OUT, "".join(f"{line}\n" for line in lines).encode())
        manifest = Manifest(shards=shards, **told)
        _write(part / MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n")
    return manifest


def _shards(part: Path, examples: Sequence[Example], shard_rows: int) -> tuple[Shard, ...]:
    count = max(1, -(-len(examples) // shard_rows))
    shards = []
    for number in range(count):
        rows = examples[number * shard_rows : (number + 1) * shard_rows]
        data = "".join(f"{row.model_dump_json()}\n" for row in rows).encode()
        name = f"train-{number:05}-of-{count:05}.jsonl"
        _write(part / name, data)
        shards.append(Shard(file=name, rows=len(rows), sha256=hashlib.sha256(data).hexdigest()))
    return tuple(shards)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
