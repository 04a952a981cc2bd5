"""Novelty by meaning: embedders, literals, an index that Chroma helps, thresholds."""

from .embedders import Embedder, open_embedder
from .index import Known, Match, Near, SemanticIndex
from .literals import Literals, literals
from .store import ChromaStore
from .thresholds import KINDS, SAME_WORDS, THRESHOLDS, thresholds_for
from .wording import content_words, overlap

__all__ = [
    "KINDS",
    "SAME_WORDS",
    "THRESHOLDS",
    "ChromaStore",
    "Embedder",
    "Known",
    "Literals",
    "Match",
    "Near",
    "SemanticIndex",
    "content_words",
    "literals",
    "open_embedder",
    "overlap",
    "thresholds_for",
]
