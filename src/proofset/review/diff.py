"""Two texts side by side, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

# Beyond this the comparison would take too long, and nobody reads it.
MAX_WORDS = 3000


class Span(NamedTuple):
    """A piece of both texts (`same`), of the first alone (`gone`) or of the second alone (`new`)."""

    what: Literal["same", "gone", "new"]
    text: str


def word_diff(before: str, after: str) -> list[Span]:
    """Spans of which the same and gone ones give `before`, the same and new ones `after`, to the letter.

    Texts of more than `MAX_WORDS` words that differ are told as wholly other ones.
    """
    first, second = _words(before), _words(after)
    if max(len(first), len(second)) > MAX_WORDS and before != after:
        return _kept([Span("gone", before), Span("new", after)])
    spans: list[Span] = []
    for tag, i, j, k, m in SequenceMatcher(None, first, second).get_opcodes():
        if tag == "equal":
            spans.append(Span("same", "".join(first[i:j])))
        else:
            spans += [Span("gone", "".join(first[i:j])), Span("new", "".join(second[k:m]))]
    return _kept(spans)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _kept(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.text]
