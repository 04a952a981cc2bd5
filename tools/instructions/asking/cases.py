"""Capital and small letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..demand import Demand, Kind
from .sentences import Instruction

_SAY = (
    r"\b(?:write|spell|print|type|answer|reply|respond|output|say|put)\b"
    r"[^.;:]{0,60}\bin\s+(?:all\s+|only\s+)?"
)
_CAPITALS = r"(?:capital letters|capitals|upper[- ]?case(?: letters)?|(?:all )?caps)\b"
_SMALL = r"(?:small letters|lower[- ]?case(?: letters)?)\b"


def _asked(wanted: str, unwanted: str) -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(rf"{_SAY}{wanted}", re.IGNORECASE),
        re.compile(
            rf"(?:\A|(?<=[.!?:,]\s))(?:please,?\s+)?(?:all|only|use only|in all)\s+{wanted}", re.IGNORECASE
        ),
        re.compile(rf"\b(?:using|use) (?:only|just|nothing but)\s+{wanted}", re.IGNORECASE),
        re.compile(rf"\b(?:without(?: any)?|do not use|don't use|avoid)\s+{unwanted}", re.IGNORECASE),
        re.compile(rf"(?:\A|(?<=[.!?:,;]\s)|\buse )no\s+{unwanted}", re.IGNORECASE),
    )


_CASES: dict[Kind, tuple[re.Pattern[str], ...]] = {
    "upper": _asked(_CAPITALS, _SMALL),
    "lower": _asked(_SMALL, _CAPITALS),
}


def cases(instruction: Instruction) -> Iterator[Demand]:
    """Letters of one case only, in the whole response."""
    for kind, patterns in _CASES.items():
        if any(True for pattern in patterns for _ in instruction.found(pattern)):
            yield Demand(kind)
