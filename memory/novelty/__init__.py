"""Novelty: is this text new? By wording; and by meaning, in `semantic`, which loads when it is asked for."""

from .lexical import DEFAULT_THRESHOLD, MEASURES, LexicalIndex, Match, Near, Similar
from .twins import Twins

__all__ = ["DEFAULT_THRESHOLD", "MEASURES", "LexicalIndex", "Match", "Near", "Similar", "Twins"]
