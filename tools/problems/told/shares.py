"""Percentages, ratios and interest: prices before and after, parts of a whole."""

from __future__ import annotations

import re
from fractions import Fraction

from ..spoken import stated_numbers
from .reading import Reader, Told

_END = r"[?.\s]*"
_N = r"(\d+(?:\.\d+)?)"
_P = r"(\d+(?:\.\d+)?) ?(?:%|percent)"
_OF = re.compile(rf"(?:what is|find|calculate|compute|determine) {_P} of \$?{_N}{_END}")
_PART_OF = re.compile(rf"(?:what is|find|calculate|compute|determine) {_N}/{_N} of \$?{_N}{_END}")
_WHAT_PERCENT = re.compile(
    rf"what (?:percent|percentage) of {_N} is {_N}{_END}|{_N} is what (?:percent|percentage) of {_N}{_END}"
)
_WHOLE = re.compile(
    rf"{_P} of (?:what number is|a number is|a certain number is) {_N}(?:\. (?:what is|find) the "
    rf"number)?{_END}"
)
_FROM_TO = re.compile(rf"\bfrom \$?{_N}(?: [a-z]+)? to \$?{_N}\b")
_DOWN = re.compile(
    r"\b(?:reduce[sd]?|discount(?:ed|s)?|off|decrease[sd]?|drop(?:s|ped)?|falls?|fell|marked down"
    r"|lower(?:ed|s)?|cheaper|shrinks?|declines?)\b"
)
_UP = re.compile(
    r"\b(?:increase[sd]?|rises?|rose|raise[sd]?|mark(?:ed)? ?up|grows?|grew|goes up|went up|sales tax|tip"
    r"|dearer)\b"
)
_BEFORE = re.compile(r"\b(?:before|original(?:ly)?|at first|initial(?:ly)?|used to|old)\b")
_AFTER = re.compile(
    r"\b(?:new|sale|final|reduced|discounted|increased|raised|selling|now|afterwards?|after(?: the)? "
    r"(?:discount|increase|decrease|reduction|tax|tip|rise))\b"
)
_MANY = re.compile(
    r"\b(?:then|again|another|each|per|every|years?|months?|coupon|additional|extra|successive|twice|both"
    r"|total|"
    r"times|half|round\w*|nearest|approximate\w*|members?|if|also|plus|profit|loss|cost price|people"
    r"|students|interest|compound\w*|more "
    r"than|less than|remaining)\b"
)
_IN_TOTAL = re.compile(
    r"(?<=paid) in total\b|(?<=pay) in total\b|\bfinal total\b|\btotal (?:bill|price|amount)\b"
)
"""Words for a bill with its tip or tax."""
_CHANGE = re.compile(
    r"\bby what (?:percent|percentage)\b|\bwhat (?:is|was) the (?:percent|percentage) (?:increase|decrease"
    r"|change|reduction|discount)\b|\bwhat percent(?:age)? (?:increase|decrease|discount)\b"
)
_INTEREST = re.compile(
    rf"[a-z ,]*\$?{_N}(?: dollars)?(?: [a-z]+){{0,4}} (?:simple interest (?:at|of)|at) {_P}(?: simple "
    rf"interest)? (?:per year|per annum|a year|annually|annual simple interest|yearly)(?P<simple>[a-z "
    rf",]*)\. "
    rf"how (?:many dollars of|much(?: simple)?) interest (?:does|will|is) (?:it|the [a-z]+|[a-z]+)?(?: "
    rf"earns?| earned| paid)? ?(?:in|after|for|over) (\d+) years?{_END}"
)
_RATIO = r"(?P<ratio>\d+(?: ?: ?\d+){1,3}|\d+ to \d+)"
_ANGLES = re.compile(
    rf"the angles of a triangle are in (?:the|a) ratio (?:of )?{_RATIO}\. (?:how many degrees (?:has|is)"
    rf"|what is(?: the (?:size|measure) of)?) the (?P<which>largest|smallest|greatest|biggest)(?: "
    rf"angle)?(?:,? in degrees)?(?: have)?{_END}"
)
_MIXED = re.compile(
    rf"(?P<names>[a-z]+(?:, [a-z]+)*,? and [a-z]+) (?:are mixed|are|share[sd]?(?: a prize of)? "
    rf"(?P<sum>\$?\d+)(?: dollars| [a-z]+)?|divided?(?: up)? (?P<sum2>\$?\d+)(?: dollars| [a-z]+)?) in "
    rf"(?:the|a) ratio (?:of )?{_RATIO}\. "
    rf"how (?:many|much)(?: of)?(?: (?:ml|liters|litres|grams|g|kg|dollars|cups|l))?(?: of)?(?: the)? "
    rf"?(?P<asked>[a-z]+)(?:,? in [a-z]+,?)? (?:gets?|get|receives?|(?:are|is) (?:there )?in "
    rf"(?P<total>\d+)(?: [a-z]+)? of (?:the|this) (?:mix|mixture|blend|drink|alloy|total))(?: get)?{_END}"
)
_MIXED_GETS = re.compile(
    rf"(?P<names>[a-z]+(?:, [a-z]+)*,? and [a-z]+) (?:share|divide|split)d? \$?(?P<sum>\d+)(?: [a-z]+)? "
    rf"in (?:the|a) ratio (?:of )?{_RATIO}\. "
    rf"how (?:many [a-z]+|much(?: money)?) (?:does|will|did) (?P<asked>[a-z]+) (?:get|receive)(?:,? in "
    rf"dollars)?{_END}"
)


