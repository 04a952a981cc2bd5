"""How long a response is to be: words, sentences, lines, paragraphs, bullet points."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..demand import Demand
from .numbers import BOUND, HIGH, LOW, UNIT, UNITS, N, bounds_of, number_of
from .sentences import Instruction

_PLAIN = r"(?:(?:short|brief|concise|complete|full|simple|clear|plain|numbered|rhyming|separate)\s+)*"
_MAKE = r"(?:write|compose|draft|produce|give|provide|make|create|use|offer|return|output)(?:\s+(?:me|us))?"
_MANY = r"(?P<unit>sentence|line|paragraph|bullet point|bullet)s?\b"
# An object that is asked about, not for: "the poem of four lines below", "each of the two sentences"; or for
# which something else is asked: "ideas for a poem with five lines".
_ABOUT = re.compile(
    r"\b(?:the|these|those|this|each of the|every|per|all)\s+$"
    r"|\b(?:ideas?|topics?|themes?|tips|suggestions|prompts?|rules|advice) (?:for|on|about) an? [\w-]+\s+$",
    re.IGNORECASE,
)
_EACH = re.compile(r"\s*(?:each|per|apiece)\b", re.IGNORECASE)

_BETWEEN = re.compile(rf"\b(?:between\s+)?{LOW}\s*(?:and|to|or|-|–)\s*{HIGH}\s+{_PLAIN}{UNIT}", re.IGNORECASE)
_RULES = (
    re.compile(rf"\b{BOUND}{N}\s+{_PLAIN}{UNIT}", re.IGNORECASE),
    re.compile(rf"\b{N}\s+{_PLAIN}{UNIT}\s+(?:or\s+(?P<most>less|fewer)|or\s+(?P<least>more)|long\b)", re.I),
    re.compile(rf"\b{N}\s+{_PLAIN}{UNIT},?\s+(?P<most>at most|maximum|max\b|and not one more|tops)", re.I),
    re.compile(rf"\b{N}\s+{_PLAIN}{UNIT}\s+only\b", re.IGNORECASE),
    re.compile(rf"\b(?:in|with|using|into|as|of|on)\s+{N}\s+{_PLAIN}{UNIT}", re.IGNORECASE),
    re.compile(rf"\b{_MAKE}\s+(?:up\s+)?{N}\s+{_PLAIN}{_MANY}", re.IGNORECASE),
    re.compile(
        rf"\b{_MAKE}\s+(?:an?\s+)?(?:[a-z]+\s+)?{N}[- ](?P<unit>word|sentence|line|paragraph)\s", re.I
    ),
)
_A_SENTENCE = re.compile(
    r"\b(?:explain|describe|summari[sz]e|tell|say|state|answer|reply|justify|define)\b(?:(?!\buse)[^.;:?])*"
    r"\bin\s+a\s+(?:short\s+|single\s+)?sentence\b",
    re.IGNORECASE,
)
_ONE_A_LINE = re.compile(
    rf"\b{N}\s+[^.;:?!]{{1,80}}?,?\s+(?:one (?:per|on each|to a) line|each on (?:its|their) own line)"
    r"(?P<alone>[^.;:?!]{0,20}\b(?:nothing else|nothing more|no \w+))?",
    re.IGNORECASE,
)


def counts(instruction: Instruction) -> Iterator[Demand]:
    """A place of the text is read once, by the first rule that reads it."""
    taken: list[tuple[int, int]] = []
    for match in instruction.found(_BETWEEN):
        low, high = number_of(match["low"]), number_of(match["high"])
        if low <= high and _of_response(instruction, match, taken):
            yield Demand("count", UNITS[match["unit"].lower()], low, high)
    for rule in _RULES:
        for match in instruction.found(rule):
            if _of_response(instruction, match, taken):
                yield Demand("count", UNITS[match["unit"].lower()], *bounds_of(match))
    for _ in instruction.found(_A_SENTENCE):
        yield Demand("count", "sentences", 1, 1)
    for match in instruction.found(_ONE_A_LINE):
        number = number_of(match["n"])
        yield Demand("count", "lines", number, number if match["alone"] else None)


def _of_response(instruction: Instruction, match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    text = instruction.text
    if any(match.start() < end and start < match.end() for start, end in taken):
        return False
    if _ABOUT.search(text[: match.start()]) or _EACH.match(text[match.end() :]):
        return False
    taken.append(match.span())
    return True
