"""Answers in words, and the options of a multiple choice."""

from __future__ import annotations

import re
import unicodedata

from . import _latex
from ._extract import bare
from ._prose import DENIAL
from ._terms import PASS, Finding, NoAnswer, Unreadable, misshapen, undecided

_ARTICLE = re.compile(r"\A(?:the|a|an)\s+(?=\S)")
_THERE = "(?:there (?:is|are) |it has |has )?"
_NONE = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "no solution",
            rf"{_THERE}no (?:solutions?|roots?)(?: exists?)?|(?:the )?(?:empty|null) set|∅"
            rf"|emptyset|{{\s*}}|none",
        ),
        ("no real solution", rf"{_THERE}no real (?:solutions?|roots?)(?: exists?)?"),
        ("does not exist", "(?:the )?(?:(?:limit|it) )?(?:does ?n[o'’]?t exist|dne)"),
        ("undefined", "(?:it is )?(?:undefined|not defined)"),
        (
            "infinitely many",
            rf"{_THERE}(?:infinitely many|an infinite number of)(?: solutions?)?|infinite(?: solutions?)?",
        ),
        ("diverges", "(?:it |the series |the integral )?(?:diverges|is divergent|divergent)"),
        ("yes", "yes|true|correct"),
        ("no", "no|false|incorrect"),
    )
)
_LITERAL = frozenset({"true", "false", "yes", "no", "none", "correct", "incorrect", "infinite"})
_CALCULATION = re.compile(r"[0-9=<>^+*/\\]")
_OPTION = re.compile(
    r"(?:(?:so|thus|hence|therefore),? )?(?:the )?(?:(?:correct|right|best) )?(?:option|choice|answer)?"
    r"(?: is|:)?\s*(?:\(([A-Za-z])\)|([A-Za-z])\)|([A-Za-z])(?:[.:](?:\s"
    r"|\Z)|\Z))\s*(?P<rest>.*?)(?:\s+is correct)?",
    re.IGNORECASE | re.DOTALL,
)
_SEVERAL_OPTIONS = re.compile(
    r"\(?[A-Z]\)?(?:\s*(?:,|or|and|/|&)\s*(?:and\s+|or\s+)?\(?[A-Z]\)?)+", re.IGNORECASE
)
_OPTION_IN_PROBLEM = re.compile(r"\(([A-J])\)\s*(.*?)(?=\s*\\?(?:text\S*)?\(?[B-K]\)|\Z)", re.DOTALL)


def read_words(text: str) -> str:
    """A text for comparison: letters folded, white space, articles and final stops aside.

    Raises:
        NoAnswer, Unreadable: as `bare`; Unreadable also for more.
    """
    body = bare(text)
    try:
        body = _latex.spelled(body) if _latex.is_latex(body) else body
    except Unreadable:
        body = re.sub(r"\\[,;!: ]|\\left(?![a-z])|\\right(?![a-z])", " ", body)
    body = " ".join(unicodedata.normalize("NFKC", body).replace("’", "'").split())
    # In a formula that nobody can read every sign counts; in words it does not.
    formula = _CALCULATION.search(body) is not None
    body = body.strip(" .,;$") if formula else body.casefold().strip(" .,;!\"'*$")
    if not body:
        raise NoAnswer("is empty")
    return body if formula else _ARTICLE.sub("", body)


def _class(text: str) -> str:
    return next((name for name, pattern in _NONE if pattern.fullmatch(text)), "")


def same_words(a: str, b: str) -> Finding:
    if a == b:
        return Finding(PASS, PASS, "the texts are the same but for case and white space")
    classes = _class(a), _class(b)
    if all(classes):
        if classes[0] == classes[1] and not {a, b} <= _LITERAL:
            return Finding(PASS, PASS, f"both say {classes[0]}")
        truth = {"yes", "no"}
        if classes[0] == classes[1] or not set(classes) <= truth:
            return undecided("both are words for special cases, but not the same ones")
    elif _CALCULATION.search(a):
        return undecided("the expected answer cannot be read, and the texts differ")
    return misshapen("the texts differ")


def read_option(text: str, *, problem: str = "") -> str:
    """The letter of an option; the text of an option where the problem lists it.

    Raises:
        NoAnswer: several options. Unreadable: no option.
    """
    body = bare(text)
    if _latex.is_latex(body):
        body = " ".join(_latex.spelled(body).split())
    body = body.replace("*", "").strip()
    if _SEVERAL_OPTIONS.fullmatch(body):
        raise NoAnswer("names several options")
    found = _OPTION.fullmatch(body)
    if found is None:
        for letter, content in _OPTION_IN_PROBLEM.findall(problem):
            if _key(content) and _key(content) == _key(body):
                return str(letter)
        raise Unreadable("does not name an option by its letter")
    if DENIAL.search(found["rest"]) or re.search(r"\([A-J]\)", found["rest"]):
        raise Unreadable("names an option and more")
    return (found[1] or found[2] or found[3]).upper()


def _key(text: str) -> str:
    return re.sub(r"[\s\\$.,;{}]|qquad|quad|textbf|text", "", text).casefold()


def same_options(a: str, b: str) -> Finding:
    if a == b:
        return Finding(PASS, PASS, f"both name option {a}")
    return misshapen(f"the options differ: {a} and {b}")
