"""Rectangles, triangles, squares and cubes by their stated sides; a rectangle of one fact alone is open."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from .reading import Fault, Reader, Told
from .unknowns import root_of

_END = r"[?.\s]*"
_LONG = (
    r"(?: ?(?:cm|m|mm|km|feet|ft|in|inches|units|meters|metres|centimeters|centimetres|yards|millimeters))?"
)
_N = r"(\d+(?:\.\d+)?)"
_ASK = r"(?:what is|find|calculate|determine|compute) (?:its|the|the [a-z]+'s) "
_IN = r"(?: of (?:the|this) [a-z]+)?(?:,? in (?:square |cubic )?[a-z]+)?"
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[Fraction, Fraction], Fraction]], ...] = (
    (
        re.compile(
            rf"(?:a|the base of a) triangle (?:has|with|is) (?:a )?(?:base (?:of )?)?{_N}{_LONG} (?:long "
            rf")?and (?:a |its |the )?(?:height(?: is)?|altitude(?: is)?) (?:of )?{_N}{_LONG}(?: high)?\. "
            rf"{_ASK}area{_IN}{_END}"
        ),
        lambda a, b: a * b / 2,
    ),
    (
        re.compile(
            rf"a (?:rectangle|rectangular [a-z]+) (?:is|measures) {_N}{_LONG} (?:by|x|\*|long and) "
            rf"{_N}{_LONG}(?: wide)?\. {_ASK}area{_IN}{_END}"
        ),
        lambda a, b: a * b,
    ),
    (
        re.compile(
            rf"a (?:rectangle|rectangular [a-z]+) (?:is|measures) {_N}{_LONG} (?:by|x|\*|long and) "
            rf"{_N}{_LONG}(?: wide)?\. {_ASK}perimeter{_IN}{_END}"
        ),
        lambda a, b: 2 * (a + b),
    ),
    (
        re.compile(
            rf"a (?:right(?:-angled)? )?triangle has legs (?:of )?(?:length )?{_N}{_LONG} and "
            rf"{_N}{_LONG}\. {_ASK}area{_IN}{_END}"
        ),
        lambda a, b: a * b / 2,
    ),
)
_OF_ONE: tuple[tuple[re.Pattern[str], Callable[[Fraction], Fraction]], ...] = (
    (
        re.compile(
            rf"a square (?:has|with) (?:a )?(?:sides?|side length)(?: of)?(?: length)? {_N}{_LONG}\. "
            rf"{_ASK}area{_IN}{_END}"
        ),
        lambda a: a * a,
    ),
    (
        re.compile(
            rf"a square (?:has|with) (?:a )?(?:sides?|side length)(?: of)?(?: length)? {_N}{_LONG}\. "
            rf"{_ASK}perimeter{_IN}{_END}"
        ),
        lambda a: 4 * a,
    ),
    (
        re.compile(
            rf"a cube (?:has|with) (?:an? )?(?:edges?|sides?|edge length|side length)(?: of)?(?: length)? "
            rf"{_N}{_LONG}\. {_ASK}volume{_IN}{_END}"
        ),
        lambda a: a**3,
    ),
    (
        re.compile(
            rf"a cube (?:has|with) (?:an? )?(?:edges?|sides?|edge length|side length)(?: of)?(?: length)? "
            rf"{_N}{_LONG}\. {_ASK}surface area{_IN}{_END}"
        ),
        lambda a: 6 * a * a,
    ),
)
_LENGTH_UNIT = re.compile(
    r"\b(cm|mm|m|km|feet|ft|inches|units|meters|metres|centimeters|centimetres|yards|millimeters)\b"
)


def plain_shapes(text: str) -> Told | None:
    """Areas, perimeters and volumes by one formula; one unit throughout, or none."""
    if len(set(_LENGTH_UNIT.findall(text))) > 1:
        return None
    for pairwise, of_two in _PLAIN:
        match = pairwise.fullmatch(text)
        if match:
            return Told(
                of_two(Fraction(match.group(1)), Fraction(match.group(2))), "by the formula of the shape"
            )
    for single, of_one in _OF_ONE:
        match = single.fullmatch(text)
        if match:
            return Told(of_one(Fraction(match.group(1))), "by the formula of the shape")
    return None


class _Facts(NamedTuple):
    known: dict[str, Fraction]
    factor: Fraction | None


_SHAPE = re.compile(r"\b(?:a|the|whose) (?:rectangle|rectangular [a-z]+)\b")
_UNIT = r"(?: ?(?:cm|m|mm|km|feet|ft|inches|units|meters|metres|centimeters|centimetres|yards))?"
_AREA_UNIT = r"(?: ?(?:square [a-z]+|cm\^?2|m\^?2|[ck]?m²|sq [a-z]+))?"
_SIDE = re.compile(
    rf"\b(?P<name>length|width|breadth|height|perimeter|area)(?: of the rectangle)?(?: is| of| equal to"
    rf"|:)? (?P<value>\d+(?:\.\d+)?)(?![\d.]*:| times)(?:{_AREA_UNIT}|{_UNIT})\b"
)
_TIMES = re.compile(
    r"\b(?:is )?(?P<k>\d+ times|twice|thrice) (?:as long as (?:it is )?wide|(?:as long as )?(?:its|the) "
    r"width|as long as its width|longer than wide)\b"
)
_OPEN = re.compile(
    r"\b(?:square|integers?|whole|largest|smallest|maximum|minimum|maximal|minimal|possible|diagonal"
    r"|similar|path|border|frame|increase\w*|decrease\w*|inside|around|more|less|half"
    r"|cut|folded|triangle|circle|cost|per|each|ratio|prime|golden|fence|tiles?|tiled|doubled|if)\b(?! "
    r"(?:cm|centi\w+|met\w+|m\b|feet|inch\w+|units?|yards?|kilo\w+|mm))|:"
)
_WANTED = re.compile(
    r"(?:what is|find|calculate|determine|compute) (?:its|the|the rectangle's) (?P<asked>area|perimeter"
    r"|length|width)(?: of (?:the|this) rectangle)?(?:,? in (?:square )?[a-z]+)?" + _END
)


def rectangles(text: str) -> Told | Fault | None:
    """A rectangle has two sides: one fact alone leaves it open, two give all of it."""
    wanted = _WANTED.search(text)
    if not _SHAPE.search(text) or not wanted or wanted.end() != len(text) or _OPEN.search(text):
        return None
    before = text[: wanted.start()]
    named = {
        ("width" if m.group("name") == "breadth" else m.group("name")): Fraction(m.group("value"))
        for m in _SIDE.finditer(before)
    }
    ratio = _TIMES.search(before)
    asked = wanted.group("asked")
    if (
        "height" in named
        or asked in named
        or len(re.findall(r"\d+(?:\.\d+)?", before))
        != len(named) + (ratio is not None and ratio.group("k")[0].isdigit())
    ):
        return None
    factor = (
        None
        if ratio is None
        else {"twice": Fraction(2), "thrice": Fraction(3)}.get(ratio.group("k"))
        or Fraction(ratio.group("k").split()[0])
    )
    if len(named) + (factor is not None) == 1 and re.search(r"\d", before) is not None and named:
        return Fault("underdetermined", f"a rectangle is not determined by its {next(iter(named))} alone")
    if len(named) + (factor is not None) != 2 or not all(named.values()) or factor == 0:
        return None
    sides = _sides(_Facts(named, factor))
    if isinstance(sides, Fault) or sides is None:
        return sides
    length, width = sides
    return Told(
        {"area": length * width, "perimeter": 2 * (length + width), "length": length, "width": width}[asked],
        "both sides solved",
    )


def _sides(facts: _Facts) -> tuple[Fraction, Fraction] | Fault | None:
    known, factor = facts
    length, width, area, perimeter = (known.get(name) for name in ("length", "width", "area", "perimeter"))
    if factor is not None:
        if perimeter is not None:
            width = perimeter / 2 / (factor + 1)
        elif area is not None:
            width = root_of(area / factor)
        elif length is not None:
            width = length / factor
        return None if width is None else (factor * width, width)
    half = (perimeter or Fraction(0)) / 2
    one = length if length is not None else width
    if one is None:
        square = half**2 - 4 * (area or Fraction(0))
        if square < 0:
            return Fault("inconsistent", "no rectangle has this area and this perimeter")
        root = root_of(square)
        return None if root is None else ((half + root) / 2, (half - root) / 2)
    other = half - one
    if length is not None and width is not None:
        other = width
    elif area is not None:
        other = area / one
    if other <= 0:
        return Fault("inconsistent", "a side of the rectangle would not be positive")
    return (one, other) if length is not None else (other, one)


SHAPES: tuple[Reader, ...] = (plain_shapes, rectangles)
