"""A problem's text by sentences: where its question stands, and what that asks for."""

from __future__ import annotations

import re
from typing import NamedTuple

_SENTENCE = re.compile(
    r"(?<=[.?!])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)\s+(?=[A-Z\d\"'$(])"
)
_ASKS = re.compile(
    r"\?|\b(?:find|solve|evaluate|compute|calculate|determine|simplify|express|how (?:many|much|long|far"
    r"|old|fast)"
    r"|what|which|give|factor|expand|convert|list|write|differentiate|integrate|estimate|count|work out"
    r"|add|subtract|multiply|divide|order|choose|round|rewrite|reduce|complete|name)\b",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\b(?:how|what|which|find|solve|evaluate|compute|calculate|determine|simplify|express|when|number|value"
    r"|give|factor|expand|convert|list|write|differentiate|integrate|estimate|count|work out|by what|add"
    r"|subtract|multiply|divide|order|choose|round|rewrite|reduce|complete)\b"
    r"|=\s*\?",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow many\s+((?:[a-z'-]+\s+){0,3}[a-z'-]+)", re.IGNORECASE)


class Question(NamedTuple):
    """The question of a problem.

    Attributes:
        text: the sentences that ask, joined; empty where none does.
        statement: the sentences before and between them.
        asks_quantity: whether a number, a value or an expression is asked for.
        marks: how many question marks there are.
    """

    text: str
    statement: str
    asks_quantity: bool
    marks: int


def question_of(problem: str) -> Question:
    """Split a problem into what it asks and what it states."""
    sentences = _SENTENCE.split(problem.strip())
    asking = [sentence for sentence in sentences if _ASKS.search(sentence)]
    marked = [sentence for sentence in asking if "?" in sentence]
    chosen = marked or asking
    text = " ".join(chosen)
    statement = " ".join(sentence for sentence in sentences if sentence not in chosen)
    return Question(text, statement, bool(_QUANTITY.search(text)), problem.count("?"))


def counted_words(question: str) -> tuple[str, ...]:
    """The words after `how many`, at most four, in lower case; empty where nothing is counted."""
    match = _COUNTED.search(question)
    return tuple(match.group(1).lower().split()) if match else ()
