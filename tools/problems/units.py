"""Units that stand next to the numbers of a text, and the unit that its question asks for.

`40 books per shelf` is books/shelf, `$3 each` after `5 pens` is dollars/pen, `60 km/h` is length/time with
its scale. A number whose unit is not plainly read has none; nothing is guessed.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from .sentences import counted_words, question_of

_PHYSICAL: dict[str, tuple[str, Fraction]] = {}
for _dimension, _names in {
    "length": {
        "mm millimeter millimetre": "1/1000",
        "cm centimeter centimetre": "1/100",
        "m meter metre": "1",
        "km kilometer kilometre": "1000",
        "mile": "1609.344",
        "foot feet ft": "0.3048",
        "inch": "0.0254",
        "yard": "0.9144",
    },
    "time": {
        "s sec second": "1",
        "min minute": "60",
        "h hr hour": "3600",
        "day": "86400",
        "week": "604800",
    },
    "mass": {"mg milligram": "1/1000", "g gram": "1", "kg kilogram": "1000"},
    "volume": {"ml milliliter millilitre": "1/1000", "l liter litre": "1"},
    "money": {"cent": "1/100", "dollar": "1"},
}.items():
    for _words, _scale in _names.items():
        for _word in _words.split():
            _PHYSICAL[_word] = (_dimension, Fraction(_scale))

_NUMBER = re.compile(r"(?<![\w.])(\$)?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d%])")
_AFTER = re.compile(r"[\s-]{0,2}((?:[a-z]+[\s-])?[a-z]+)(\s*/\s*|\s+per\s+|\s+an?\s+)?([a-z]+)?", re.I)
_RATE_AFTER = re.compile(
    r"^[\s,]*(?:(?:per|(?:in|on|for|to) (?:each|every)|each|every|/)\s*)([a-z]+)",
    re.I,
)
_EACH_AFTER = re.compile(r"^[\s,]*(?:each|apiece|a piece|per piece)\b(?!\s+[a-z]+ (?:is|has|holds))", re.I)
_A_AFTER = re.compile(r"^\s+an?\s+([a-z]+)", re.I)
_RATE_BEFORE = re.compile(
    r"\b(?:each|every|per|a|an|one|of the)\s+(?:[a-z]+\s+)?([a-z]+)\s+(?:[a-z]+\s+){1,2}$", re.I
)
_OF_BEFORE = re.compile(r"\d+\s+(?:[a-z]+\s+)?([a-z]+)\s+(?:of|with|containing|holding)\s+$", re.I)
_STOP = frozenset(
    {
        *("and", "or", "of", "is", "are", "the", "to", "in", "on", "at", "for", "from", "by", "with", "that"),
        *("than", "if", "then", "more", "less", "fewer", "times", "percent", "per", "a", "an", "each", "was"),
        *("were", "has", "have", "had", "left", "away", "out", "off", "years", "old", "every", "other", "as"),
        *(
            "into",
            "when",
            "while",
            "after",
            "before",
            "cost",
            "costs",
            "weigh",
            "weighs",
            "need",
            "needs",
            "last",
        ),
        *(
            "lasts",
            "hold",
            "holds",
            "make",
            "makes",
            "take",
            "takes",
            "give",
            "gives",
            "does",
            "do",
            "did",
            "can",
        ),
        *(
            "come",
            "comes",
            "have",
            "sell",
            "sells",
            "get",
            "gets",
            "share",
            "shares",
            "together",
            "altogether",
        ),
        *("equally", "fit", "fits", "eat", "eats", "use", "uses", "work", "works", "be", "will", "contain"),
    }
)
_MONEY_ASKED = re.compile(
    r"\bhow much (?:money|does (?:it|he|she|they)|do they|did|will)\b[^.?]*\b(?:cost|pay|spend|earn|make"
    r"|charge|owe)"
    r"|\btotal cost\b|\bhow much money\b|\bin dollars\b",
    re.I,
)
_TIME_OF_RATE = re.compile(r"\b(?:per|each|every|rate|speed|average|ratio|times as)\b|/", re.I)


class Unit(NamedTuple):
    """A product of powers, e.g. length 1 and time -1; `#book` counts books. `scale` is to the base unit."""

    powers: tuple[tuple[str, int], ...]
    scale: Fraction = Fraction(1)


def units_in(problem: str) -> dict[Fraction, Unit]:
    """Number to unit, for numbers that stand once in the text and whose unit is read."""
    found: dict[Fraction, Unit | None] = {}
    counted = ""
    for match in _NUMBER.finditer(problem):
        number = Fraction(match.group(2).replace(",", ""))
        before = re.split(r"[.?!;]\s", problem[: match.start()])[-1]
        unit, noun = _unit_at(before, problem[match.end() :], counted, money=bool(match.group(1)))
        counted = noun or counted
        found[number] = None if number in found else unit
    return {number: unit for number, unit in found.items() if unit is not None}


def asked_unit(problem: str) -> Unit | None:
    """The unit that the question asks for; None where it is a rate or not plainly read."""
    question = question_of(problem).text
    if _TIME_OF_RATE.search(question):
        return None
    words = counted_words(question)
    if words:
        if words[0] in ("more", "fewer", "less", "times"):
            return None
        return _named(words[0]) or _counted(words[0])
    number_of = re.search(r"\b(?:total )?number of ([a-z]+)\b", question, re.I)
    if number_of:
        return _counted(number_of.group(1))
    stated = re.search(r"\bin ([a-z]+)\b", question, re.I)
    if stated and _named(stated.group(1)):
        return _named(stated.group(1))
    return Unit((("money", 1),)) if _MONEY_ASKED.search(question) else None


def asked_rate(problem: str) -> Unit | None:
    """The rate that the question names, `in km/h`, `in dollars per hour`; None for anything else."""
    question = question_of(problem).text
    match = re.search(r"\bin ([a-z]+)(?:/| per | an? )([a-z]+)[?.\s]*$", question, re.I)
    match = match or re.search(r"\bhow many ([a-z]+) per ([a-z]+)\b", question, re.I)
    if match:
        return _over(
            _named(match.group(1)) or _counted(match.group(1)),
            _named(match.group(2)) or _counted(match.group(2)),
        )
    return None


def _unit_at(before: str, after: str, counted: str, *, money: bool) -> tuple[Unit | None, str]:
    if money:
        base, rest, noun = Unit((("money", 1),)), after, ""
    else:
        match = _AFTER.match(after)
        if not match:
            return None, ""
        words = match.group(1).lower().replace("-", " ").split()
        named = _named(words[0])
        if named and match.group(2) and match.group(2).strip() in ("/", "per") and not words[1:]:
            over = _named((match.group(3) or "").lower())
            return (_over(named, over) if over else None), ""
        if named:
            base, noun, rest = named, "", after[match.start(1) + len(words[0]) :]
        else:
            plain = [word for word in words if word not in _STOP]
            if not plain or words[0] in _STOP:
                return None, ""
            noun = plain[-1] if len(plain) == len(words) and plain[-1].endswith("s") else plain[0]
            counting = _counted(noun)
            if counting is None:
                return None, ""
            base, rest = counting, after[after.lower().index(noun) + len(noun) :]
    slash = re.match(r"\s*/\s*([a-z]+)", rest, re.I)
    over_word = slash or _RATE_AFTER.match(rest) or _A_AFTER.match(rest)
    if _EACH_AFTER.match(rest) and not (over_word and _plain_noun(over_word.group(1))):
        return (_over(base, _counted(counted)) if counted else None), noun
    if over_word:
        return _over(base, _named(over_word.group(1)) or _counted(over_word.group(1))), noun
    lead = _RATE_BEFORE.search(before) if re.search(r"\b(?:each|every)\b", before, re.I) else None
    lead = lead or _OF_BEFORE.search(before)
    if lead:
        return _over(base, _named(lead.group(1)) or _counted(lead.group(1))), noun
    return base, noun


def _plain_noun(word: str) -> bool:
    return word.lower() not in _STOP


def _over(one: Unit | None, other: Unit | None) -> Unit | None:
    if one is None or other is None:
        return None
    powers = dict(one.powers)
    for name, power in other.powers:
        powers[name] = powers.get(name, 0) - power
    return Unit(tuple(sorted((n, p) for n, p in powers.items() if p)), one.scale / other.scale)


def _named(word: str) -> Unit | None:
    word = word.lower()
    found = (
        _PHYSICAL.get(word) or _PHYSICAL.get(word.removesuffix("s")) or _PHYSICAL.get(word.removesuffix("es"))
    )
    return Unit(((found[0], 1),), found[1]) if found else None


def _counted(word: str) -> Unit | None:
    word = word.lower()
    if word in _STOP or len(word) < 3:
        return None
    for ending, put in (
        ("ies", "y"),
        ("lves", "lf"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("sses", "ss"),
    ):
        if word.endswith(ending):
            return Unit(((f"#{word.removesuffix(ending)}{put}", 1),))
    return Unit(((f"#{word.removesuffix('s')}", 1),))
