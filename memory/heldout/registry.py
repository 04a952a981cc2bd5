"""The registry of held-out sets: one YAML file, found without being named.

sets:
  gsm8k-test:
    path: eval/gsm8k.jsonl      # from the directory of this file, or absolute
    sha256: 64 hex digits       # of the file; of a directory, over the names and hashes of its files
    items: 1319

It is the file that PROOFSET_HELDOUT names, else `heldout.yaml` in the working directory or the nearest one
above it that has one. What commands must be told to look at is looked at until somebody forgets.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import UsageError
from ...records.atomic import AtomicFile
from ...records.seal import file_sha256
from ..contamination import read_evaluation_sets
from ..rows import BadRow, open_source

REGISTRY = "heldout.yaml"
VARIABLE = "PROOFSET_HELDOUT"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"
_ADD = "`proofset flywheel heldout add NAME FILE`"


class HeldOutSet(BaseModel):
    """One registered set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(min_length=1, description="File or directory, from the registry's directory.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of what it was when it was registered.")
    items: int = Field(ge=1, description="How many items it has.")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sets: dict[str, HeldOutSet] = Field(default_factory=dict)


class Registry(NamedTuple):
    """The registered sets by name."""

    path: Path
    sets: Mapping[str, HeldOutSet]

    def place(self, name: str) -> Path:
        """Where a set is."""
        return self.path.parent / self.sets[name].path

    def check(self) -> None:
        """Raises UsageError for a set that is gone, or is not what was registered, with both hashes."""
        for name, one in self.sets.items():
            place = self.place(name)
            if not place.exists():
                raise UsageError(
                    f"{self.path}: held-out set {name}: {place} is gone; put it back, or take the set out "
                    f"with `proofset flywheel heldout remove {name}`"
                )
            now = fingerprint(place)
            if now != one.sha256:
                raise UsageError(
                    f"{self.path}: held-out set {name}: {place} is not what was registered (SHA-256 {now}, "
                    f"registered {one.sha256}); put the file back, or register it anew with "
                    f"`proofset flywheel heldout add {name} {place} --again`"
                )


def find_registry() -> Path | None:
    """The registry that holds here; None where there is none.

    Raises UsageError where PROOFSET_HELDOUT names a file that is not there.
    """
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named).absolute()
        if not path.is_file():
            raise UsageError(
                f"{VARIABLE}={named}: no such file; make it with {_ADD}, or leave the variable out"
            )
        return path
    here = Path.cwd()
    return next((path for folder in (here, *here.parents) if (path := folder / REGISTRY).is_file()), None)


def read_registry(path: Path) -> Registry:
    """The sets of a registry; their files are not looked at. Raises UsageError for one that is none."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        file = _File.model_validate({} if said is None else said)
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror}); put it back") from error
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{path}: no valid YAML ({str(error).splitlines()[0]}); mend it") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise UsageError(f"{path}: {where}: {first['msg']}; write it with {_ADD}") from error
    return Registry(path, file.sets)


def register(name: str, data: Path, *, again: bool = False) -> Registry:
    """Put a set into the registry that holds here, which is made in the working directory where none does.

    Args:
        again: take the place of a set of that name.

    Raises:
        UsageError: the name is taken or no name, the file holds no item, or it holds what a model made.
    """
    if not re.fullmatch(_NAME, name):
        raise UsageError(f"{name!r}: no name for a set; use letters, digits, dots, dashes and underscores")
    items = len(read_evaluation_sets([data]).items)
    _check_human_made(data)
    path = _home()
    with _locked(path.parent):
        sets = dict(read_registry(path).sets) if path.is_file() else {}
        if name in sets and not again:
            raise UsageError(
                f"{path}: a held-out set {name} is registered; give another name, or --again to replace it"
            )
        sets[name] = HeldOutSet(path=_from(path.parent, data), sha256=fingerprint(data), items=items)
        _write(path, sets)
    return Registry(path, sets)


def unregister(name: str) -> Registry:
    """Take a set out; its file stays. Raises UsageError where there is none of that name."""
    path = find_registry()
    if path is None:
        raise UsageError(f"held-out set {name}: nothing is registered here; {_ADD} registers a set")
    with _locked(path.parent):
        sets = dict(read_registry(path).sets)
        if sets.pop(name, None) is None:
            known = ", ".join(sets) or "none"
            raise UsageError(f"{path}: no held-out set {name}; registered are: {known}")
        _write(path, sets)
    return Registry(path, sets)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, or of the names and hashes of all files of a directory. Raises UsageError."""
    if not path.is_dir():
        return file_sha256(path)
    hashed = hashlib.sha256()
    for file in sorted(one for one in path.rglob("*") if one.is_file()):
        hashed.update(f"{file.relative_to(path).as_posix()}\0{file_sha256(file)}\n".encode())
    return hashed.hexdigest()


def _home() -> Path:
    named = os.environ.get(VARIABLE)
    return Path(named).absolute() if named else find_registry() or Path.cwd() / REGISTRY


def _from(folder: Path, data: Path) -> str:
    whole, folder = data.resolve(), folder.resolve()
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)


def _check_human_made(data: Path) -> None:
    for file, row in open_source(data, splits="evaluation").rows():
        if isinstance(row, BadRow):
            continue
        verdict: Any = row.value.get("verdict")
        if "lineage" in row.value and isinstance(verdict, dict) and verdict.get("grade") != "human":
            raise UsageError(
                f"{file.path} {file.unit} {row.number}: a record that a model made and no person judged; "
                "held-out sets are made by people"
            )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two who register at once come one after the other."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise UsageError(f"{folder}: cannot open it ({error.strerror}); make the directory first") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, sets: Mapping[str, HeldOutSet]) -> None:
    told = {"sets": {name: one.model_dump() for name, one in sorted(sets.items())}}
    with AtomicFile(path.parent, path, option="registry") as file:
        file.write(yaml.safe_dump(told, sort_keys=False, allow_unicode=True).encode())
        file.keep()
