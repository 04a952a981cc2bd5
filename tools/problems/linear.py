"""Sums that a problem states in words, `4 apples and 9 pears cost $256`: do they determine what is asked?

Read by pattern, solved exactly by elimination; nothing of the text is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ..programs import numbers_in_text
from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .numbers import value_of

_NAME = r"(?:(?!and\b|plus\b)[a-z]+ )?(?!and\b|plus\b)[a-z]+"
_ITEM = rf"\d+ {_NAME}"
_SUM = re.compile(
    rf"({_ITEM}(?:(?:,| and|, and|,? plus) {_ITEM})*) (?:together |altogether )?"
    r"(?:costs?|weighs?|are worth|sell for|is worth|come to|total) (?:a total of "
    r"|together )?\$?(\d[\d,]*(?:\.\d+)?)",
    re.I,
)
_PART = re.compile(rf"(\d+) ({_NAME})", re.I)
_ASKED = re.compile(
    r"\b(?:price|cost|weight|worth|value) of (?:one|a|an|each|a single) ((?:[a-z]+ )?[a-z]+)"
    r"|\bhow much (?:does|is|do) (?:one|a|an|each|a single) ((?:[a-z]+ )?[a-z]+?) (?:cost|weigh|worth)",
    re.I,
)
_MORE_TOLD = re.compile(
    r"\b(?:more|less|fewer|twice|half|times|same|equal\w*|cheaper|dearer|double|ratio|each|every|per"
    r"|whole|integers?"
    r"|positive|average|discount|if (?:the|one|a|an))\b|%",
    re.I,
)


class Sum(NamedTuple):
    """One stated sum: how many of each thing, and what they come to."""

    parts: dict[str, Fraction]
    total: Fraction


async def sums_determine(claim: Claim, runs: Runs) -> Finding:
    """The stated sums are consistent, determine what is asked for, and the claim is it."""
    asked = _ASKED.search(claim.problem)
    sums = sums_in(claim.problem)
    if not asked or not sums:
        return undecided("no sums in words that would determine what is asked for")
    thing = _singular(asked.group(1) or asked.group(2))
    things = sorted({name for stated in sums for name in stated.parts})
    if thing not in things:
        return undecided(f"no sum tells of {thing}")
    rows = [[stated.parts.get(name, Fraction(0)) for name in things] + [stated.total] for stated in sums]
    reduced = eliminated(rows)
    if any(not any(row[:-1]) and row[-1] for row in reduced):
        return refuted("inconsistent", "the stated sums contradict each other")
    place = things.index(thing)
    own = [row for row in reduced if row[place] and sum(1 for value in row[:-1] if value) == 1]
    if not own:
        told = numbers_in_text(" ".join(_SUM.sub(" ", claim.problem).split()))
        if told or _MORE_TOLD.search(_SUM.sub(" ", claim.problem)):
            return undecided("the sums alone leave it open; the text tells more")
        return refuted("underdetermined", f"the stated sums leave the {thing} open")
    value = own[0][-1] / own[0][place]
    if value < 0:
        return refuted("impossible_quantity", f"by the stated sums a {thing} comes to {value}")
    claimed = value_of(re.sub(r"^\s*\$|\s*[a-zA-Z]+\s*$", "", claim.answer))
    if claimed is None:
        return undecided(f"by the stated sums a {thing} comes to {value}; the claim is no number")
    if claimed != value:
        return refuted("sums_disagree", f"by the stated sums a {thing} comes to {value}, not {claimed}")
    return passed(f"by the stated sums a {thing} comes to {value}", value=str(value))


def sums_in(problem: str) -> tuple[Sum, ...]:
    """The sums that a text states, in order."""
    found = []
    for match in _SUM.finditer(problem):
        parts: dict[str, Fraction] = {}
        for count, name in _PART.findall(match.group(1)):
            thing = _singular(name)
            parts[thing] = parts.get(thing, Fraction(0)) + int(count)
        found.append(Sum(parts, Fraction(match.group(2).rstrip(",").replace(",", ""))))
    return tuple(found)


def eliminated(rows: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """The rows in reduced echelon form; the last column is the right side."""
    work = [list(row) for row in rows]
    pivot = 0
    for column in range(len(work[0]) - 1):
        chosen = next((k for k in range(pivot, len(work)) if work[k][column]), None)
        if chosen is None:
            continue
        work[pivot], work[chosen] = work[chosen], work[pivot]
        lead = work[pivot][column]
        work[pivot] = [value / lead for value in work[pivot]]
        for k, row in enumerate(work):
            if k != pivot and row[column]:
                factor = row[column]
                work[k] = [a - factor * b for a, b in zip(row, work[pivot], strict=True)]
        pivot += 1
        if pivot == len(work):
            break
    return work


def _singular(name: str) -> str:
    last = name.lower().split()[-1]
    if last.endswith("ies") and len(last) > 4:
        return last[:-3] + "y"
    if last.endswith(("ches", "shes", "xes", "sses", "oes")):
        return last[:-2]
    return last[:-1] if last.endswith("s") and not last.endswith("ss") else last
