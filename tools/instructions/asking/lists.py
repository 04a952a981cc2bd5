"""Lists with numbers or bullets, where the instruction says how many items or that there be such a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..demand import Demand, Unit
from .numbers import BOUND, NUMBER, N, bounds_of, number_of
from .sentences import Instruction

_AS = r"(?:as|in|into|with|using|use|make|give|write|create|need|present)\s+(?:me\s+)?(?:an?\s+|the\s+)?"
_LIST: dict[Unit, str] = {
    "numbers": r"(?:short\s+)?numbered (?:list|steps|checklist)",
    "bullets": r"(?:short\s+)?(?:bullet(?:ed)?(?:[- ]point)? list|bullet points|bullets|bulleted checklist)",
}
_ITEMS = r"(?:items|points|entries|steps|bullets|things|ideas|tips|reasons)"
_NONE = re.compile(
    r"\b(?:no|without(?: any)?|do not use|don['’]t use|avoid)\s+(?P<what>bullet points|bullets|numbering)\b",
    re.IGNORECASE,
)
_MANY = re.compile(rf"\b(?:each|every|per|and|{NUMBER})\b", re.IGNORECASE)
_TO = re.compile(rf"\bnumbered (?:from )?1 (?:to|through|-) {N}\b", re.IGNORECASE)


def _patterns(unit: Unit) -> tuple[re.Pattern[str], ...]:
    said = _LIST[unit]
    return (
        re.compile(rf"\b{said} of (?:the )?{N}\b", re.IGNORECASE),
        re.compile(rf"\b{said} (?:with|of) (?:{BOUND})?{N} {_ITEMS}\b", re.IGNORECASE),
        re.compile(rf"\b{N}\s+(?P<of>[^.;:?!\d]{{1,60}}?)\s+(?:as|in) (?:an? )?{said}", re.IGNORECASE),
    )


_COUNTED = {unit: _patterns(unit) for unit in _LIST}
_ANY = {unit: re.compile(rf"\b{_AS}{said}\b", re.IGNORECASE) for unit, said in _LIST.items()}


def lists(instruction: Instruction) -> Iterator[Demand]:
    """A list whose length is not said has at least one item."""
    for match in instruction.found(_NONE):
        yield Demand("count", "numbers" if match["what"].lower() == "numbering" else "bullets", 0, 0)
    for match in instruction.found(_TO):
        number = number_of(match["n"])
        yield Demand("count", "numbers", number, number)
        return
    for unit, patterns in _COUNTED.items():
        counted = [
            match
            for pattern in patterns
            for match in instruction.found(pattern)
            if not _MANY.search(match.groupdict().get("of") or "")
        ]
        if counted:
            # The rule that says a bound goes before the one that reads a plain number.
            bounded = [match for match in counted if match.groupdict().get("bound")]
            yield Demand("count", unit, *bounds_of((bounded or counted)[0]))
        elif not _NONE.search(instruction.text):
            for _ in instruction.found(_ANY[unit]):
                yield Demand("count", unit, 1)
