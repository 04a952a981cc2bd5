"""Does an instruction that was written for a given text fit it? Rules that read words, and nothing else.

shared_run, figures_given   does it give its answer away?
speaks_of_a_text            does it speak of a text that its reader cannot see?
points_elsewhere            does the text speak of what its reader cannot see?
subject_of, numbers_missing does it say what the text is about, and reckons with?
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", re.ASCII)
_NOUN = (
    r"(?:text|passage|excerpt|paragraphs?|documents?|articles?|section|snippet|response|answer|content|author"
    r"|writing|description|statement|material|documentation)"
)
_SPEAKS = (
    re.compile(rf"\b(?:the|this|that|above|following|given|provided|original) (?:\w+ )?{_NOUN}\b", re.I),
    re.compile(
        r"\b(?:described|mentioned|shown|given|provided|listed|stated|discussed) (?:above|below|here)\b", re.I
    ),
    re.compile(
        r"\b(?:above|below)[\"'”]?\s*[.?!:]?\s*\Z|\b(?:the|this) (?:above|following|given|provided)\b", re.I
    ),
    re.compile(rf"\baccording to (?:the|this|that) {_NOUN}\b", re.I),
    re.compile(
        r"\b(?:the|this|that) (?:code|function|program|implementation) (?:above|below|shown|given)\b", re.I
    ),
)
_INVENTS = re.compile(
    rf"\b(?:write|draft|compose|make|create|give|produce)\b[^.?!]{{0,40}}\bthe following (?!{_NOUN})", re.I
)
_BEGINS = re.compile(
    r"\A[\W_]*(?:however|therefore|thus|hence|moreover|furthermore|nevertheless|otherwise|then|also|likewise"
    r"|it|its|they|their|them|these|those|this|that|he|she|his|her|such|the same|the latter|the former)\b",
    re.I,
)
_POINTS = (
    re.compile(r"\b(?:see|in|cf\.?) (?:the )?(?:figure|fig\.|table|chapter|appendix|equation) ?\d", re.I),
    re.compile(
        r"\b(?:shown|described|mentioned|listed|given|see|defined|explained|as) (?:above|below|earlier)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:table|figure|diagram|picture|chart|image|section|order|list)s? (?:above|below)\b", re.I
    ),
    re.compile(r"\b(?:above|below) (?:table|figure|diagram|picture|chart|image|section|list)s?\b", re.I),
    re.compile(r"\b(?:previous|next|preceding|last) (?:section|chapter|page|paragraph)\b", re.I),
    re.compile(r"\]\((?!https?://|mailto:)[^)\s]+\)"),
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]{2,}")
_CODE_NAME = re.compile(r"`([A-Za-z_][\w.-]{2,})`")
_EVERYWHERE = {"1", "2", "10", "12", "24", "60", "100", "1000"}
_STATED = (
    re.compile(r"####\s*(?P<value>-?\d[\d,]*(?:\.\d+)?)\s*\Z", re.ASCII),
    re.compile(r"\\boxed\{(?P<value>-?\d[\d,]*(?:\.\d+)?)\}\W*\Z", re.ASCII),
    re.compile(
        r"\b(?:answer|result|total|sum|value)\b[^.\n\d]{0,40}?(?:is|:|=)\s*[$€£]?(?P<value>-?\d[\d,]*(?:\.\d+)?)"
        r"(?:\s?%|\s\w+)?\W*\Z",
        re.ASCII | re.I,
    ),
)


def shared_run(instruction: str, output: str) -> str:
    """The longest run of words that both have on end, in small letters."""
    mine, theirs = _words(instruction), _words(output)
    match = SequenceMatcher(None, mine, theirs, autojunk=False).find_longest_match()
    return " ".join(mine[match.a : match.a + match.size])


def figures_given(instruction: str, output: str) -> tuple[list[str], int]:
    """Which figures of a text stand in its instruction, and how many different ones the text has."""
    given, all_ = set(_figures(instruction)), dict.fromkeys(_figures(output))
    return [figure for figure in all_ if figure in given], len(all_)


def stated_answer(output: str) -> str:
    """The number that a text ends in as its answer: `#### 42`, `The answer is 42.`; empty where none is."""
    last = output.rstrip()[-300:]
    found = next((match for pattern in _STATED if (match := pattern.search(last))), None)
    return found["value"].replace(",", "") if found else ""


def speaks_of_a_text(instruction: str) -> str:
    """The words by which it speaks of a text that its reader has not; empty where it does not."""
    if _INVENTS.search(instruction):
        return ""
    return _first(_SPEAKS, instruction)


def points_elsewhere(output: str) -> str:
    """The words by which a text points at what its reader has not; empty where it does not."""
    begins = _BEGINS.match(output)
    return begins[0].strip() if begins else _first(_POINTS, output)


def subject_of(output: str, mentions: int) -> str:
    """The name that a text has at least so many times, and twice as often as any other; empty for none."""
    counts = Counter([*_NAME.findall(output), *_CODE_NAME.findall(output)]).most_common(2)
    (name, most), *others = counts or [("", 0)]
    return name if most >= mentions and all(most >= 2 * count for _, count in others) else ""


def numbers_missing(instruction: str, calculations: Iterable[tuple[str, str]]) -> list[str]:
    """Numbers that calculations of a text begin with, and that stand neither in its instruction nor among the
    results before; empty where at least half of them do.
    """
    known = {*_figures(instruction), *_EVERYWHERE}
    needed: dict[str, bool] = {}
    for left, right in calculations:
        for number in _figures(left):
            needed.setdefault(number, number in known)
        known.update(_figures(right))
    missing = [number for number, there in needed.items() if not there]
    return missing if 2 * len(missing) > len(needed) else []


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _figures(text: str) -> list[str]:
    return [match.replace(",", "").rstrip(".") for match in _NUMBER.findall(text)]


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> str:
    return next((match[0].strip() for pattern in patterns if (match := pattern.search(text))), "")
