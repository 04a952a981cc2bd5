"""Near-twins by meaning, for `dedup --semantic`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..novelty.semantic import SemanticIndex, open_embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..novelty.semantic import Embedder


def index_by_meaning(embedder: str | Embedder, threshold: float | None) -> SemanticIndex:
    """An index in memory, exact, 4 bytes a dimension and text; above the calibrated cosine, or the given one.

    Raises UsageError for an embedder that is unknown or not installed.
    """
    thresholds = None if threshold is None else {"instruction": threshold}
    return SemanticIndex(_Once(open_embedder(embedder)), thresholds=thresholds)


class _Once:
    """An embedder that is not asked again for the text that it was asked for last: find, then add."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dim = embedder.name, embedder.dim
        self._last: tuple[list[str], NDArray[np.float32]] | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._last is None or self._last[0] != list(texts):
            self._last = list(texts), self._embedder.embed(texts)
        return self._last[1]
