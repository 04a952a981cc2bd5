"""What names stand for: symbols, products of letters, and functions with the arguments they take."""

from __future__ import annotations

import re

from ._terms import Apply, Group, Relation, Term, Unreadable
from ._tokens import FUNCTIONS, GREEK, WORDS

CONSTANT_NAMES = frozenset({"pi", "E", "I", "oo"})
LOGARITHMS = frozenset({"log", "ln"})
UNBRACKETED = frozenset(
    {"sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "log", "ln", "sqrt"}
)  # fmt: skip
"""Functions whose argument may stand without parentheses: `sin 2x`."""

MAX_LETTERS = 4
_PART = re.compile("|".join((*sorted(GREEK, key=len, reverse=True), "pi", "oo", "[A-Za-z]")))
_ENGLISH = frozenset(
    [
        "am",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "do",
        "for",
        "go",
        "has",
        "her",
        "him",
        "his",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "one",
        "or",
        "our",
        "out",
        "per",
        "she",
        "so",
        "than",
        "that",
        "the",
        "then",
        "this",
        "to",
        "two",
        "up",
        "us",
        "was",
        "we",
        "with",
        "you",
        "yes",
    ]
)
_SAME = {
    "ln": "log", "abs": "Abs", "ceil": "ceiling", "Fraction": "Rational", "max": "Max", "min": "Min",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan",
}  # fmt: skip
_ARITIES: dict[str, tuple[int, int]] = {
    "log": (1, 2), "root": (2, 2), "surd": (2, 2), "binomial": (2, 2), "Rational": (1, 2),
    "gcd": (2, 8), "lcm": (2, 8),
    "Max": (1, 8), "Min": (1, 8), "Interval": (2, 4), "IntervalOpen": (2, 2), "IntervalLopen": (2, 2),
    "IntervalRopen": (2, 2), "Union": (1, 50),
}  # fmt: skip


def as_names(text: str) -> tuple[str, ...]:
    """The symbols of a run of letters: one name, or at most 4 letters that are multiplied.

    Raises:
        Unreadable: a word.
    """
    if text in CONSTANT_NAMES or text in GREEK or len(text) == 1:
        return (text,)
    if len(text) > MAX_LETTERS + 4 or text.lower() in _ENGLISH:
        raise Unreadable(f"has the unknown word {text[:20]!r}")
    parts = _PART.findall(text)
    if "".join(parts) != text or len(parts) > MAX_LETTERS:
        raise Unreadable(f"has the unknown word {text[:20]!r}")
    return tuple(WORDS.get(part, part) if part != "e" else "E" for part in parts)


def called(name: str, args: tuple[Term, ...]) -> Term:
    """A function call as a term.

    Raises:
        Unreadable: an unknown function or a wrong number of arguments.
    """
    name = _SAME.get(name, name)
    if name == "Eq" and len(args) == 2:
        return Relation(("=",), args)
    if name == "FiniteSet":
        return Group("set", args)
    if name in ("set", "list", "tuple") and not args:
        return Group("set" if name == "set" else "list" if name == "list" else "tuple", ())
    low, high = _ARITIES.get(name, (1, 1))
    if name not in FUNCTIONS or name in ("set", "list", "tuple") or not low <= len(args) <= high:
        raise Unreadable(f"calls {name} with {len(args)} values")
    return Apply(name, args)
