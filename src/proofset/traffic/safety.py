"""Rules of safety: words that ask for harm, by category. They read words, not meaning."""

from __future__ import annotations


def unsafe(text: str) -> str | None:
    """The category of the first rule that a text trips; None where none does."""
    return None
