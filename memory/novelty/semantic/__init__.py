"""Novelty by meaning: embedders, literals, an index that Chroma helps, thresholds."""

from .embedders import Embedder, open_embedder
from .index import Known, Match, SemanticIndex
from .literals import Literals, literals
from .store import ChromaStore
from .thresholds import KINDS, THRESHOLDS, thresholds_for

__all__ = [
    "KINDS",
    "THRESHOLDS",
    "ChromaStore",
    "Embedder",
    "Known",
    "Literals",
    "Match",
    "SemanticIndex",
    "literals",
    "open_embedder",
    "thresholds_for",
]
