"""Which language a text is written in; None where that cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Guess(NamedTuple):
    """A language by its ISO 639-1 code, and how sure that is, 0 to 1."""

    language: str
    sure: float


Detect = Callable[[str], Guess | None]
