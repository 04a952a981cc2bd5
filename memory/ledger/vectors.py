"""Vectors of texts, kept by content: no text is embedded twice, and a replay sees the same bits.

embed ──▶ kept already? ──yes──▶ that vector
              │ no
              ▼
          embedder ──▶ keep ──▶ vector
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ...errors import ProofsetError
from .tables import vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
_AT_ONCE = 500


class Transact(Protocol):
    """Runs work in one transaction, durable on return: `transact` of a Ledger or a VectorFile."""

    def __call__(self, work: Callable[[sa.Connection], T]) -> T: ...


class Embeds(Protocol):
    """The part of an embedder that is used here; see `proofset.memory.novelty.semantic.Embedder`."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


def text_key(text: str) -> bytes:
    """SHA-256 of the text; any text will do, lone surrogates too."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Vectors:
    """The kept vectors of one embedder, by `text_key`."""

    def __init__(self, transact: Transact, embedder: str) -> None:
        self._transact = transact
        self._embedder = embedder

    def get(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Those of the keys that are kept. Raises ProofsetError for a damaged row."""
        import numpy as np

        rows: list[Any] = []
        for start in range(0, len(keys), _AT_ONCE):
            query = sa.select(vectors.c.text_sha256, vectors.c.vector).where(
                vectors.c.embedder == self._embedder,
                vectors.c.text_sha256.in_(list(keys[start : start + _AT_ONCE])),
            )
            rows += self._transact(lambda connection, query=query: connection.execute(query).all())  # type: ignore[misc]
        try:
            return {bytes(row[0]): np.frombuffer(row[1], "<f4").astype(np.float32) for row in rows}
        except ValueError as error:
            raise ProofsetError(f"the ledger holds a damaged vector of {self._embedder}: {error}") from error

    def put(self, rows: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Keep these; durable on return. A key that is there already stays as it is."""
        if not rows:
            return
        values = [
            {"embedder": self._embedder, "text_sha256": key, "vector": row.astype("<f4").tobytes()}
            for key, row in rows.items()
        ]

        def insert(connection: sa.Connection) -> None:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            connection.execute(dialect.insert(vectors).on_conflict_do_nothing(), values)

        self._transact(insert)


class KeptEmbedder:
    """An embedder that looks up what was embedded before, and keeps what was not. Itself an embedder."""

    def __init__(self, embedder: Embeds, transact: Transact) -> None:
        self._embedder = embedder
        self._kept = Vectors(transact, embedder.name)
        self.name = embedder.name

    @property
    def dim(self) -> int:
        return self._embedder.dim

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`. What is embedded is durable before anybody sees it."""
        import numpy as np

        keys = [text_key(text) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        known = self._kept.get(list(wanted))
        missing = [key for key in wanted if key not in known]
        if missing:
            fresh = self._embedder.embed([wanted[key] for key in missing])
            made = dict(zip(missing, fresh, strict=True))
            self._kept.put(made)
            known |= made
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([known[key] for key in keys])
