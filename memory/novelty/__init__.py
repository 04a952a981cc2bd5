"""Novelty: is this text new?"""

from .lexical import DEFAULT_THRESHOLD, MEASURES, LexicalIndex, Match, Similar

__all__ = ["DEFAULT_THRESHOLD", "MEASURES", "LexicalIndex", "Match", "Similar"]
