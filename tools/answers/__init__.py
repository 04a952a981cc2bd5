"""Typed answers: two answers are equal when an exact and a numeric path both say so, and never by a guess.

compare_answers ──▶ one sandboxed job per batch (the modules with an underscore) ──▶ Comparison
"""

from .compare import Comparison, Pair, compare_answers
from .evidence import comparison_evidence, recheck

__all__ = ["Comparison", "Pair", "compare_answers", "comparison_evidence", "recheck"]
