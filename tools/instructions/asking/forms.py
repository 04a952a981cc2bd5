"""JSON and YAML, with the keys that are named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..demand import Demand
from .numbers import NUMBER
from .sentences import Instruction, listed

_FORM = r"(?P<form>JSON|YAML)\b"
_ONLY = r"(?:an?\s+|one\s+|only\s+|just\s+|valid\s+|plain\s+|single\s+)*"
_ASKED = (
    re.compile(
        r"\b(?:return|output|produce|give(?:\s+me)?|make|create|write|need|(?:respond|reply|answer) with"
        rf"|nothing but)\s+{_ONLY}{_FORM}(?!\s+(?:schema|parser|library))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:as|into|in|to)\s+{_ONLY}{_FORM}(?!\s+(?:file|document|below|schema|parser|library))",
        re.IGNORECASE,
    ),
    re.compile(rf"{_FORM}\s+only\b", re.IGNORECASE),
)
_QUOTED_KEY = r"[\"'“‘`][^\"'“”‘’`\n]{1,40}[\"'”’`]"
_KEY = rf"(?:{_QUOTED_KEY}|(?!(?:and|or|for|each|of|in|with)\b)\w[\w-]*)"
_LIST = rf"(?P<keys>{_KEY}(?:(?:,\s*(?:and\s+)?|\s+and\s+){_KEY})*)"
_KEYS = re.compile(
    r"\b(?:with|having|has|contain(?:s|ing)?|includ(?:e|es|ing)|whose)\s+(?P<exact>exactly\s+|only\s+)?"
    rf"(?:the\s+|these\s+)?(?:(?:{NUMBER})\s+)?(?P<only>only\s+)?(?:keys?|fields?|propert(?:y|ies))"
    rf"(?:\s+(?:is|are|named|called))?[,:]?\s+{_LIST}(?P<next>\s+\w+)?",
    re.IGNORECASE,
)
_QUOTED_KEYS = re.compile(
    rf"\bwith\s+(?P<keys>{_QUOTED_KEY}(?:(?:,\s*(?:and\s+)?|\s+and\s+){_QUOTED_KEY})*)", re.IGNORECASE
)
_GOES_ON = frozenset(
    ("of", "for", "from", "in", "on", "to", "with", "as", "at", "per", "each", "about", "where", "so", "by")
)
_NEAR = 100


def forms(instruction: Instruction) -> Iterator[Demand]:
    """The first form that is asked for, with the keys named after it where these can be told."""
    match = next((match for pattern in _ASKED for match in instruction.found(pattern)), None)
    if match is None:
        return
    after = instruction.text[match.end() : match.end() + _NEAR]
    names, exact = _keys_in(after)
    kind = "json" if match["form"].lower() == "json" else "yaml"
    yield Demand(kind, high=len(names) if exact and names else None, texts=names)  # type: ignore[arg-type]


def _keys_in(text: str) -> tuple[tuple[str, ...], bool]:
    found = _KEYS.search(text)
    if found is None:
        quoted = _QUOTED_KEYS.match(text.lstrip())
        return (listed(quoted["keys"], "and") if quoted else ()), False
    following = (found["next"] or "").strip().lower()
    if following and following not in _GOES_ON and found["keys"][-1] not in "\"'”’`":
        # "title and body text": where the last key ends is a guess.
        return (), False
    return listed(found["keys"], "and"), bool(found["exact"] or found["only"])
