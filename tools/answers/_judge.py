"""One pair of answers: read both by the expected type, then compare as that type asks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from . import _equations, _exact, _intervals
from ._containers import (
    read_collection,
    read_table,
    same_sets,
    same_tables,
    same_tuples,
    show_items,
    show_table,
)
from ._terms import PASS, Finding, Found, NoAnswer, Relation, Unreadable, misshapen, undecided
from ._text import bare, plain
from ._tree import read
from ._values import read_quantity, read_value, same_quantities, same_values, show_quantity

MAX_SHOWN = 300

_OPTION = re.compile(
    r"(?:option|choice)?\s*(?:\(([A-Za-z])\)|([A-Za-z])(?:[.):](?:\s.*)?)?)", re.IGNORECASE | re.DOTALL
)
_SEVERAL_OPTIONS = re.compile(r"\(?[A-Z]\)?(?:\s*(?:,|or|and|/)\s*\(?[A-Z]\)?)+", re.IGNORECASE)


class Judgement(NamedTuple):
    """What goes back to the host for one pair; the fields are those of Comparison."""

    outcome: Found
    reason: str
    symbolic: Found
    numeric: Found
    expected_read: str
    given_read: str


_T = TypeVar("_T")


def judge(kind: str, expected: str, given: str) -> Judgement:
    """Compare a given answer with the expected one, both as the answer type `kind`.

    Never raises for what the texts hold; a MemoryError or a RecursionError is for the caller.
    """
    match kind:
        case "text":
            return _with(_folded, _same_text, str, expected, given)
        case "choice":
            return _with(_option, _same_option, str, expected, given)
        case "set" | "tuple":
            same = same_sets if kind == "set" else same_tuples
            return _with(lambda text: read_collection(text, kind), same, show_items, expected, given)
        case "interval":
            return _with(_spans, _intervals.compare, _intervals.show, expected, given)
        case "matrix":
            return _with(read_table, same_tables, show_table, expected, given)
        case "equation":
            return _with(_equation, _equations.compare, _show_equation, expected, given)
        case "quantity":
            return _with(read_quantity, same_quantities, show_quantity, expected, given)
    return _with(
        lambda text: read_value(text, kind),
        lambda a, b: same_values(a, b, kind),
        lambda value: _exact.show(value.term),
        expected,
        given,
    )


def _with(
    reader: Callable[[str], _T],
    same: Callable[[_T, _T], Finding],
    show: Callable[[_T], str],
    expected: str,
    given: str,
) -> Judgement:
    """Read, compare and print; the expected side is at fault for what it does not say."""
    shown = ["", ""]

    def judged(finding: Finding) -> Judgement:
        return Judgement(
            finding.outcome, finding.reason[:MAX_SHOWN], finding.symbolic, finding.numeric, *shown
        )

    try:
        wanted = reader(expected)
        shown[0] = show(wanted)[:MAX_SHOWN]
    except (Unreadable, NoAnswer) as fault:
        return judged(undecided(f"the expected answer {fault}"))
    try:
        got = reader(given)
        shown[1] = show(got)[:MAX_SHOWN]
    except NoAnswer as fault:
        return judged(misshapen(f"the given answer {fault}"))
    except Unreadable as fault:
        return judged(undecided(f"the given answer {fault}"))
    try:
        return judged(same(wanted, got))
    except (Unreadable, NoAnswer) as fault:
        return judged(undecided(f"one of the answers {fault}"))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", bare(text)).casefold().split())


def _same_text(a: str, b: str) -> Finding:
    if a == b:
        return Finding(PASS, PASS, "the texts are the same but for case and white space")
    return misshapen("the texts differ")


def _option(text: str) -> str:
    body = bare(text)
    if _SEVERAL_OPTIONS.fullmatch(body):
        raise NoAnswer("names several options")
    found = _OPTION.fullmatch(body)
    if found is None:
        raise Unreadable("does not name an option by its letter")
    return (found[1] or found[2]).upper()


def _same_option(a: str, b: str) -> Finding:
    return (
        Finding(PASS, PASS, f"both name option {a}")
        if a == b
        else misshapen(f"the options differ: {a} and {b}")
    )


def _spans(text: str) -> tuple[_intervals.Span, ...]:
    return _intervals.read_spans(plain(bare(text)))


def _equation(text: str) -> Relation:
    term = read(plain(bare(text)))
    if not isinstance(term, Relation) or set(term.ops) != {"="}:
        raise Unreadable("is not an equation")
    return term


def _show_equation(relation: Relation) -> str:
    return " = ".join(_exact.show(item) for item in relation.items)
