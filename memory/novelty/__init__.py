"""Novelty: is this text new?"""

from .lexical import LexicalIndex, Nearest

__all__ = ["LexicalIndex", "Nearest"]
