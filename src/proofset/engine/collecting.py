"""Garbage collection while a run lasts: seldom, and without what was there when it began.

A slot makes thousands of small objects, and nearly all of them go by reference counting. To look for cycles
at the usual pace takes a sixth of a run's time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (20_000, 20, 50)
_open = 0
_before = (0, 0, 0)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Within it, cycles are looked for less often; what the process had set holds again after the last."""
    global _open, _before
    if not _open:
        _before = gc.get_threshold()
        gc.freeze()
        if _before[0]:
            gc.set_threshold(*map(max, _before, _SELDOM))
    _open += 1
    try:
        yield
    finally:
        _open -= 1
        if not _open:
            gc.set_threshold(*_before)
            gc.unfreeze()
