"""The numbers that a text states, in digits and in words: `twenty-five`, `two thirds`, `a dozen`, `twice`.

`one` and `a` are no numbers here: they mostly point (`one of them`), and a count of one says nothing.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

_SMALL_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_TENS_WORDS = " twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_SMALL_WORDS.split())}
_TENS = {word: 10 * value for value, word in enumerate(_TENS_WORDS.split(), start=2)}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_TIMES = {"twice": 2, "double": 2, "doubled": 2, "doubles": 2, "thrice": 3, "triple": 3, "tripled": 3}
_PARTS = {
    **{
        "half": 2,
        "halves": 2,
        "quarter": 4,
        "quarters": 4,
        "third": 3,
        "thirds": 3,
        "fourth": 4,
        "fourths": 4,
    },
    **{
        "fifth": 5,
        "fifths": 5,
        "sixth": 6,
        "sixths": 6,
        "eighth": 8,
        "eighths": 8,
        "tenth": 10,
        "tenths": 10,
    },
}
_PARTS_ALONE = frozenset({"half", "halves"})
_DIGITS = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?")
_WORD = re.compile(r"[a-z]+", re.I)
_MAX_CHARS = 20_000


class Stated(NamedTuple):
    """A number of a text: its value, where it stands, and whether it is written in digits."""

    value: Fraction
    start: int
    end: int
    digits: bool


def stated_numbers(text: str) -> tuple[Stated, ...]:
    """The numbers of a text in their order; every occurrence counts."""
    text = text[:_MAX_CHARS]
    found = [
        Stated(Fraction(match.group().replace(",", "")), match.start(), match.end(), True)
        for match in _DIGITS.finditer(text)
        if len(match.group()) < 400
    ]
    found += _in_words(text)
    return tuple(sorted(found, key=lambda one: one.start))


def values_stated(text: str) -> tuple[Fraction, ...]:
    """The numbers of a text in their order, each once."""
    return tuple(dict.fromkeys(one.value for one in stated_numbers(text)))


def in_digits(text: str) -> str:
    """The text with its number words in digits: `twelve pens` becomes `12 pens`; fractions stay words."""
    for one in reversed(stated_numbers(text)):
        if not one.digits and one.value.denominator == 1 and one.value > 1 and not _is_times(text, one):
            text = f"{text[: one.start]}{one.value}{text[one.end :]}"
    return text


def _is_times(text: str, one: Stated) -> bool:
    return text[one.start : one.end].lower() in _TIMES


def _in_words(text: str) -> list[Stated]:
    words = list(_WORD.finditer(text))
    found: list[Stated] = []
    at = 0
    while at < len(words):
        taken = _cardinal(text, words, at)
        if taken:
            value, after = taken
            part = _part_after(text, words, at, after)
            if part:
                found.append(Stated(Fraction(value, part), words[at].start(), words[after].end(), False))
                at = after + 1
                continue
            if value != 1 or after - at > 1:
                found.append(Stated(Fraction(value), words[at].start(), words[after - 1].end(), False))
            at = after
            continue
        word = words[at].group().lower()
        before = words[at - 1].group().lower() if at else ""
        if word in _TIMES:
            found.append(Stated(Fraction(_TIMES[word]), words[at].start(), words[at].end(), False))
        elif word == "dozen":
            found.append(Stated(Fraction(12), words[at].start(), words[at].end(), False))
        elif word in _PARTS_ALONE or (word in _PARTS and before in ("a", "an")):
            found.append(Stated(Fraction(1, _PARTS[word]), words[at].start(), words[at].end(), False))
        at += 1
    return found


def _cardinal(text: str, words: list[re.Match[str]], at: int) -> tuple[int, int] | None:
    """The value of the number words that begin at a word, and the place after them."""
    total = group = 0
    place, last = at, 0
    while place < len(words):
        word = words[place].group().lower()
        if place > at and not _joined(text, words[place - 1].end(), words[place].start()):
            break
        if word == "and" and place > at and last >= 100 and _continues(text, words, place):
            place += 1
            continue
        if word in _TENS and last in (0, 100, 1000, 1_000_000):
            group, last = group + _TENS[word], _TENS[word]
        elif word in _SMALL and (last in (0, 100, 1000, 1_000_000) or 20 <= last < 100):
            if 20 <= last < 100 and not 0 < _SMALL[word] < 10:
                break
            group, last = group + _SMALL[word], max(1, _SMALL[word])
        elif word == "hundred" and 0 < group < 100:
            group, last = group * 100, 100
        elif word in ("thousand", "million") and group:
            total, group, last = total + group * _LARGE[word], 0, _LARGE[word]
        else:
            break
        place += 1
    return (total + group, place) if place > at else None


def _continues(text: str, words: list[re.Match[str]], place: int) -> bool:
    after = words[place + 1].group().lower() if place + 1 < len(words) else ""
    return (after in _SMALL or after in _TENS) and _joined(text, words[place].end(), words[place + 1].start())


def _joined(text: str, end: int, start: int) -> bool:
    return text[end:start] in (" ", "-", "")


def _part_after(text: str, words: list[re.Match[str]], at: int, after: int) -> int:
    if after >= len(words) or not _joined(text, words[after - 1].end(), words[after].start()):
        return 0
    word = words[after].group().lower()
    single = after - at == 1 and words[at].group().lower() == "one"
    if word not in _PARTS or (not single and not word.endswith("s")) or word == "half":
        return _PARTS[word] if word in _PARTS and single else 0
    return _PARTS[word]
