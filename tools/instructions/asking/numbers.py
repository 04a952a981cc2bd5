"""Numbers and units, as instructions write them."""

from __future__ import annotations

import re

from ..demand import Unit

_NUMBERS = {
    "one": 1,
    "a single": 1,
    "single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
}
UNITS: dict[str, Unit] = {
    "word": "words",
    "sentence": "sentences",
    "line": "lines",
    "paragraph": "paragraphs",
    "bullet point": "bullets",
    "bullet": "bullets",
    "numbered step": "numbers",
    "numbered point": "numbers",
    "numbered item": "numbers",
}
NUMBER = rf"\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
N = rf"(?P<n>{NUMBER})"
LOW = rf"(?P<low>{NUMBER})"
HIGH = rf"(?P<high>{NUMBER})"
UNIT = rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})s?\b"
BOUND = (
    r"(?P<bound>(?:(?P<most>at most|(?:no|not) more than|a maximum of|maximum|max\.?|up to|within"
    r"|no longer than|not exceed(?:ing)?)|(?P<below>fewer than|less than|under|below)"
    r"|(?P<least>at least|(?:no|not) (?:fewer|less) than|a minimum of|minimum)"
    r"|(?P<above>more than|over)|(?P<exact>exactly|precisely|just|only))\s+)"
)


def number_of(text: str) -> int:
    """Raises KeyError for what `N` does not match."""
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]


def bounds_of(match: re.Match[str]) -> tuple[int, int | None]:
    """The least and the greatest count that a match of `BOUND` and `N` allows; without bound, the number."""
    number, named = number_of(match["n"]), match.groupdict()
    if named.get("most"):
        return 0, number
    if named.get("below"):
        return 0, number - 1
    if named.get("least"):
        return number, None
    if named.get("above"):
        return number + 1, None
    return number, number
