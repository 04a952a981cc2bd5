"""Labels that a response must be, or name: yes or no, and one of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..demand import Demand
from .sentences import Instruction, listed

_OPEN, _CLOSE = "[\"'“‘]?", "[\"'”’]?"
_YES_NO_PAIR = (
    rf"(?:an?\s+|simple\s+)*{_OPEN}(?P<a>yes|true){_CLOSE}\s*(?:or|/)\s*(?:an?\s+)?"
    rf"{_OPEN}(?P<b>no|false){_CLOSE}"
)
_YES_NO = (
    re.compile(
        r"(?<!not )\b(?:answer|reply|respond|say)(?:\s+(?:only|just|simply|with|either))*\s+"
        rf"{_YES_NO_PAIR}(?!\w)",
        re.I,
    ),
    re.compile(rf"\b(?:strictly|only|just|one word[,:]?)\s+{_YES_NO_PAIR}(?!\w)", re.IGNORECASE),
    re.compile(rf"{_YES_NO_PAIR}\s+(?:only|alone)\b", re.IGNORECASE),
)
_WITH_REASONS = re.compile(
    r"\b(?:explain|explaining|justify|because|reasons?|why|followed by|then|elaborate|details?)\b",
    re.IGNORECASE,
)
_LABEL = r"[\"'“]?\w[\w-]*(?: [\w-]+)?[\"'”]?"
_LISTED = rf"(?P<labels>(?:{_LABEL},\s+)*{_LABEL},?\s+or\s+{_LABEL})"
_QUOTED = r"[\"'“‘][^\"'“”‘’\n]{1,40}[\"'”’]"
_ONLY = (
    re.compile(
        r"\b(?:reply|answer|respond|output)\s+(?:only|just|strictly)\s+(?:with\s+)?(?:one of:?\s+)?"
        rf"{_LISTED}(?=\s*[.!?;]|\s*$)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\bone of(?:\s+(?:the|these))?(?:\s+(?:tags|labels|words|categories|options|following))?\s*[:(\[]\s*"
        rf"(?P<labels>(?:{_LABEL},\s+)+(?:or\s+)?{_LABEL})(?=\s*[.!?;)\]]|\s*$)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:either|answer|reply|respond)\s+(?P<labels>{_QUOTED}\s+or\s+{_QUOTED})"
        r"(?=,?\s+only|,?\s+with no|\s*[.!])",
        re.IGNORECASE,
    ),
)
_CHOICE = re.compile(
    rf"(?:\b(?:as|whether [^.?!]{{1,60}}? is|into|either)|:)\s+{_LISTED}\s*(?:[.?!]|$)", re.IGNORECASE
)
_NAME_ONLY = re.compile(
    r"\b(?:only|just|exactly|nothing but)\b[^.;:]{0,30}\b(?:label|tag|category|words?|letter|rating|name)\b"
    r"|\b(?:label|tag|category|word|letter|rating|name) (?:only|alone)\b",
    re.IGNORECASE,
)


def labels(instruction: Instruction) -> Iterator[Demand]:
    """The first that is found. Where reasons are wanted too, or the list ends the instruction without a word
    on what else may stand there, the response must name a label; else it must be one.
    """
    text = instruction.text
    for pattern in _YES_NO:
        for match in instruction.found(pattern):
            pair = (match["a"].lower(), match["b"].lower())
            wanted = "names" if _WITH_REASONS.search(text[match.end() :]) else "labels"
            yield Demand(wanted, texts=pair)  # type: ignore[arg-type]
            return
    for pattern in _ONLY:
        for match in instruction.found(pattern):
            yield Demand("labels", texts=listed(match["labels"], "and|or"))
            return
    choice = _CHOICE.search(text.strip())
    if choice is not None:
        names = listed(choice["labels"], "and|or")
        rest = text.strip()[choice.end() :]
        if len(names) >= 2 and "other" not in names and (not rest or _NAME_ONLY.search(rest)):
            yield Demand("labels" if _NAME_ONLY.search(rest) else "names", texts=names)
