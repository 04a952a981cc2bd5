"""Answers that are written with digits and are no plain numbers: times of day, ratios, numerals in a base."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from ._terms import PASS, Finding, Unreadable, misshapen, undecided

_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:\s*:\s*(?P<minute>[0-9]{2})(?:\s*:\s*(?P<second>[0-9]{2}))?)?\s*"
    r"(?P<half>[ap]\.?\s?m\.?|o['’]?clock)?",
    re.IGNORECASE,
)
NAMED_TIMES = {
    "noon": 720,
    "12 noon": 720,
    "12:00 noon": 720,
    "midnight": 0,
    "12 midnight": 0,
    "12:00 midnight": 0,
}
_RATIO = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:\s*:\s*[0-9]+(?:\.[0-9]+)?){1,5}|[0-9]+(?:\s+to\s+[0-9]+)")
_NUMERAL = re.compile(
    r"\(?\s*(?P<digits>[0-9A-Za-z]{1,200})\s*\)?\s*(?:_\s*\(?"
    r"|,?\s*\(?\s*(?:in )?base[ -]?)\s*(?P<base>[0-9]{1,2}|[a-z]+)\s*\)?",
    re.IGNORECASE,
)
_HEX = re.compile(r"0(?P<kind>[xbo])(?P<digits>[0-9a-fA-F]{1,200})", re.IGNORECASE)
_BASES = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
          "twelve": 12, "sixteen": 16}  # fmt: skip


class Clock(NamedTuple):
    """A time of day; `half` says whether morning or afternoon is known.

    `ratio` are its two numbers where it can be a ratio as well: `6:10`, but neither `6:05` nor `6:10:00`.
    """

    seconds: int
    half: bool
    ratio: tuple[int, int] | None = None


class Ratio(NamedTuple):
    parts: tuple[Fraction, ...]


class Numeral(NamedTuple):
    digits: str
    base: int

    @property
    def value(self) -> int:
        return int(self.digits, self.base)


Marked: TypeAlias = Clock | Ratio | Numeral


def read_marked(body: str) -> Marked | None:
    """A time, a ratio or a numeral with its base; None where the text is none of these.

    Raises:
        Unreadable: a time that no clock shows, or digits that its base does not have.
    """
    lower = re.sub(r"\A(?:at|by)\s+", "", body.strip(), flags=re.IGNORECASE)
    if lower.lower() in NAMED_TIMES:
        return Clock(60 * NAMED_TIMES[lower.lower()], True)
    found = _CLOCK.fullmatch(lower)
    if found and (clock := _clock(found)):
        return clock
    # `a:b = 2:3`
    name, equals, last = lower.rpartition("=")
    if equals and ":" in name and ":" in last:
        lower = last.strip()
    if _RATIO.fullmatch(lower):
        return Ratio(tuple(Fraction(part.strip()) for part in re.split(r":|to", lower)))
    return _numeral(lower)


def _clock(found: re.Match[str]) -> Clock | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "").lower()[:1]
    if minute > 59 or hour > 24 or int(found["second"] or 0) > 59:
        return None
    if half in ("a", "p"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif not found["half"] and found["minute"] is None:
        return None
    known = half in ("a", "p") or hour == 0 or hour > 12
    written = found["minute"] and not found["minute"].startswith("0") and not found["second"]
    ratio = (hour, minute) if written and not found["half"] else None
    return Clock(3600 * hour + 60 * minute + int(found["second"] or 0), known, ratio)


def _numeral(text: str) -> Numeral | None:
    if prefixed := _HEX.fullmatch(text):
        return _checked(prefixed["digits"], {"x": 16, "b": 2, "o": 8}[prefixed["kind"].lower()])
    found = _NUMERAL.fullmatch(text)
    if found is None or not re.search("[0-9]", found["digits"]):
        return None
    # `x1_2` is an index, and so is a lower-case letter in front.
    named = found["base"].lower()
    base = int(named) if named.isdecimal() else _BASES.get(named, 0)
    return _checked(found["digits"], base) if base else None


def _checked(digits: str, base: int) -> Numeral | None:
    if not 2 <= base <= 36:
        return None
    if any(int(digit, 36) >= base for digit in digits):
        if digits[0].isalpha():
            return None
        raise Unreadable("has a digit that its base does not have")
    return Numeral(digits.lower().lstrip("0") or "0", base)


def same_marked(a: Marked, b: Marked, problem: str = "") -> Finding:
    """Compare two times, ratios or numerals; a problem that asks for a ratio says what `5:12` is."""
    if re.search(r"\bratio\b", problem, re.IGNORECASE):
        a, b = _as_ratio(a), _as_ratio(b)
    if isinstance(a, Clock) and isinstance(b, Clock):
        return _same_clocks(a, b)
    if isinstance(a, Numeral) and isinstance(b, Numeral):
        if a.base == b.base:
            return _same("numerals", equal=a.digits == b.digits)
        if a.value == b.value:
            return undecided("the same number, but in another base")
        return misshapen("the numerals stand for different numbers")
    if isinstance(a, Ratio) and isinstance(b, Ratio):
        return _same("ratios", equal=_same_ratios(a, b))
    if isinstance(a, Ratio) and isinstance(b, Clock) and isinstance(_as_ratio(b), Ratio):
        # Where a ratio is expected, `6:10` is one.
        return same_marked(a, _as_ratio(b))
    for one, other in ((a, b), (b, a)):
        # `11:21` alone is either.
        if isinstance(one, Clock) and isinstance(other, Ratio) and not one.half and len(other.parts) == 2:
            equal = one.seconds == 3600 * other.parts[0] + 60 * other.parts[1]
            return _same("ratios", equal=True) if equal else undecided("a time or a ratio")
    return undecided("a time, a ratio or a numeral on one side only")


def _same_ratios(a: Marked, b: Marked) -> bool:
    if not isinstance(a, Ratio) or not isinstance(b, Ratio) or len(a.parts) != len(b.parts):
        return False
    pairs = list(zip(a.parts, b.parts, strict=True))
    return all(bool(x) == bool(y) and x * w == y * v for x, y in pairs for v, w in pairs)


def _as_ratio(marked: Marked) -> Marked:
    """`6:10` as a ratio, where it can be one."""
    if not isinstance(marked, Clock) or marked.ratio is None:
        return marked
    return Ratio(tuple(map(Fraction, marked.ratio)))


def _same(what: str, *, equal: bool) -> Finding:
    return Finding(PASS, PASS, f"the {what} are equal") if equal else misshapen(f"the {what} differ")


def _same_clocks(a: Clock, b: Clock) -> Finding:
    if (a.half and b.half) or (a.seconds == b.seconds and a.half == b.half):
        return _same("times", equal=a.seconds == b.seconds)
    if a.seconds % 43_200 == b.seconds % 43_200:
        return undecided("morning or afternoon is said on one side only")
    if _same_ratios(_as_ratio(a), _as_ratio(b)):
        return undecided("two times that differ, or two equal ratios")
    return misshapen("the times differ")


def against_number(marked: Marked, value: Fraction, problem: str) -> Finding:
    """A marked answer against a bare number."""
    if isinstance(marked, Numeral) and value.denominator == 1 and value >= 0:
        if marked.base == 10:
            return _same("numbers", equal=value == marked.value)
        if str(value) == marked.digits:
            asked = re.search(rf"base[- ]?\$?\s*(?:{marked.base}\b|{_word(marked.base)})", problem.lower())
            return (
                Finding(PASS, PASS, f"the digits are equal, and the problem asks for base {marked.base}")
                if asked and _only_base(problem, marked.base)
                else undecided("the digits are equal, but one side names no base")
            )
        if value != marked.value:
            return misshapen("neither the digits nor the numbers are equal")
    return undecided("a time, a ratio or a numeral on one side only")


def _word(base: int) -> str:
    return next((word for word, number in _BASES.items() if number == base), "none")


def _only_base(problem: str, base: int) -> bool:
    """Whether the question is for a numeral in this base: `in base 5`, `base-5 representation`."""
    name = rf"(?:\$?\s*{base}\b|{_word(base)})"
    return (
        re.search(
            rf"(?:in|to|into|as a)\s+base[- ]?{name}|base[- ]?{name}[^.?]{{0,20}}(?:represent"
            rf"|number|integer)",
            problem.lower(),
        )
        is not None
    )


def show_marked(marked: Marked) -> str:
    match marked:
        case Clock(seconds=seconds):
            return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
        case Ratio(parts=parts):
            return ":".join(map(str, parts))
        case Numeral(digits=digits, base=base):
            return f"{digits} in base {base}"
