"""Does a sentence of an instruction ask something of the response, or does it tell or quote something?"""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUOTED = re.compile(
    r"“[^”]{2,}”|‘(?:[^’]|(?<=\w)’(?=\w)){2,}’|«[^»]{2,}»|\"[^\"\n]{2,}\""
    r"|(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w)){2,}'(?!\w)"
)
_END = re.compile(r"[.!?]+[\"'”’)]*(?=\s|$)|[:;](?=\s)|\n")
_MUST = re.compile(
    r"\b(?:must|should|shall|has to|needs? to|please|can you|could you|would you|will you|may not|cannot"
    r"|do not|don['’]t|forbidden|banned)\b"
    r"|\byour (?:\w+ ){0,2}(?:answer|reply|response|output|text|message)\b"
)
_I_WANT = re.compile(r"\b(?:i (?:want|would like)|i['’]d like|i need(?! to\b)|please|you must|you should)\b")
_ASKS_FOR = re.compile(r"(?:can|could|would|will) you\b|please\b")
_SUBJECTS = (
    "he she it they we i you this that these those there some most many every each people who whom which what"
    " why when where how is are was were am do does did has have had the my our his her their its if because"
    " although while mr mrs ms dr"
)
_TELLS = frozenset(_SUBJECTS.split())
"""First words of a sentence that has a subject, or asks about one."""
_OTHERS = "i we he she they my our his her their if because although while"
_OURS = frozenset(_OTHERS.split())
"""First words of a sentence that tells what somebody else has to do."""
_VERBS = (
    "name list give write describe explain show state compare say tell answer use find make create draft"
    " compose output return label classify sum summarize summarise turn convert translate"
    " rewrite suggest offer"
)
_ORDERS = frozenset(_VERBS.split())
_ARTICLES = frozenset(("a", "an", "one", "two", "three", "four", "five"))
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|had|said|says|wrote|writes|told|asked|gave|gives|uses|used|starts|started|begins"
    r"|began|ends|ended|contains|contained|means|meant|appears|appeared|spoke|answered|replied)\b"
)


def listed(text: str, joints: str) -> tuple[str, ...]:
    """The items of a list such as "a, b and c", without quotation marks; `joints` go before the last."""
    parts = re.split(rf",\s*(?:(?:{joints})\s+)?|\s+(?:{joints})\s+", text.strip())
    items = (part.strip(" \"'“”‘’`") for part in parts)
    return tuple(item for item in items if item)


class Instruction:
    """An instruction's text, with what stands in it in quotation marks and where its sentences are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._quotes = [match.span() for match in _QUOTED.finditer(text)]

    def found(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The matches that ask something of the response."""
        for match in pattern.finditer(self.text):
            if self.asks_at(match.start()):
                yield match

    def asks_at(self, place: int) -> bool:
        """Whether what stands there is asked of the response, and not told, asked back or quoted."""
        if any(start < place < end for start, end in self._quotes):
            return False
        sentence, ends = self._sentence(place)
        words = re.findall(r"[\w'’-]+", sentence.lower())
        if not words:
            return True
        if ends == "?":
            return bool(_ASKS_FOR.search(sentence.lower()))
        if words[0] in _OURS:
            return bool(_I_WANT.search(sentence.lower()))
        if _MUST.search(sentence.lower()) or words[0] in _ORDERS:
            return True
        if words[0] in _TELLS:
            return False
        start = " ".join(words[1:3]) if words[0] not in _ARTICLES else " ".join(words[1:])
        return not _FINITE.search(start)

    def rest(self, place: int) -> str:
        """What follows."""
        return self.text[place:]

    def _sentence(self, place: int) -> tuple[str, str]:
        """The sentence around a place, and the sign that ends it."""
        start = 0
        for end in _END.finditer(self.text):
            if end.end() > place:
                return self.text[start : end.end()].strip(), end[0].strip()[:1]
            start = end.end()
        return self.text[start:].strip(), ""
