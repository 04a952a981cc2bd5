"""What can be wrong with a released row: a code to count by, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `reason` is one sentence with what was found and what belongs there."""

    code: str
    reason: str


def quoted(text: str, limit: int = 60) -> str:
    """A text as a reason may hold it: one short line."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"“{plain if len(plain) <= limit else plain[: limit - 1] + '…'}”"
