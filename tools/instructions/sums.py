"""Is an instruction nothing but a sum to work out? Then its result can be computed, and compared.

"What is 12 * 7?" · "Find the sum of 1/2, 1/4 and 3." · "Subtract 389 from 1000."
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ASKS = re.compile(
    r"\b(?:what is|what['’]s|calculate|compute|evaluate|work out|solve|find|give|determine|how much is"
    r"|perform|do|add|subtract|multiply|divide|tell me)\b",
    re.IGNORECASE,
)
_SUM = re.compile(r"[-(]?\s*\(*\d[\d.,]*(?:\s*[-+*/×÷^]\s*|\s*[()]\s*|\s*\d[\d.,]*)*", re.ASCII)
_OPERATES = re.compile(r"\d\)?\s*[-+*/×÷^]\s*[-(]?\s*\(*\d", re.ASCII)
_PLAIN = re.compile(r"\A[\d\s.,+\-*/×÷^()]+\Z", re.ASCII)
_LIST = re.compile(r"\d\s*,\s+\d")
_BIG_POWER = re.compile(r"\^\s*\d{3}")
_AROUND_SUMS = (
    "what is s the a value of calculate compute evaluate expression following give only number result answer"
    " and find sum product difference quotient total please work out how much solve state write down this"
    " your arithmetic in given below for me problem perform do subtraction addition multiplication division"
    " can could would you tell determine exact equal equals numbers two to add up let know"
)
"""Other words around a sum tell of more than the sum."""
_AROUND = frozenset(_AROUND_SUMS.split())

_T = r"\d[\d,]*(?:\.\d+)?(?:/\d+)?(?![\d/]|[.,]\d)"
_A, _B = rf"(?P<a>-?{_T})", rf"(?P<b>-?{_T})"
_SEVERAL = rf"(?P<all>{_T}(?:,\s+(?:and\s+)?{_T}|\s+and\s+{_T})+)(?!\s*%)"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)


def _term(text: str) -> str:
    return f"({text})" if "/" in text or "-" in text else text


def _two(sign: str, *, swapped: bool = False) -> Callable[[re.Match[str]], str]:
    def written(told: re.Match[str]) -> str:
        a, b = (told["b"], told["a"]) if swapped else (told["a"], told["b"])
        return f"{_term(a)}{sign}{_term(b)}" if sign == "^" else f"{_term(a)} {sign} {_term(b)}"

    return written


def _all(sign: str) -> Callable[[re.Match[str]], str]:
    def written(told: re.Match[str]) -> str:
        return f" {sign} ".join(_term(term) for term in re.findall(_T, told["all"]))

    return written


def _difference(told: re.Match[str]) -> str:
    a, b = told["a"], told["b"]
    if "/" not in a + b and float(a.replace(",", "")) < float(b.replace(",", "")):
        a, b = b, a
    return f"{_term(a)} - {_term(b)}"


_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), written)
    for pattern, written in (
        (rf"\b(?:sum|total) of(?: the numbers)? {_SEVERAL}", _all("+")),
        (rf"\bproduct of(?: the numbers)? {_SEVERAL}", _all("*")),
        (rf"\bdifference (?:of|between) {_A} and {_B}", _difference),
        (rf"\bquotient of {_A} and {_B}", _two("/")),
        (rf"\badd(?: up)?(?: the(?: two)? numbers:?)? {_SEVERAL}", _all("+")),
        (rf"\badd {_A} to {_B}", _two("+")),
        (rf"\bsubtract {_A} from {_B}", _two("-", swapped=True)),
        (rf"\bmultiply {_A} (?:by|and|with) {_B}", _two("*")),
        (rf"\bmultiplying {_A} (?:by|and|with) {_B}", _two("*")),
        (rf"\bdivide {_A} by {_B}", _two("/")),
        (rf"(?<![\w.,/]){_A} plus {_B}", _two("+")),
        (rf"(?<![\w.,/]){_A} minus {_B}", _two("-")),
        (rf"(?<![\w.,/]){_A} (?:times|multiplied by) {_B}", _two("*")),
        (rf"(?<![\w.,/]){_A} divided by {_B}", _two("/")),
        (rf"(?<![\w.,/]){_A} to the power (?:of )?{_B}", _two("^")),
        (rf"(?<![\w.,/]){_A} to the {_B}(?:st|nd|rd|th) power", _two("^")),
        (rf"(?<![\w.,/]){_A} squared", lambda told: f"{_term(told['a'])}^2"),
        (rf"(?<![\w.,/]){_A} cubed", lambda told: f"{_term(told['a'])}^3"),
    )
)


def sum_in(instruction: str, given: str) -> str:
    """The expression whose value is all that is asked for; empty where there is none, or more than one.

    The sum of 5 and 3 is one, too; a difference is that of the larger and the smaller number.
    """
    text = f"{instruction}\n{given}".replace("−", "-").replace("= ?", " ").replace("=?", " ")
    for pattern, written in _WORDS:
        text = pattern.sub(written, text)
    sums = [match[0].strip(" \t\n.,=") for match in _SUM.finditer(text) if _OPERATES.search(match[0])]
    if len(sums) != 1:
        return ""
    (found,) = sums
    rest = text.replace(found, " ", 1)
    words = re.findall(r"\w+", rest.lower())
    if not _AROUND.issuperset(words) or (words and not _ASKS.search(instruction)):
        return ""
    if not _PLAIN.match(found) or _LIST.search(found) or _BIG_POWER.search(found):
        return ""
    if not words and not re.search(r"[+*×÷^(]|\s[-/]\s", found):
        # Bare "3-1" or "1990-2000" is a score or a range.
        return ""
    return _THOUSANDS.sub("", found) if found.count("(") == found.count(")") else ""
