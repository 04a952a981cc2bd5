"""Chroma as an index of vectors whose truth is elsewhere: whatever is lost or broken here is made again.

open ──▶ lock ──▶ probe in a subprocess ──broken──▶ remove ──▶ empty store
                       │ fine                                     │
                       ▼                                          ▼
          keys that the truth has and the store has not: added; the other way round: removed
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ....errors import ProofsetError, UsageError
from ....records import well_formed
from .probe import complaint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PREFIX = "chroma-"
_LOCK = "owner.lock"
_PAGE = 5000
_HNSW = {
    "space": "ip",
    "max_neighbors": 24,
    "ef_construction": 128,
    "ef_search": 200,
    # One thread: the same insertions make the same graph, and so the same answers.
    "num_threads": 1,
}
_log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """One item as the store has it. `key`: a hash of the rest and the text; `literals`: of `Literals.key`."""

    key: str
    id: str
    position: int
    kind: str
    literals: str
    soft: str
    text: str


class BrokenStoreError(Exception):
    """Chroma failed; what it held is still in the truth."""


class StoreInUseError(UsageError):
    """Another process owns the directory."""


class ChromaStore:
    """One collection, in a directory that one process owns, or on a server that many share.

    Args:
        where: a directory, made if missing, or `http://host:port` of `chroma run`.
        notice: told in one sentence of every repair; a log entry otherwise.
    """

    def __init__(self, where: str | Path, *, notice: Callable[[str], None] | None = None) -> None:
        self._notice = notice or _log.warning
        self.shared = isinstance(where, str) and where.startswith(("http://", "https://"))
        self._where = where
        self._directory = Path(where).absolute() if not self.shared else Path()
        self._held: int | None = None
        self._client: Any = None
        self._collection: Any = None
        self._lock = threading.Lock()

    def claim(self) -> None:
        """Become the owner of the directory, until `close`; nothing to do for a server.

        Raises StoreInUseError where another process is; ProofsetError for a directory that cannot be written.
        """
        if self.shared or self._held is not None:
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            held = os.open(self._directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ProofsetError(f"{self._directory}: cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(held, 20).decode(errors="replace").strip()
            os.close(held)
            raise StoreInUseError(
                f"{self._directory}: in use by process {owner or 'unknown'}; wait, or share one store: start "
                "`chroma run --path DIR` and give its http://host:port"
            ) from error
        os.ftruncate(held, 0)
        os.write(held, str(os.getpid()).encode())
        self._held = held

    def open(self, embedder: str) -> frozenset[str]:
        """Open the embedder's collection and say which keys it holds. Blocks.

        Raises UsageError: no extra; ProofsetError: a server that does not answer; and as `claim` does.
        """
        try:
            import chromadb  # noqa: F401
        except ImportError as error:
            raise UsageError("chromadb is not installed; pip install 'proofset[semantic]'") from error
        name = f"proofset-{hashlib.sha256(embedder.encode()).hexdigest()[:24]}"
        if self.shared:
            return self._open_shared(name)
        self.claim()
        home = self._current()
        if home is not None and (reason := complaint(home, name)) is not None:
            self._notice(f"the vector store in {self._directory} is made anew from the ledger: {reason}")
            shutil.rmtree(home, ignore_errors=True)
            home = None
        fresh = home is None
        home = home or self._next()
        try:
            return self._connect(local_client(home), name)
        except Exception as error:
            if fresh:
                raise ProofsetError(
                    f"{self._directory}: Chroma cannot be started there: {_said(error)}"
                ) from error
            self._notice(
                f"the vector store in {self._directory} is made anew from the ledger: {_said(error)}"
            )
            self._disconnect()
            shutil.rmtree(home, ignore_errors=True)
            return self._connect(local_client(self._next()), name)

    def close(self) -> None:
        """May be called twice."""
        self._disconnect()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def abandon(self, reason: str) -> None:
        """Do without Chroma until the next `open`, which makes the store anew; the directory stays owned."""
        self._notice(
            f"the vector store in {self._directory} failed and is made anew at the next start: {reason}"
        )
        self._disconnect()
        for home in self._homes():
            shutil.rmtree(home, ignore_errors=True)

    def lacks(self, error: ProofsetError) -> None:
        """Tell that a server could not be given all."""
        self._notice(f"{error} What it lacks, it is given at the next start.")

    def add(self, entries: Sequence[Entry], vectors: NDArray[np.float32]) -> None:
        """Add or replace. Raises BrokenStoreError, or ProofsetError where a server failed."""
        for start in range(0, len(entries), _PAGE):
            part = entries[start : start + _PAGE]
            self._call(
                "upsert",
                ids=[entry.key for entry in part],
                embeddings=vectors[start : start + _PAGE],
                # Who shares a store must learn from it what others added; an owner knows all but the key.
                metadatas=[_metadata(entry) for entry in part] if self.shared else None,
            )

    def remove(self, keys: Iterable[str]) -> None:
        """Raises as `add` does."""
        listed = list(keys)
        for start in range(0, len(listed), _PAGE):
            self._call("delete", ids=listed[start : start + _PAGE])

    def propose(self, vector: NDArray[np.float32], k: int) -> list[str]:
        """Keys of about the k nearest, nearest first; some may be missing. Raises as `add` does."""
        found = self._call("query", query_embeddings=vector[None], n_results=k, include=[])
        return list(found["ids"][0])

    def fetch(self, keys: Sequence[str]) -> list[tuple[Entry, NDArray[np.float32]]]:
        """What another process added under these keys. Raises as `add` does."""
        import numpy as np

        found = self._call("get", ids=list(keys), include=["metadatas", "embeddings"])
        return [
            (Entry(key=key, **entry), np.asarray(vector, np.float32))
            for key, entry, vector in zip(found["ids"], found["metadatas"], found["embeddings"], strict=True)
        ]

    def _call(self, verb: str, **arguments: Any) -> Any:
        try:
            with self._lock:
                return getattr(self._collection, verb)(**arguments)
        except Exception as error:
            if self.shared:
                raise ProofsetError(f"Chroma at {self._where} failed: {_said(error)}; is it up?") from error
            raise BrokenStoreError(_said(error)) from error

    def _open_shared(self, name: str) -> frozenset[str]:
        import chromadb
        from chromadb.config import Settings

        address = urlsplit(str(self._where))
        try:
            client = chromadb.HttpClient(
                address.hostname or "localhost",
                address.port or 8000,
                ssl=address.scheme == "https",
                settings=Settings(anonymized_telemetry=False),
            )
            return self._connect(client, name)
        except Exception as error:
            raise ProofsetError(
                f"Chroma at {self._where} cannot be used: {_said(error)}; start it by: chroma run --path DIR"
            ) from error

    def _connect(self, client: Any, name: str) -> frozenset[str]:
        self._client = client
        collection = client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": _HNSW}
        )
        self._collection = collection
        keys: list[str] = []
        while page := collection.get(limit=_PAGE, offset=len(keys), include=[])["ids"]:
            keys += page
        return frozenset(keys)

    def _disconnect(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()

    def _homes(self) -> list[Path]:
        return sorted(
            (path for path in self._directory.glob(f"{_PREFIX}*") if path.name[len(_PREFIX) :].isdigit()),
            key=lambda path: int(path.name[len(_PREFIX) :]),
        )

    def _current(self) -> Path | None:
        homes = self._homes()
        for old in homes[:-1]:
            shutil.rmtree(old, ignore_errors=True)
        return homes[-1] if homes else None

    def _next(self) -> Path:
        # Never under an earlier name: Chroma remembers what a path of this process was.
        homes = self._homes()
        number = max((int(path.name[len(_PREFIX) :]) for path in homes), default=0)
        home = self._directory / f"{_PREFIX}{max(number, _made.get(self._directory, 0)) + 1}"
        _made[self._directory] = int(home.name[len(_PREFIX) :])
        return home


_made: dict[Path, int] = {}


def _metadata(entry: Entry) -> dict[str, str | int]:
    return {
        name: well_formed(value) if isinstance(value, str) else value
        for name, value in entry._asdict().items()
        if name != "key"
    }


def local_client(directory: Path) -> Any:
    """A client of an embedded store, that reports to nobody."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(directory), settings=Settings(anonymized_telemetry=False))


def _said(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