def percentages(text: str) -> Told | None:
    match = _OF.fullmatch(text)
    if match:
        return Told(Fraction(match.group(1)) * Fraction(match.group(2)) / 100, "that many hundredths")
    match = _PART_OF.fullmatch(text)
    if match and Fraction(match.group(2)):
        return Told(
            Fraction(match.group(1)) / Fraction(match.group(2)) * Fraction(match.group(3)), "that part of it"
        )
    match = _WHAT_PERCENT.fullmatch(text)
    if match:
        whole, part = (match.group(1), match.group(2)) if match.group(1) else (match.group(4), match.group(3))
        return (
            Told(100 * Fraction(part) / Fraction(whole), "the part in hundredths")
            if Fraction(whole)
            else None
        )
    match = _WHOLE.fullmatch(text)
    if match and Fraction(match.group(1)):
        return Told(100 * Fraction(match.group(2)) / Fraction(match.group(1)), "the whole of it")
    return None


def prices(text: str) -> Told | None:
    """One amount and one change by a percentage, or an amount before and after."""
    numbers = stated_numbers(text)
    if (
        len(numbers) != 2
        or _MANY.search(_IN_TOTAL.sub(" now", text))
        or not all(number.digits for number in numbers)
        or len(text) > 250
    ):
        return None
    down, up = bool(_DOWN.search(text)), bool(_UP.search(text))
    if down == up or not re.search(r"\$|\b(?:price|cost)\b", text):
        return None
    ends = _FROM_TO.search(text)
    if ends and _CHANGE.search(text):
        old, new = Fraction(ends.group(1)), Fraction(ends.group(2))
        change = new - old if up else old - new
        return (
            Told(100 * change / old, "the change in hundredths of what was") if old and change > 0 else None
        )
    percents = [n for n in numbers if re.match(r" ?(?:%|percent\b)", text[n.end :])]
    if len(percents) != 1:
        return None
    (percent,) = percents
    share = percent.value
    # `Reduced to 75%` and `is 75% of` tell of what is left.
    if re.search(r"\b(?:to|only|at|for|is|now)\s*$", text[: percent.start]) or re.match(
        r" ?(?:%|percent) of\b", text[percent.end :]
    ):
        return None
    (amount,) = (n for n in numbers if n not in percents)
    factor = 1 + share / 100 if up else 1 - share / 100
    question = _IN_TOTAL.sub(" now", text[text.rfind(". ") + 1 :])
    if not re.search(r"\$$", text[: amount.start]) and not re.match(r" dollars?\b", text[amount.end :]):
        return None
    # What an amount stands for: `rose by 20% to $360` is after, `a $60 jacket` before.
    ended = re.search(r"\b(?:to|is now|now costs?|sells? (?:now )?for|for) \$?$", text[: amount.start])
    if ended and _BEFORE.search(question) and factor > 0 and not _AFTER.search(question):
        return Told(amount.value / factor, "what was before the change")
    if (
        not ended
        and _AFTER.search(question)
        and not _BEFORE.search(text)
        and not re.search(r"\b(?:save|discount\?|how much is the)\b", question)
    ):
        return Told(amount.value * factor, "the amount after the change")
    return None


def interest(text: str) -> Told | None:
    match = _INTEREST.fullmatch(text)
    if not match or "simple" not in text or "compound" in text:
        return None
    sum_, rate, years = (Fraction(match.group(place)) for place in (1, 2, match.lastindex or 4))
    return Told(sum_ * rate * years / 100, "simple interest")


def ratios(text: str) -> Told | None:
    match = _ANGLES.fullmatch(text)
    if match:
        parts = _parts(match.group("ratio"))
        if len(parts) != 3 or not sum(parts):
            return None
        part = min(parts) if match.group("which") == "smallest" else max(parts)
        return Told(Fraction(180 * part, sum(parts)), "180 degrees in that ratio")
    for form in (_MIXED, _MIXED_GETS):
        match = form.fullmatch(text)
        if match:
            groups = match.groupdict()
            names = re.split(r",? and |, ", match.group("names"))
            parts = _parts(match.group("ratio"))
            whole = next((groups[name] for name in ("sum", "sum2", "total") if groups.get(name)), None)
            if (
                whole is None
                or len(names) != len(parts)
                or names.count(match.group("asked")) != 1
                or not sum(parts)
            ):
                return None
            share = Fraction(parts[names.index(match.group("asked"))], sum(parts))
            return Told(Fraction(whole.lstrip("$")) * share, "its part of the sum of parts")
    return None


def _parts(ratio: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", ratio)]


SHARES: tuple[Reader, ...] = (percentages, prices, interest, ratios)
