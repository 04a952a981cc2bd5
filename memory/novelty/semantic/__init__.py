"""Novelty by meaning: embedders, literals, an index that Chroma helps, thresholds."""

from .embedders import EMBEDDERS, Embedder, RecentEmbedder, open_embedder
from .index import EXACT_BELOW, Known, Match, Near, SemanticIndex
from .literals import Literals, literals
from .store import ChromaStore, StoreInUseError
from .thresholds import KINDS, SAME_WORDS, THRESHOLDS, thresholds_for
from .wording import content_words, overlap

__all__ = [
    "EMBEDDERS",
    "EXACT_BELOW",
    "KINDS",
    "SAME_WORDS",
    "THRESHOLDS",
    "ChromaStore",
    "Embedder",
    "Known",
    "Literals",
    "Match",
    "Near",
    "RecentEmbedder",
    "SemanticIndex",
    "StoreInUseError",
    "content_words",
    "literals",
    "open_embedder",
    "overlap",
    "thresholds_for",
]
