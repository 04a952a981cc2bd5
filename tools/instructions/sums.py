"""Is an instruction nothing but a sum to work out? Then its result can be computed, and compared."""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"\b(?:what is|what's|calculate|compute|evaluate|work out|solve|find the (?:value|result|sum|product) of"
    r"|how much is)\b",
    re.IGNORECASE,
)
_SUM = re.compile(r"[-(]?\s*\(*\d[\d.,]*(?:\s*[-+*/×÷^]\s*|\s*[()]\s*|\s*\d[\d.,]*)*", re.ASCII)
_OPERATES = re.compile(r"\d\)?\s*[-+*/×÷^]\s*[-(]?\s*\(*\d", re.ASCII)
_PLAIN = re.compile(r"\A[\d\s.,+\-*/×÷^()]+\Z", re.ASCII)
_LIST = re.compile(r"\d\s*,\s+\d")
_BIG_POWER = re.compile(r"\^\s*\d{3}")
_AROUND_SUMS = (
    "what is s the a value of calculate compute evaluate expression following give only number result answer"
    " and find sum product please work out how much solve state write down this your arithmetic in"
)
"""Other words around a sum tell of more than the sum."""
_AROUND = frozenset(_AROUND_SUMS.split())


_TOLD = re.compile(
    r"\b(?P<what>sum|product|difference|quotient) (?:of|between)(?: the numbers)?\s+"
    r"(?P<a>\d+(?:\.\d+)?)\s+and\s+(?P<b>\d+(?:\.\d+)?)",
    re.IGNORECASE | re.ASCII,
)
_SIGNS = {"sum": "+", "product": "*", "difference": "-", "quotient": "/"}


def sum_in(instruction: str, given: str) -> str:
    """The expression whose value is all that is asked for; empty where there is none, or more than one.

    The sum of 5 and 3 is one, too; a difference is that of the larger and the smaller number.
    """
    text = _TOLD.sub(_in_signs, f"{instruction}\n{given}")
    sums = [match[0].strip(" \t\n.,=") for match in _SUM.finditer(text) if _OPERATES.search(match[0])]
    if len(sums) != 1 or not _ASKS.search(instruction):
        return ""
    (found,) = sums
    rest = text.replace(found, " ", 1)
    if not _AROUND.issuperset(re.findall(r"\w+", rest.lower())):
        return ""
    if not _PLAIN.match(found) or _LIST.search(found) or _BIG_POWER.search(found):
        return ""
    return found if found.count("(") == found.count(")") else ""


def _in_signs(told: re.Match[str]) -> str:
    a, b, what = told["a"], told["b"], told["what"].lower()
    if what == "difference" and float(a) < float(b):
        a, b = b, a
    return f"{a} {_SIGNS[what]} {b}"
