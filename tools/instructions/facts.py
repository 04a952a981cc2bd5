"""Marks of facts about the world that a response brings in by itself: names, dates, figures, answers.

They are marks and no more: a text without any may still say what is not so. Whoever asks has to ask further.
"""

from __future__ import annotations

import re

_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b(?!\s*(?:words|grams|metres|meters|euros|dollars|ml|g|m)\b)")
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})|(?:{_MONTH})\s+\d{{1,2}})\b", re.IGNORECASE
)
_FIGURE = re.compile(
    r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?:\s*%|\s+(?:percent|per cent|million|billion|thousand)\b)?", re.ASCII
)
_NAME = re.compile(
    r"(?<=[a-z,] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)"
    r"[A-Z][a-z]{2,}(?:\s+(?:of\s+|the\s+|de\s+|van\s+)?[A-Z][a-z]+)*"
)
_INVENTS = re.compile(
    r"\b(?:story|stories|poem|dialogue|joke|riddle|novel|tale|scene|character|invent|imagine|fictional|slogan"
    r"|title|headline|lyrics|song|letter|e-?mail|reply|answer as|pretend|brainstorm|names? for|translate"
    r"|in(?:to)? (?:german|french|spanish|italian|english))\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:\A|(?<=[.!?]\s))(?:who|whom|whose|when|where|why|which|what|how (?:does|do|did|is|are|was|many"
    r"|much|old|far|long|tall|big)"
    r"|(?:find|name|state|give|tell me) the (?:capital|author|name|date|year|population))\b",
    re.IGNORECASE,
)
"""Asked of nothing that is given, it is asked of the world."""
_SMALL = 12
"""Counts up to here are list numbers, steps and the like."""


def facts_marked_in(instruction: str, given: str, response: str) -> tuple[str, ...]:
    """Names, dates and figures of a response that stand in neither the instruction nor its input; and a
    question that nothing given answers.

    Names are passed over where a text is to be invented or translated, figures where there are numbers to
    reckon with.
    """
    known = f"{instruction}\n{given}"
    found: dict[str, None] = {}
    asked = _QUESTION.search(instruction)
    if asked and not given and not re.search(r"\d", known) and not _INVENTS.search(instruction):
        found[f"question {asked[0]}"] = None
    for match in _DATE.finditer(response):
        if match[0].lower() not in known.lower():
            found[f"date {match[0]}"] = None
    for match in _YEAR.finditer(response):
        if match[0] not in known and not re.search(r"\d", known):
            found[f"year {match[0]}"] = None
    if not re.search(r"\d", known):
        for match in _FIGURE.finditer(response):
            if _is_figure(match[0]) and not any(match[0].strip() in mark for mark in found):
                found[f"figure {match[0].strip()}"] = None
    if not _INVENTS.search(instruction):
        words = {word.lower() for word in re.findall(r"\w+", known)}
        for match in _NAME.finditer(response):
            if match[0].lower() in _MONTH.split("|"):
                continue
            if not all(word.lower() in words for word in re.findall(r"\w+", match[0])):
                found[f"name {match[0]}"] = None
    return tuple(found)


def _is_figure(text: str) -> bool:
    number = re.sub(r"[^\d.]", "", text.replace(",", "")).rstrip(".")
    return not text.strip().isdigit() or float(number or 0) > _SMALL
