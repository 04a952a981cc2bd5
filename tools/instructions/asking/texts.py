"""Words and letters that must, or must not, stand in a response, and what it begins and ends with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..demand import Demand, Kind
from .sentences import Instruction

_QUOTED = r"[\"'“‘`](?:[^\"'“”‘’`\n]|(?<=\w)['’](?=\w)){1,60}[\"'”’`]"
_QUOTES = rf"(?P<texts>{_QUOTED}(?:(?:,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+){_QUOTED})*)"
_WORDS = r"(?:the\s+)?(?:exact\s+)?(?:words?|phrases?|terms?)\s+"
_NOT = r"(?:do not|don't|don’t|may not|must not|should not|never)"
_OUT = (
    r"(?:never using|without(?: using| saying| mentioning| containing)?|avoid(?: using| saying)?"
    rf"|{_NOT} (?:use|say|mention|write|include|contain))"
)
_NO_LETTER = (
    re.compile(
        rf"\b(?:{_OUT}|no)\s+(?:the\s+)?(?:any\s+)?letter\s+[\"'“‘]?(?P<texts>[a-z])(?!\w)", re.IGNORECASE
    ),
    re.compile(
        r"\bletter\s+[\"'“‘]?(?P<texts>[a-z])[\"'”’]?\s+(?:never|does not|doesn't|is not|must not)\b",
        re.IGNORECASE,
    ),
)
_NO_WORD = (
    re.compile(rf"\b{_OUT}\s+{_WORDS}{_QUOTES}", re.IGNORECASE),
    re.compile(rf"\b{_NOT} (?:use|say|mention)\s+{_QUOTES}", re.IGNORECASE),
    re.compile(
        rf"\b(?:word|phrase|term)\s+(?P<texts>{_QUOTED})\s+(?:is|must be) (?:forbidden|banned|taboo)", re.I
    ),
)
_HOLD = r"(?:includ(?:e|es|ing)|contain(?:s|ing)?|us(?:e|es|ing)|mention(?:s|ing)?)"
_HOLDS = (
    re.compile(rf"\b{_HOLD}\s+(?:both\s+)?{_WORDS}{_QUOTES}", re.IGNORECASE),
    re.compile(rf"\b(?:include|use|mention)\s+both\s+{_QUOTES}", re.IGNORECASE),
)
_DENIED = re.compile(
    r"\b(?:without|avoid|not|never|don't|don’t|whether|if)\s+(?:\w+\s+)?\Z|\bcount\b[^.]*\Z", re.IGNORECASE
)
_WHOLE = r"(?:(?:your|the|every)\s+(?:answer|reply|response|message|text|letter|e-?mail|story|poem|note)\s+)?"
_NAMED = r"(?:the\s+)?(?:exact\s+)?(?:words?|phrase|sentence|line|question)?\s*"
# "that starts with" is said of the response only where one thing is asked for: of words, it says which.
_ONE = r"\b(?:story|sentence|poem|letter|paragraph|text|response|answer|reply|message|e-?mail|tale),?"
_BARE = r"(?:\A|(?<=[.!?:,;]\s)|(?<=\band )|(?<=\bplease )|(?<=\bmust )|(?<=\bshould )|(?<=\bto ))"


def _edges(bare: str, third: str, participle: str, place: str) -> tuple[re.Pattern[str], ...]:
    quoted = rf"with\s+{_NAMED}(?P<texts>{_QUOTED})"
    return (
        re.compile(rf"{_BARE}(?:{bare})\s+{_WHOLE}{quoted}", re.IGNORECASE),
        re.compile(rf"{_ONE} (?:that (?:{third})|{participle})\s+{quoted}", re.IGNORECASE),
        re.compile(rf"\b{place} words? of (?:your|the) \w+ (?:must|should) be\s+(?P<texts>{_QUOTED})", re.I),
    )


_EDGES: dict[Kind, tuple[re.Pattern[str], ...]] = {
    "begins": _edges(
        "begin|start|open", "begins|starts|opens", "(?:beginning|starting|opening)", "(?:very )?first"
    ),
    "ends": _edges(
        "end|finish|close|conclude",
        "ends|finishes|closes|concludes",
        "(?:ending|finishing|closing|concluding)",
        "(?:very )?last",
    ),
}


def texts(instruction: Instruction) -> Iterator[Demand]:
    """What must be left out, what must be there, what comes first and last."""
    for pattern in (*_NO_LETTER, *_NO_WORD):
        for match in instruction.found(pattern):
            yield from (Demand("without", texts=(text,)) for text in _unquoted(match["texts"]))
    for pattern in _HOLDS:
        for match in instruction.found(pattern):
            if not _DENIED.search(instruction.text[: match.start()]):
                yield from (Demand("holds", texts=(text,)) for text in _unquoted(match["texts"]))
    for kind, patterns in _EDGES.items():
        for pattern in patterns:
            for match in instruction.found(pattern):
                yield from (Demand(kind, texts=(text,)) for text in _unquoted(match["texts"]))


def _unquoted(text: str) -> list[str]:
    return [found.strip("\"'“”‘’`") for found in re.findall(_QUOTED, text)] or [text]
