"""Questions that a text alone decides, computed again here: the claim must be what comes out.

A reader takes a whole text or nothing. It knows the numbers and words of its own kind of question; a text
with one word that it does not know is left alone, since any word may change what is asked. So what a reader
gives is independent of the author's program, and stands in for peers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from ..claim import Claim, Finding, passed, refuted, undecided
from ..numbers import value_of, values_of
from ..spoken import in_digits

MAX_CHARS = 600


class Told(NamedTuple):
    """What a text gives: the one value, and how it was found."""

    value: Fraction
    how: str


class Fault(NamedTuple):
    """Why a text has no answer: a code, e.g. `underdetermined`, and one sentence."""

    code: str
    detail: str


Reader = Callable[[str], "Told | Fault | None"]

_SPACES = re.compile(r"\s+")
_LATEX = (
    (re.compile(r"\\(?:left|right|,|;|!|displaystyle)|\\[()\[\]]|\$(?=[^$\d]*[\\^=_{}][^$]*\$)"), ""),
    (re.compile(r"\\[dt]?frac\{([^{}]{1,20})\}\{([^{}]{1,20})\}"), r"(\1)/(\2)"),
    (re.compile(r"\\(?:cdot|times)\b"), "*"),
    (re.compile(r"\\div\b"), "/"),
    (re.compile(r"\^\{([^{}]{1,20})\}"), r"^(\1)"),
    (re.compile(r"[×·]"), "*"),
    (re.compile(r"÷"), "/"),
    (re.compile(r"[−–]"), "-"),
)


def plain_text(problem: str) -> str:
    """A problem in lower case, number words in digits, signs in plain ones, without thousands commas."""
    text = in_digits(problem)
    for pattern, put in _LATEX:
        text = pattern.sub(put, text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return _SPACES.sub(" ", text).strip().lower()


def read_by(readers: tuple[Reader, ...], problem: str) -> Told | Fault | None:
    """What the first reader that takes the text makes of it."""
    if len(problem) > MAX_CHARS:
        return None
    text = plain_text(problem)
    for reader in readers:
        found = reader(text)
        if found is not None:
            return found
    return None


def held_against(claim: Claim, told: Told | Fault | None) -> Finding:
    """The claim beside what the text gives."""
    if told is None:
        return undecided("the text is no question that is computed here")
    if isinstance(told, Fault):
        return refuted(told.code, told.detail)
    claimed = claimed_number(claim.answer)
    if claimed is None:
        return undecided(f"{told.how}: {told.value}; the claim is no plain number")
    # A chance may be claimed in percent.
    if told.value in ({claimed, claimed / 100} if "%" in claim.answer else {claimed}):
        return passed(f"{told.how}: {told.value}", value=str(told.value))
    if _is_rounded(claim.answer, claimed, told.value):
        return undecided(f"{told.how}: {told.value}, of which the claim is a rounding", "rounded")
    return refuted("text_disagrees", f"{told.how}: {told.value}, not {claimed}")


def claimed_number(answer: str) -> Fraction | None:
    """The number of a claim that is one number, perhaps with a currency or percent sign or listed alone."""
    trimmed = re.sub(r"^\s*\$?\s*|\s*%?\s*$", "", answer)
    value = value_of(trimmed)
    listed = values_of(answer) if value is None else None
    return listed[0] if listed and len(listed) == 1 else value


def _is_rounded(answer: str, claimed: Fraction, exact: Fraction) -> bool:
    """Whether the claim is the exact value to 5 digits or more: the policy of answers leaves these open."""
    written = re.search(r"\.(\d+)", answer)
    if not written or len(re.sub(r"\D", "", answer).lstrip("0")) < 5:
        return False
    return abs(claimed - exact) <= Fraction(1, 10 ** len(written.group(1)))
