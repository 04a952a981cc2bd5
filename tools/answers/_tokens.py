"""Plain notation cut into tokens: numbers with their exact values, names, and marks."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal, NamedTuple

from ._terms import Number, Unreadable

MAX_DIGITS = 1_000
MAX_TOKENS = 1_000
MAX_EXPONENT = 1_000

FUNCTIONS = frozenset(
    {
        "sqrt", "cbrt", "root", "surd", "log", "ln", "log2", "log10", "exp", "sin", "cos", "tan", "sec",
        "csc",
        "cot", "asin", "acos", "atan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "factorial",
        "binomial", "Rational", "Fraction", "Integer", "Abs", "abs", "floor", "ceiling", "ceil", "gcd",
        "lcm", "Max", "Min", "max", "min", "Matrix", "Interval", "IntervalOpen", "IntervalLopen",
        "IntervalRopen", "FiniteSet", "Union", "Eq", "set", "list", "tuple",
    }
)  # fmt: skip
WORDS = {
    "e": "E", "inf": "oo", "infinity": "oo", "Infinity": "oo", "lg": "log10",
    "Interval.open": "IntervalOpen", "Interval.Lopen": "IntervalLopen", "Interval.Ropen": "IntervalRopen",
}  # fmt: skip
GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi", "Omega",
)  # fmt: skip
_GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξορστυφχψωΓΔΘΛΞΣΦΨΩ", GREEK, strict=True))
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:⟦[0-9]+⟧|[eE][+-]?[0-9]+)?)"
    r"|(?P<name>Interval\.(?:open|Lopen|Ropen)|log2(?![0-9])|log10(?![0-9])|[A-Za-z]+|[\u0391-\u03a9\u03b1-\u03c9])"
    r"|(?P<mark>\*\*|<=|>=|==|!=(?!=)|[-+*/^(),\[\]{}=<>!%|&_°±⟨⟩\u221a])"
)


class Token(NamedTuple):
    kind: Literal["number", "name", "mark", "end"]
    text: str
    spaced: bool
    """White space stands before it."""


END = Token("end", "", False)


def tokens(text: str) -> list[Token]:
    """Cut a text into tokens.

    Raises:
        Unreadable: a sign outside plain notation, or too many of them.
    """
    found: list[Token] = []
    at, spaced = 0, False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(f"has the sign {text[at]!r}, which is not part of plain notation")
        at = match.end()
        if match.lastgroup == "space":
            spaced = True
            continue
        shown = _GREEK_LETTERS.get(match[0], match[0])
        kind: Literal["number", "name", "mark"]
        kind = "number" if match.lastgroup == "number" else "name" if match.lastgroup == "name" else "mark"
        found.append(Token(kind, {"**": "^", "==": "="}.get(shown, shown), spaced))
        spaced = False
        if len(found) > MAX_TOKENS:
            raise Unreadable(f"has more than {MAX_TOKENS:,} signs")
    return found


def number(text: str) -> Number:
    """The exact value of a literal; `0.1⟦6⟧` repeats the 6 for ever.

    Raises:
        Unreadable: too many digits.
    """
    if len(text) > MAX_DIGITS:
        raise Unreadable(f"too large: a number with more than {MAX_DIGITS:,} digits")
    if "⟦" in text:
        start, _, block = text.rstrip("⟧").partition("⟦")
        whole, _, decimals = start.partition(".")
        nines = (10 ** len(block) - 1) * 10 ** len(decimals)
        return Number(Fraction(f"{whole or 0}.{decimals or 0}") + Fraction(int(block), nines))
    mantissa, _, exponent = text.lower().partition("e")
    digits = mantissa.replace(".", "").lstrip("0")
    if len(exponent) > 6 or abs(int(exponent or "0")) > MAX_EXPONENT:
        raise Unreadable(f"too large: a number with more than {MAX_DIGITS:,} digits")
    shown = len(digits) or 1
    return Number(Fraction(text), shown if "." in mantissa or exponent else 0)
