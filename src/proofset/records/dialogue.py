"""A dialogue as one text: what somebody reads who judges its answer."""

from __future__ import annotations

from collections.abc import Sequence

from .record import Message


def asked_in_full(turns: Sequence[Message]) -> str:
    """All turns before an answer. A single turn of the user is its own text."""
    match turns:
        case [Message(role="user") as only]:
            return only.content
    return "\n\n".join(f"[{turn.role}]\n{turn.content}" for turn in turns)
