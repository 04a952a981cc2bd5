"""Units: a table of our own, with exact factors to one base unit of each dimension.

Units of different dimensions never convert. Temperatures, pounds of money and unknown words have a
dimension each, so that nothing is converted which could be meant in two ways.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from ._terms import Unreadable


class Unit(NamedTuple):
    """`dimensions` maps base units to exponents, sorted; `factor` is to the base units.

    `degrees` says that the factor is also pi/180, for angles; `counted` that a word of it is no unit we know.
    """

    dimensions: tuple[tuple[str, int], ...]
    factor: Fraction
    degrees: bool = False
    counted: bool = False


NONE = Unit((), Fraction(1))

_SYMBOLS: dict[str, tuple[str, int, str]] = {
    # symbol: base, exponent, factor
    "in": ("m", 1, "0.0254"), "ft": ("m", 1, "0.3048"), "yd": ("m", 1, "0.9144"), "mi": ("m", 1, "1609.344"),
    "lb": ("kg", 1, "0.45359237"), "lbs": ("kg", 1, "0.45359237"), "oz": ("kg", 1, "0.028349523125"),
    "min": ("s", 1, "60"), "mins": ("s", 1, "60"), "h": ("s", 1, "3600"), "hr": ("s", 1, "3600"),
    "hrs": ("s", 1, "3600"), "sec": ("s", 1, "1"), "secs": ("s", 1, "1"), "ha": ("m", 2, "10000"),
    "gal": ("m", 3, "0.003785411784"), "yr": ("year", 1, "1"), "yrs": ("year", 1, "1"), "$": ("usd", 1, "1"),
    "¢": ("usd", 1, "0.01"), "€": ("eur", 1, "1"), "£": ("gbp", 1, "1"), "¥": ("yen", 1, "1"),
    "₹": ("inr", 1, "1"), "USD": ("usd", 1, "1"), "EUR": ("eur", 1, "1"), "GBP": ("gbp", 1, "1"),
    "°C": ("celsius", 1, "1"), "°F": ("fahrenheit", 1, "1"), "K": ("kelvin", 1, "1"), "rad": ("rad", 1, "1"),
    "rads": ("rad", 1, "1"), "tonne": ("kg", 1, "1000"), "°": ("rad", 1, "1"), "deg": ("rad", 1, "1"),
}  # fmt: skip
_WORDS: dict[str, tuple[str, int, str]] = {
    "inch": ("m", 1, "0.0254"), "foot": ("m", 1, "0.3048"), "feet": ("m", 1, "0.3048"),
    "yard": ("m", 1, "0.9144"), "mile": ("m", 1, "1609.344"), "ounce": ("kg", 1, "0.028349523125"),
    "pound": ("kg", 1, "0.45359237"), "tonne": ("kg", 1, "1000"), "second": ("s", 1, "1"),
    "minute": ("s", 1, "60"), "hour": ("s", 1, "3600"), "day": ("s", 1, "86400"), "week": ("s", 1, "604800"),
    "month": ("month", 1, "1"), "year": ("year", 1, "1"), "hectare": ("m", 2, "10000"),
    "acre": ("m", 2, "4046.8564224"), "gallon": ("m", 3, "0.003785411784"),
    "quart": ("m", 3, "0.000946352946"), "pint": ("m", 3, "0.000473176473"), "cup": ("m", 3,
    "0.0002365882365"),
    "dollar": ("usd", 1, "1"), "cent": ("usd", 1, "0.01"), "buck": ("usd", 1, "1"), "euro": ("eur", 1, "1"),
    "yen": ("yen", 1, "1"), "rupee": ("inr", 1, "1"), "degree": ("rad", 1, "1"), "radian": ("rad", 1, "1"),
    "celsius": ("celsius", 1, "1"), "fahrenheit": ("fahrenheit", 1, "1"), "kelvin": ("kelvin", 1, "1"),
    "unit": ("unit", 1, "1"), "byte": ("bit", 1, "8"), "bit": ("bit", 1, "1"),
}  # fmt: skip
_METRIC: dict[str, tuple[tuple[tuple[str, int], ...], str]] = {
    # symbol or word that takes prefixes
    "m": ((("m", 1),), "1"), "g": ((("kg", 1),), "0.001"), "s": ((("s", 1),), "1"),
    "L": ((("m", 3),), "0.001"), "l": ((("m", 3),), "0.001"), "Hz": ((("s", -1),), "1"),
    "N": ((("kg", 1), ("m", 1), ("s", -2)), "1"), "J": ((("kg", 1), ("m", 2), ("s", -2)), "1"),
    "W": ((("kg", 1), ("m", 2), ("s", -3)), "1"), "Pa": ((("kg", 1), ("m", -1), ("s", -2)), "1"),
    "V": ((("volt", 1),), "1"), "A": ((("ampere", 1),), "1"), "mol": ((("mol", 1),), "1"),
    "meter": ((("m", 1),), "1"), "metre": ((("m", 1),), "1"), "gram": ((("kg", 1),), "0.001"),
    "liter": ((("m", 3),), "0.001"), "litre": ((("m", 3),), "0.001"),
    "newton": ((("kg", 1), ("m", 1), ("s", -2)), "1"),
    "joule": ((("kg", 1), ("m", 2), ("s", -2)), "1"), "watt": ((("kg", 1), ("m", 2), ("s", -3)), "1"),
    "volt": ((("volt", 1),), "1"), "ampere": ((("ampere", 1),), "1"), "mole": ((("mol", 1),), "1"),
    "hertz": ((("s", -1),), "1"), "pascal": ((("kg", 1), ("m", -1), ("s", -2)), "1"),
}  # fmt: skip
_PREFIXES = {"k": "1000", "d": "0.1", "c": "0.01", "m": "0.001", "μ": "0.000001", "µ": "0.000001",
             "u": "0.000001",
             "n": "0.000000001", "M": "1000000", "G": "1000000000"}  # fmt: skip
_PREFIX_WORDS = {"kilo": "1000", "deci": "0.1", "centi": "0.01", "milli": "0.001", "micro": "0.000001",
                 "nano": "0.000000001", "mega": "1000000", "giga": "1000000000"}  # fmt: skip
_COMPOUND = {"mph": "mi/h", "kph": "km/h", "kmh": "km/h", "kmph": "km/h", "fps": "ft/s", "bucks": "dollars"}
_NOT_NOUNS = frozenset(
    [
        "a",
        "about",
        "again",
        "all",
        "almost",
        "an",
        "and",
        "approximately",
        "are",
        "around",
        "as",
        "at",
        "base",
        "but",
        "by",
        "cubed",
        "deg",
        "dividedby",
        "dozen",
        "double",
        "each",
        "equals",
        "exactly",
        "for",
        "from",
        "half",
        "hundred",
        "if",
        "in",
        "is",
        "least",
        "less",
        "many",
        "maximum",
        "million",
        "minimum",
        "minus",
        "modulo",
        "more",
        "most",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "only",
        "or",
        "out",
        "over",
        "per",
        "percent",
        "plus",
        "quarter",
        "remainder",
        "root",
        "square",
        "squared",
        "than",
        "the",
        "then",
        "third",
        "thirds",
        "thousand",
        "times",
        "to",
        "triple",
        "twice",
        "under",
        "unknown",
        "until",
        "up",
        "with",
        "without",
        "billion",
        "trillion",
        "quarters",
        "halves",
        "fourths",
        "fifths",
        "am",
        "pm",
        "noon",
        "midnight",
        "repeating",
        "recurring",
        "factorial",
        "mod",
        # Names of variables and functions: `2 theta` is a product.
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda"),
        *("mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
        *("sin", "cos", "tan", "sec", "csc", "cot", "log", "exp", "arcsin", "arccos", "arctan", "sqrt"),
    ]
)
_TOKEN = re.compile(
    r"\s*(?:(?P<power>(?:\^|\*\*)\s*\(?(?P<n>-?[1-9])\)?)|(?P<op>[/*])|(?P<word>°\s?[CF]\b|°|[$¢€£¥₹]|[A-Za-zμµ]+\.?))"
)

_AGED = re.compile(r"\b((?:year|month|week|day)s?) old\Z", re.IGNORECASE)
_SCALE = re.compile(r"\b(?:degrees?|deg\.?)\s+(celsius|fahrenheit|C|F)\b", re.IGNORECASE)


def parse_unit(text: str) -> Unit:
    """The unit that a text names, e.g. `km/h`, `square feet`, `m s^(-2)`, `dollars per hour`.

    Words that are no unit we know are counted things: a dimension of their own.

    Raises:
        Unreadable: signs that no unit has, or words that change a number.
    """
    text = _SCALE.sub(lambda m: f"°{m[1][0].upper()}", _AGED.sub(r"\1", text.strip()))
    text = _COMPOUND.get(text.rstrip("."), text)
    dimensions: dict[str, int] = {}
    factor, sign, scale = Fraction(1), 1, 1
    last: Unit | None = None
    degrees = counted = False
    nouns: list[str] = []
    at = 0

    def apply(unit: Unit, power: int) -> None:
        nonlocal factor
        for base, exponent in unit.dimensions:
            dimensions[base] = dimensions.get(base, 0) + exponent * power
        factor *= unit.factor**power

    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or not found[0].strip():
            raise Unreadable("has no unit that can be read")
        at = found.end()
        word = (found["word"] or "").rstrip(".").replace(" ", "")
        lower = word.lower()
        if found["op"]:
            sign = -1 if found["op"] == "/" else sign
            last = None
        elif found["power"] or lower in ("squared", "cubed"):
            power = int(found["n"]) if found["power"] else 2 if lower == "squared" else 3
            if last is None:
                raise Unreadable("has a power without its unit")
            apply(last, sign * (power - 1))
            last = None
        elif lower == "per":
            sign = -1
        elif lower in ("square", "sq", "cubic", "cu"):
            scale = 2 if lower.startswith("s") else 3
        elif lower in ("u", "s") and text.lower().startswith("u.s."):
            continue
        else:
            unit = _known(word)
            if unit is None:
                if lower in _NOT_NOUNS or not word.isalpha() or len(word) < 3:
                    raise Unreadable(f"has the word {word[:20]!r} after its number")
                counted = True
                nouns.append(_singular(lower))
                unit = Unit(((f"“{_singular(lower)}”", 1),), Fraction(1))
            degrees = degrees or unit.degrees
            apply(unit, sign * scale)
            last, scale = unit, 1
    if scale != 1 or len(nouns) > 3:
        raise Unreadable("has no unit that can be read")
    kept = tuple(sorted((base, exponent) for base, exponent in dimensions.items() if exponent))
    return Unit(kept, factor, degrees, counted)


def _known(word: str) -> Unit | None:
    if word in _SYMBOLS:
        base, exponent, factor = _SYMBOLS[word]
        return Unit(((base, exponent),), Fraction(factor), word in ("°", "deg"))
    if word in _METRIC:
        return Unit(_METRIC[word][0], Fraction(_METRIC[word][1]))
    if len(word) > 1 and word[0] in _PREFIXES and word[1:] in _METRIC and len(word) <= 4:
        dimensions, factor = _METRIC[word[1:]]
        return Unit(dimensions, Fraction(factor) * Fraction(_PREFIXES[word[0]]))
    name = word.lower() if word.lower() in _WORDS else _singular(word.lower())
    if name in _WORDS:
        base, exponent, factor = _WORDS[name]
        return Unit(((base, exponent),), Fraction(factor), name == "degree")
    for prefix, scale in ("", "1"), *_PREFIX_WORDS.items():
        rest = name.removeprefix(prefix)
        if name.startswith(prefix) and rest in _METRIC and len(rest) > 3:
            return Unit(_METRIC[rest][0], Fraction(_METRIC[rest][1]) * Fraction(scale))
    return None


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word


def singular_words(text: str) -> frozenset[str]:
    return frozenset(_singular(word) for word in re.findall(r"[a-z]+", text.lower()))
