"""One pair of answers: read both by the expected type, then compare as that type asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar

from . import _clock, _equations, _intervals, _quantities
from ._containers import (
    read_collection,
    read_table,
    same_listings,
    same_tables,
    show_listing,
    show_table,
)
from ._infer import infer
from ._terms import (
    FAIL,
    OPEN,
    PASS,
    Finding,
    Found,
    NoAnswer,
    SeveralAnswers,
    Unreadable,
    misshapen,
    undecided,
)
from ._text import bare, plain
from ._words import read_option, read_words, same_options, same_words

MAX_SHOWN = 300
MAX_PARTS = 6

_TWO_IN_SQUARES = re.compile(r"(?:\\left)?\[[^\[\](){},]*,[^\[\](){},]*\]")


class Judgement(NamedTuple):
    """What goes back to the host for one pair; the fields are those of Comparison."""

    outcome: Found
    reason: str
    symbolic: Found
    numeric: Found
    expected_read: str
    given_read: str
    kind: str
    """The answer type by which the pair was read."""


_T = TypeVar("_T")


def judge(kind: str, expected: str, given: str, problem: str = "") -> Judgement:
    """Compare a given answer with the expected one, both as the answer type `kind`; empty: infer it.

    `problem` is used for what it says about the form of the answer: the unit, the base, percent, options.

    Never raises for what the texts hold; a MemoryError or a RecursionError is for the caller.
    """
    inferred, kind = not kind, kind or infer(expected)
    whole = _judged(kind, expected, given, problem)
    if inferred and whole.outcome == OPEN and whole.given_read and _same_text(expected, given):
        return whole._replace(outcome=PASS, reason="the texts are the same", symbolic=PASS, numeric=PASS)
    if inferred and kind == "set" and whole.outcome == PASS and _TWO_IN_SQUARES.fullmatch(given.strip(" $.")):
        return _open(whole, "two items in square brackets: a list or an interval")
    try:
        bare(given)
    except SeveralAnswers as several:
        return _of_parts(kind, expected, several, problem, whole)
    except (NoAnswer, Unreadable):
        pass
    return whole


def _same_text(expected: str, given: str) -> bool:
    """Whether two answers that can be read, though not evaluated, are one text."""
    try:
        return " ".join(bare(expected).split()) == " ".join(bare(given).split())
    except (Unreadable, NoAnswer, SeveralAnswers):
        return False


def _of_parts(kind: str, expected: str, several: SeveralAnswers, problem: str, whole: Judgement) -> Judgement:
    """Several final answers are one where all of them say the same; else a hedge, or prose to leave open."""
    if kind == "set" or len(several.parts) > MAX_PARTS:
        return whole
    parts = [_judged(kind, expected, part, problem) for part in several.parts]
    if all(part.outcome == PASS for part in parts):
        return parts[-1]
    if several.boxed or all(part.outcome == FAIL for part in parts):
        return whole
    return _open(whole, f"the given answer {several}")


def _open(judgement: Judgement, reason: str) -> Judgement:
    return judgement._replace(outcome=OPEN, reason=reason[:MAX_SHOWN], symbolic=OPEN, numeric=OPEN)


def _judged(kind: str, expected: str, given: str, problem: str) -> Judgement:
    judged = partial(_with, kind, expected, given)
    match kind:
        case "text":
            return judged(read_words, same_words, str)
        case "choice":
            return judged(partial(read_option, problem=problem), same_options, str)
        case "set" | "tuple":
            if kind == "set" and _decimal_comma(expected, given):
                return judged(
                    lambda text: text, lambda a, b: undecided("a comma that can be a decimal sign"), str
                )
            same = partial(same_listings, ordered=kind == "tuple")
            boxes = partial(read_collection, kind=kind, boxes_list=True)
            return judged(partial(read_collection, kind=kind), same, show_listing, read_gold=boxes)
        case "interval":
            return judged(_spans, _intervals.compare, _intervals.show)
        case "matrix":
            return judged(read_table, same_tables, show_table)
        case "equation":
            return judged(_equations.read_side, _equations.compare_sides, _equations.show)
    return judged(partial(_quantity, kind), partial(_same_quantities, kind, problem), _show_quantity)


def _with(
    kind: str,
    expected: str,
    given: str,
    reader: Callable[[str], _T],
    same: Callable[[_T, _T], Finding],
    show: Callable[[_T], str],
    *,
    read_gold: Callable[[str], _T] | None = None,
) -> Judgement:
    """Read, compare and print; the expected side is at fault for what it does not say."""
    shown = ["", ""]

    def judged(finding: Finding) -> Judgement:
        return Judgement(
            finding.outcome,
            finding.reason[:MAX_SHOWN],
            finding.symbolic,
            finding.numeric,
            shown[0],
            shown[1],
            kind,
        )

    try:
        wanted = (read_gold or reader)(expected)
        shown[0] = show(wanted)[:MAX_SHOWN]
    except (Unreadable, NoAnswer) as fault:
        return judged(undecided(f"the expected answer {_is(fault)}"))
    try:
        got = reader(given)
        shown[1] = show(got)[:MAX_SHOWN]
    except NoAnswer as fault:
        return judged(misshapen(f"the given answer {_is(fault)}"))
    except Unreadable as fault:
        return judged(undecided(f"the given answer {_is(fault)}"))
    try:
        return judged(same(wanted, got))
    except (Unreadable, NoAnswer) as fault:
        return judged(undecided(f"one of the answers {_is(fault)}"))


def _decimal_comma(expected: str, given: str) -> bool:
    """Whether one text has a point where the other has its only comma, between digits."""
    return "." in given and given.strip(" $").replace(".", ",") == expected.strip(" $")


def _is(fault: Exception) -> str:
    said = str(fault)
    return f"is {said}" if said.startswith(("too large", "longer")) else said


def _spans(text: str) -> tuple[_intervals.Span, ...]:
    return _intervals.read_spans(plain(bare(text)))


_Quantity = _clock.Marked | _quantities.Measured


def _quantity(kind: str, text: str) -> _Quantity:
    body = plain(bare(text))
    return _clock.read_marked(body) or _quantities.read_measured(body, kind)


def _same_quantities(kind: str, problem: str, a: _Quantity, b: _Quantity) -> Finding:
    if isinstance(a, _quantities.Measured):
        if isinstance(b, _quantities.Measured):
            return _quantities.same_measured(a, b, kind, problem)
        return _quantities.against_marked(b, a, problem)
    if isinstance(b, _quantities.Measured):
        return _quantities.against_marked(a, b, problem)
    return _clock.same_marked(a, b, problem)


def _show_quantity(value: _Quantity) -> str:
    if isinstance(value, _quantities.Measured):
        return _quantities.show_measured(value)
    return _clock.show_marked(value)
