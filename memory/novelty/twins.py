"""Twins: known texts by wording, and by meaning where that is asked for. The lexical rule speaks first."""

from __future__ import annotations

import threading
from collections.abc import Container
from typing import TYPE_CHECKING, TypeAlias

from .lexical import LexicalIndex, Match, Similar

if TYPE_CHECKING:
    from .semantic import Match as MatchByMeaning
    from .semantic import SemanticIndex

    Twin: TypeAlias = Match | MatchByMeaning


class Twins:
    """Known texts. Safe to use from several threads.

    Args:
        semantic: None compares by wording only.
    """

    def __init__(self, lexical: LexicalIndex, semantic: SemanticIndex | None = None) -> None:
        self.lexical = lexical
        self.semantic = semantic
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.lexical)

    def add(self, item_id: str, text: str, *, position: int, kind: str) -> None:
        """Know a text from now on. Positions must not fall."""
        if self.semantic is not None:
            self.semantic.add(item_id, text, position=position, kind=kind)
        with self._lock:
            self.lexical.add(item_id, text, position=position)

    def find(
        self, text: str, *, kind: str, before: int | None = None, skip: Container[str] = frozenset()
    ) -> Twin | None:
        """The known text that this one repeats; None for a new one. See `find` of either index."""
        with self._lock:
            worded = self.lexical.find(text, before=before, skip=skip)
        if worded is not None or self.semantic is None:
            return worded
        return self.semantic.find(text, before=before, skip=skip, kind=kind)

    def similar(self, text: str, *, k: int, before: int | None = None) -> Similar:
        """See `LexicalIndex.similar`."""
        with self._lock:
            return self.lexical.similar(text, k=k, before=before)
