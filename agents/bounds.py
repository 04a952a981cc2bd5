"""Bounds on what a model writes, as validators that tell it what was wrong."""

from __future__ import annotations


def filled(text: str) -> str:
    """The text without blanks around it; a ValueError where nothing is left."""
    if not text.strip():
        raise ValueError("it is empty")
    return text.strip()


def at_most(text: str, limit: int) -> str:
    """The text; a ValueError where it has more than `limit` characters."""
    if len(text) > limit:
        raise ValueError(f"it has {len(text)} characters, at most {limit} are read")
    return text
