"""Spans: where personal data and secrets stand in a text, and which of those that overlap count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

KINDS = (
    "PRIVATE_KEY",
    "TOKEN",
    "API_KEY",
    "PASSWORD",
    "EMAIL",
    "IBAN",
    "CARD",
    "NATIONAL_ID",
    "CRYPTO",
    "MAC",
    "IP",
    "PHONE",
)
"""Kinds of what is found here; of two that overlap, the first of these names it."""
_SENTENCE = re.compile(r"[!?]\s|\.\s+(?=[A-Z])|\n\s*\n")
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


class Span(NamedTuple):
    """A part of a text that is not to be written."""

    kind: str
    start: int
    end: int


Finder = Callable[[str], Iterable[Span]]
"""Finds spans in a text."""


def apart(spans: Iterable[Span]) -> list[Span]:
    """Spans in order that do not overlap: those that do become one, from the first start to the last end."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if found and span.start < found[-1].end:
            last = found[-1]
            kind = min(last.kind, span.kind, key=lambda kind: _RANK.get(kind, len(KINDS)))
            found[-1] = Span(kind, last.start, max(last.end, span.end))
        elif span.start < span.end:
            found.append(span)
    return found


def said_before(text: str, start: int, words: re.Pattern[str], reach: int = 40) -> bool:
    """Whether one of these words stands shortly before a place, in the same sentence or line."""
    before = text[max(0, start - reach) : start]
    return words.search(_SENTENCE.split(before)[-1]) is not None
