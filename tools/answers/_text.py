"""From a bare answer to plain notation: one kind of minus and times, LaTeX spelled out, numbers as digits.

Nothing here interprets the answer; what remains unusual is left for the reader to refuse.
"""

from __future__ import annotations

import re

from . import _latex
from ._extract import bare
from ._terms import NoAnswer, Unreadable

__all__ = ["bare", "plain", "says_none"]

_SIGNS = str.maketrans(
    {
        "\u2212": "-", "\u2013": "-", "\u2011": "-", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*",
        "\u2217": "*",
        "\u00f7": "/", "\u2044": "/", "\u2215": "/", "\u03c0": "pi", "\u221e": " oo ", "\u2264": "<=",
        "\u2265": ">=", "\u2260": "!=", "\u2205": "EmptySet", "\u00bd": " 1/2", "\u00bc": " 1/4",
        "\u00be": " 3/4", "\u2153": " 1/3", "\u2154": " 2/3", "\u2155": " 1/5", "\u215b": " 1/8",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2026": "...", "\u00ba": "°", "\u2211": "?",
        "\u2200": "?", "\u2032": "?",
    }
)  # fmt: skip
_SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_SUPERSCRIPT = re.compile(f"\u207b?[{_SUPERSCRIPTS}]+")
_SUPERSCRIPT_DIGITS = str.maketrans(_SUPERSCRIPTS + "\u207b", "0123456789-")
_SUBSCRIPTS = "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"
_SUBSCRIPT = re.compile(f"[{_SUBSCRIPTS}]+")
_SUBSCRIPT_DIGITS = str.maketrans(_SUBSCRIPTS, "0123456789")
_ESCAPED_TWICE = re.compile(r"\\\\(?=[A-Za-z({\[])")
_TIMES_TEN = re.compile(r"(?<=[0-9])\s*[xX]\s*(?=10\s*(?:\^|\*\*))")
_PERCENT = re.compile(r"(?<=[0-9)])\s*(?:percent|per cent|pct)\b\.?", re.IGNORECASE)
_REPEATING = re.compile(r"(?P<sign>[-+]?)(?P<start>[0-9]*\.[0-9]*)\((?P<block>[0-9]+)\)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}/[0-9]{2}/[0-9]{2}")
_ELLIPSIS = re.compile(r"(?<![0-9.])(?P<whole>[0-9]*)\.(?P<digits>[0-9]+)\.{3}")

_REFUSAL = re.compile(
    r"""(?:none|n/?a|nan|null|unknown|\?+
    |(?:sorry,?\s*)?(?:i\s*am|i['’]m)\s+(?:not\s+sure|unable|unsure).*|i\s+(?:do\s*n['’o]t|cannot|can['’]t).*|no\s+answer.*
    |(?:it\s+)?(?:cannot|can\s*not|can['’]t)\s+(?:be\s+)?(?:determined|answer|solve).*|not\s+enough\s+information.*)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NONE = re.compile(
    r"(?:there\s+(?:is|are)\s+|it\s+has\s+|has\s+)?no\s+(?:real\s+|such\s+)?(?:solutions?|roots?|values?|numbers?)"
    r"(?:\s+exists?)?|(?:the\s+)?(?:empty|null)\s+set|does\s*n[o']t\s+exist|dne|undefined",
    re.IGNORECASE,
)


def says_none(body: str) -> bool:
    """Whether a bare answer says in words that nothing satisfies the question."""
    return _NONE.fullmatch(body) is not None


def plain(body: str) -> str:
    """Plain notation of a bare answer.

    Raises:
        NoAnswer: the text says that there is none.
        Unreadable: LaTeX outside the known commands.
    """
    if "\\begin" not in body:
        body = _ESCAPED_TWICE.sub(r"\\", body)
    text = _latex.spelled(body) if _latex.is_latex(body) else body
    text = " ".join(text.split()).removeprefix("= ")
    if _REFUSAL.fullmatch(text):
        raise NoAnswer("says that there is no answer")
    if says_none(text):
        raise NoAnswer("says that there is no solution")
    if _DATE.fullmatch(text):
        raise Unreadable("is a date")
    text = _SUPERSCRIPT.sub(lambda m: f"**({m[0].translate(_SUPERSCRIPT_DIGITS)})", text)
    text = _SUBSCRIPT.sub(lambda m: f"_{m[0].translate(_SUBSCRIPT_DIGITS)}", text)
    text = " ".join(text.translate(_SIGNS).split())
    text = _PERCENT.sub("%", _TIMES_TEN.sub("*", text))
    if (repeating := _REPEATING.fullmatch(text)) and len(repeating["start"]) > 1:
        text = f"{repeating['sign']}{repeating['start']}⟦{repeating['block']}⟧"
    return _ELLIPSIS.sub(_endless, text)


def _endless(match: re.Match[str]) -> str:
    """`0.1666...` repeats its last digit, `0.2727...` its last block, if they stand there often enough."""
    digits = match["digits"]
    for size in range(1, 7):
        times = 3 if size == 1 else 2
        block = digits[-size:]
        if len(digits) >= size * times and digits.endswith(block * times):
            return f"{match['whole'] or 0}.{digits}⟦{block}⟧"
    return match[0]
