"""Verifiers that take their process down with them: what a worker may meet."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from scripted_math import TrustingVerifier

MARKS = Path(os.environ.get("DYING_MARKS", "/nonexistent"))
"""A directory that remembers which slots have killed already."""


class DiesOnce(TrustingVerifier):
    """At every fifth slot, the first time that it is verified."""

    async def __call__(self, state: Any) -> dict[str, Any]:
        mark = MARKS / str(state["slot"])
        if state["slot"] % 5 == 2 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().__call__(state)


class DiesAlways(TrustingVerifier):
    """At slot 7."""

    async def __call__(self, state: Any) -> dict[str, Any]:
        if state["slot"] == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().__call__(state)


class Defective(TrustingVerifier):
    """At slot 3 it fails in the way of a defect."""

    async def __call__(self, state: Any) -> dict[str, Any]:
        if state["slot"] == 3:
            raise ZeroDivisionError("division by zero")
        return await super().__call__(state)
