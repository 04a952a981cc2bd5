"""Typed answers: two answers are equal when an exact and a numeric path both say so, and never by a guess.

compare_answers ──▶ one sandboxed job per batch (the modules with an underscore) ──▶ Comparison
"""

from .compare import MAX_CHARS, MAX_PROBLEM_CHARS, Comparison, Pair, compare_answers

__all__ = ["MAX_CHARS", "MAX_PROBLEM_CHARS", "Comparison", "Pair", "compare_answers"]
