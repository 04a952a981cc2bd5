"""A pool's texts by meaning: vectors beside its database, and Chroma where there are many."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from ..ledger import KeptEmbedder, VectorFile
from ..novelty.semantic import (
    EXACT_BELOW,
    ChromaStore,
    Embedder,
    Known,
    RecentEmbedder,
    SemanticIndex,
    StoreInUseError,
    open_embedder,
)
from .items import Item

VECTORS = "vectors.db"
CHROMA = "chroma"
_log = logging.getLogger(__name__)


class Meaning:
    """The index by meaning of one open pool.

    Chroma in the pool's directory has one owner. Whoever comes second compares with all: the answers are the
    same, and slower. So does everybody while there are few texts.

    Args:
        truth: the pool's items, in order.
        size: how many.
        chroma: `http://host:port` of a Chroma that is shared.
    """

    def __init__(
        self,
        directory: Path,
        embedder: str | Embedder,
        truth: Iterable[Item],
        size: int,
        chroma: str | None,
        notice: Callable[[str], None] | None,
    ) -> None:
        notice = notice or _log.warning
        opened = open_embedder(embedder)
        with ExitStack() as stack:
            vectors = stack.enter_context(closing(VectorFile(directory / VECTORS, notice=notice)))
            self._embedder = RecentEmbedder(KeptEmbedder(opened, vectors.transact))
            known = (Known(str(item.seq), item.text, item.seq, item.kind) for item in truth)
            store = None
            if chroma is not None or size > EXACT_BELOW:
                store = stack.enter_context(closing(ChromaStore(chroma or directory / CHROMA, notice=notice)))
                try:
                    store.claim()
                except StoreInUseError as error:
                    notice(f"{error}; until then this run compares with all")
                    store = None
            self.index = SemanticIndex(self._embedder, store=store, truth=known)
            self._open = stack.pop_all()

    def embed(self, texts: Sequence[str]) -> None:
        """Have the vectors of these at hand, kept for good."""
        self._embedder.embed(texts)

    def close(self) -> None:
        self.index.close()
        self._open.close()
