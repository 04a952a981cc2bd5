"""The collapse gate of a run: it ends where what is kept has lost the breadth of what people wrote."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from ..collapse import MIN_TEXTS, watch
from ..collapse.reading import texts_in
from ..errors import UsageError
from .config import RunConfig

_FIRST = (100, 200, 500)
_EVERY = 1000
"""How many of the newest are looked at, and how often from there on."""


class Breadth:
    """Watches kept instructions, in their order; see `proofset.memory.Watch`.

    It looks at 100, 200, 500 and every 1,000 kept records, at the newest 1,000: the same run ends at the same
    record, resumed or not.

    Args:
        allow: tell of a collapse, and go on.
        notice: is told.
    """

    def __init__(self, anchor: Sequence[str], *, allow: bool, notice: Callable[[str], None]) -> None:
        self._anchor = anchor
        self._allow = allow
        self._notice = notice
        self._texts: deque[str] = deque(maxlen=_EVERY)
        self._count = 0
        self._due: tuple[int, list[str]] | None = None

    @property
    def is_due(self) -> bool:
        """Whether there is something to look at, which takes a second."""
        return self._due is not None

    def add(self, text: str) -> None:
        """One more is kept."""
        self._texts.append(text)
        self._count += 1
        if self._count in _FIRST or self._count % _EVERY == 0:
            self._due = (self._count, list(self._texts))

    def verdict(self) -> str:
        """Why the run ends; empty where it goes on."""
        if self._due is None:
            return ""
        count, texts = self._due
        self._due = None
        seen = watch(self._anchor, {"kept": texts})
        if not seen.collapsed:
            return ""
        (kept,) = seen.collapsed
        reason = f"at {count:,} kept records, {'; '.join(finding.reason for finding in kept.findings)}"
        if self._allow:
            self._notice(f"collapse, allowed: {reason}")
            return ""
        return reason


def breadth_of(config: RunConfig, notice: Callable[[str], None]) -> Breadth | None:
    """The gate that a run asks for; None where it names no anchor.

    Raises UsageError for an anchor that cannot be read, or has too few texts.
    """
    if not config.anchor:
        return None
    texts = [text for path in config.anchor for text in texts_in(Path(path), (), notice)]
    if len(texts) < MIN_TEXTS:
        raise UsageError(
            f"--anchor {' '.join(config.anchor)}: {len(texts)} texts; give at least {MIN_TEXTS} by people"
        )
    return Breadth(texts, allow=config.allow_collapse, notice=notice)
