"""Near-twins by meaning, for `dedup --semantic`."""

from __future__ import annotations

from ..novelty.semantic import Embedder, RecentEmbedder, SemanticIndex, open_embedder


def index_by_meaning(embedder: str | Embedder, threshold: float | None) -> SemanticIndex:
    """An index in memory, exact, 4 bytes a dimension and text; above the calibrated cosine, or the given one.

    Raises UsageError for an embedder that is unknown or not installed.
    """
    thresholds = None if threshold is None else {"instruction": threshold}
    return SemanticIndex(RecentEmbedder(open_embedder(embedder)), thresholds=thresholds)
