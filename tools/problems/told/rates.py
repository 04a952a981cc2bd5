"""Rates: the one product of a text's quantities with the unit asked for, proportions, legs of a way, work."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..spoken import stated_numbers
from ..units import Unit, asked_rate, asked_unit, units_in
from .reading import Reader, Told

_OTHER_STEPS = re.compile(
    r"\b(?:more|less|fewer|left|remain\w*|after (?!how)|then|rest\w*|stops?|stopped|breaks?|back|returns?"
    r"|first|second|both"
    r"|difference|except|instead|another|other|faster|slower|twice|half|double|triple|times|average|ago"
    r"|already|extra|free|if"
    r"|only|also|until|but|next|last|some|several|start\w*|head start|opposite|towards|toward|away|meet"
    r"|upstream|downstream|current"
    r"|wind|cross\w*|bridge|tunnel|gains?|loses (?=\d+ [a-z]+ and)|leaks?|while|against|full|whole"
    r"|round\w*|nearest|approximate\w*|about|wide|width|square"
    r"|cubic|area|at least)\b|%|:",
    re.I,
)
_WORKERS = re.compile(
    r"\b(?:workers?|men|women|people|painters?|pumps?|pipes?|taps?|machines?|cows?|horses?|builders?)\b"
)


_ONE_LEG = re.compile(r"average speed")
"""Of one distance and one time the average speed is the speed."""


class _Quantity(NamedTuple):
    value: Fraction
    unit: Unit
    asked: bool
    """Whether it stands in the question."""


def monomials(text: str) -> Told | None:
    """The quantities multiplied and divided to the unit that is asked for, where one way alone does it."""
    begins = _question_begins(text)
    wanted = asked_unit(text[begins:]) or asked_rate(text[begins:])
    numbers = stated_numbers(text)
    if (
        wanted is None
        or not 2 <= len(numbers) <= 3
        or _OTHER_STEPS.search(_ONE_LEG.sub("speed", text))
        or text.count("?") > 1
        or len(text) > 240
    ):
        return None
    units = units_in(text)
    if len(units) != len(numbers) or any(not number.digits for number in numbers):
        return None
    units = _per_holder(text, units)
    given = [_Quantity(n.value, units[n.value], n.start >= begins) for n in numbers]
    if any(quantity.value <= 0 for quantity in given):
        return None
    ways = [
        signs for signs in product((1, -1), repeat=len(given)) if _powers(given, signs) == dict(wanted.powers)
    ]
    if len(ways) == 2 and len(given) == 3:
        ways = _proportion(given, ways, wanted, text)
    if len(ways) != 1:
        return None
    value = 1 / wanted.scale
    for quantity, sign in zip(given, ways[0], strict=True):
        value *= (quantity.value * quantity.unit.scale) ** sign
    # Boxes for 50 pens at 8 a box, and days for a book: what is counted whole is rounded up or left open.
    whole = any(name.startswith("#") for name, _ in wanted.powers) or re.search(
        r"\bhow many (?:days|weeks)", text
    )
    if whole and value.denominator != 1:
        return None
    return Told(value, "by the units of its numbers")


_HOLDS = re.compile(
    r"\b(?:an?|one|each|every) (?:[a-z]+ )?([a-z]+) (?:holds|contains|weighs|costs|seats|carries|takes"
    r"|needs|uses|has) (?:about )?\$?$"
)
_PIECES = re.compile(r"\b([a-z]+s) (?:of|with|containing|holding|weighing) (?:up to )?$")


def _question_begins(text: str) -> int:
    return max(text.rfind(". ", 0, -1), text.rfind("; ", 0, -1), -2) + 2


def _per_holder(text: str, units: dict[Fraction, Unit]) -> dict[Fraction, Unit]:
    """`A bottle holds 750 ml` and `pieces of 25 cm` are rates where bottles or pieces are counted."""
    found = dict(units)
    counted = {name for unit in units.values() for name, power in unit.powers if power == 1}
    wanted = asked_unit(text[_question_begins(text) :])
    counted |= {name for name, _ in wanted.powers} if wanted else set()
    for number in stated_numbers(text):
        unit, before = units[number.value], text[: number.start]
        match = _HOLDS.search(before) or _PIECES.search(before)
        holder = f"#{match.group(1).removesuffix('s')}" if match else ""
        if holder in counted and not any(name == holder for name, _ in unit.powers):
            found[number.value] = Unit(tuple(sorted((*unit.powers, (holder, -1)))), unit.scale)
    return found


def _powers(given: list[_Quantity], signs: tuple[int, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for quantity, sign in zip(given, signs, strict=True):
        for name, power in quantity.unit.powers:
            found[name] = found.get(name, 0) + sign * power
    return {name: power for name, power in found.items() if power}


def _proportion(
    given: list[_Quantity], ways: list[tuple[int, ...]], wanted: Unit, text: str
) -> list[tuple[int, ...]]:
    """450 g for 6 people, how many g for 10: what the question names multiplies. Times and workers do not."""
    turned = [k for k in range(3) if ways[0][k] != ways[1][k]]
    names = {name for name, _ in wanted.powers}
    if len(turned) != 2 or given[turned[0]].unit.powers != given[turned[1]].unit.powers or "time" in names:
        return []
    pair = [given[k] for k in turned]
    timed = any(name == "time" for name, _ in pair[0].unit.powers)
    if pair[0].asked == pair[1].asked or (timed and (_WORKERS.search(text) or "money" in names)):
        return []
    asked = turned[0] if pair[0].asked else turned[1]
    return [way for way in ways if way[asked] == 1]


_SPEED = (
    r"(?:km/h|kph|mph|m/s|km per hour|kilometers per hour|kilometres per hour|miles per hour|meters per "
    r"second)"
)
_LEG = re.compile(
    rf"(\d+(?:\.\d+)?) (?:(?P<speed>{_SPEED})|(?P<far>km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|m)"
    rf"|(?P<time>hours?))(?![\w/])"
)
_AVERAGE = re.compile(r"\bwhat (?:is|was) (?:(?:his|her|its|the|their) )?average speed\b")


def journeys(text: str) -> Told | None:
    """The average speed of two legs: the whole way through the whole time."""
    if not _AVERAGE.search(text) or re.search(
        r"\b(?:minutes?|seconds?|stops?|rests?|breaks?|half|third|then (?:stops|rests))\b|%", text
    ):
        return None
    legs = list(_LEG.finditer(text))
    if (
        len(legs) != len(stated_numbers(text))
        or len({re.sub("s$", "", m.group("speed") or "") for m in legs} - {""}) > 1
    ):
        return None
    kinds = "".join("v" if m.group("speed") else "d" if m.group("far") else "t" for m in legs)
    v = [Fraction(m.group(1)) for m in legs]
    if not all(v) or len({(m.group("far") or "").rstrip("s") for m in legs} - {""}) > 1:
        return None
    back = re.search(r"\b(?:back|returns?|return trip|way home|same (?:way|distance|route|road))\b", text)
    if kinds in ("dvdv", "vdvd"):
        far, fast = (v[0::2], v[1::2]) if kinds == "dvdv" else (v[1::2], v[0::2])
        return Told(
            (far[0] + far[1]) / (far[0] / fast[0] + far[1] / fast[1]), "the whole way through the whole time"
        )
    if kinds in ("vtvt", "tvtv"):
        time, fast = (v[1::2], v[0::2]) if kinds == "vtvt" else (v[0::2], v[1::2])
        return Told(
            (time[0] * fast[0] + time[1] * fast[1]) / sum(time), "the whole way through the whole time"
        )
    if kinds in ("dtdt", "tdtd"):
        far, time = (v[0::2], v[1::2]) if kinds == "dtdt" else (v[1::2], v[0::2])
        return Told((far[0] + far[1]) / (time[0] + time[1]), "the whole way through the whole time")
    fast = [value for value, kind in zip(v, kinds, strict=True) if kind == "v"]
    if len(fast) == 2 and kinds in ("vv", "dvv") and back:
        return Told(2 * fast[0] * fast[1] / (fast[0] + fast[1]), "there and back: the way through the time")
    return None


_TOGETHER = re.compile(
    r"(?P<who>(?:an?|the|one|1) [a-z' -]{2,40}?|[a-z]+(?: [a-z]+){0,2}) (?:can "
    r")?(?P<verb>[a-z]+?)(?:e?s)? (?:an?|the|its|one|1) (?P<what>[a-z' -]{2,40}?) in (?P<a>\d+) "
    r"(?P<unit>hours?|minutes?|days?)"
    r"(?:,? (?:and )?|\. )(?:(?:an|the )?(?:other|2nd|second)(?: [a-z]+)?|[a-z]+)(?: (?:can )?[a-z]+)?(?: "
    r"(?:it|the same [a-z]+|one|1))?(?: alone)? in (?P<b>\d+) (?P<unit2>hours?|minutes?|days?)\. "
    r"how many (?P<unit3>hours|minutes|days) (?:do|will|does|would) (?:both|they|it|the (?:2|two)(?: "
    r"[a-z]+)?|the [a-z]+)(?: of them)?(?: [a-z]+){0,4} together[?.\s]*"
)


def work(text: str) -> Told | None:
    match = _TOGETHER.fullmatch(text)
    fills, empties = re.search(r"\bfill", text), re.search(r"\b(?:empt|drain|leak)", text)
    if not match or (fills and empties) or re.search(r"\b(?:while|open|closed|but)\b", text):
        return None
    if len({match.group(name).rstrip("s") for name in ("unit", "unit2", "unit3")}) > 1:
        return None
    a, b = Fraction(match.group("a")), Fraction(match.group("b"))
    return Told(a * b / (a + b), "both rates added") if a and b else None


_POSTS = re.compile(
    r"an? (?:straight )?(?:fence|road|street|path|wall|avenue)(?: that is| is| of)?,? (?P<far>\d+) (?P<u>m"
    r"|meters|metres|feet|ft|km|yards)(?: long)?,?(?: and| that)? has (?:an? )?(?P<thing>[a-z]+?) every "
    r"(?P<step>\d+) (?P<u2>m|meters|metres|feet|ft|km|yards),? "
    r"(?:(?:also |including |with [a-z ]+? |and )?(?:one )?at both ends|from (?:its|the|one) (?:start|end"
    r"|beginning) to "
    r"(?:its|the|the other) end|from (?:start to finish|end to end))\. how many (?P<things>[a-z]+) (?:are "
    r"there|does it have|are needed)[?.\s]*"
)


def posts_of(text: str) -> Told | None:
    match = _POSTS.fullmatch(text)
    if (
        not match
        or match.group("u") != match.group("u2")
        or not match.group("things").startswith(match.group("thing"))
    ):
        return None
    steps = Fraction(match.group("far")) / Fraction(match.group("step"))
    return Told(steps + 1, "one more than there are gaps") if steps.denominator == 1 else None


RATES: tuple[Reader, ...] = (journeys, work, posts_of, monomials)
