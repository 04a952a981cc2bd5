"""Programs that do nothing: a suite that one of them passes says nothing by itself. None is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ._plain import Malformed, from_json
from .asserts import Asserts, Case, judge
from .examples import Example
from .expressions import Answer, AnswerKind, Call, NoValue
from .pure import TooLarge
from .results import CaseStatus, show

_CONSTANTS: tuple[object, ...] = (None, 0, 1, -1, "", [], {}, (), True, False)
_FAILED = Answer(AnswerKind.RAISED, detail="IndexError: no argument")


class Stub(NamedTuple):
    """A program by what it answers: `always 0`, `its first argument`."""

    name: str
    answers: tuple[Answer, ...]


def stubs_for(calls: Sequence[Call], values: Sequence[object]) -> Iterator[Stub]:
    """Constants, each of the given values as a constant, and the arguments given back."""
    for value in (*_CONSTANTS, *values):
        yield Stub(f"always {show(value)}", (Answer(AnswerKind.VALUE, value),) * len(calls))
    for place, name in enumerate(("first", "second")):
        yield Stub(f"its {name} argument", tuple(_argument(call, place) for call in calls))


def _argument(call: Call, place: int) -> Answer:
    if place >= len(call.arguments):
        return _FAILED
    try:
        return Answer(AnswerKind.VALUE, from_json(call.arguments[place]))
    except Malformed:
        return _FAILED


def stub_that_passes(asserts: Asserts, examples: Sequence[Example] = ()) -> str:
    """The name of a stub that passes all asserts and examples; empty where none does, or nothing is asked."""
    if not asserts.cases and not examples:
        return ""
    calls = (*asserts.calls, *(example.call for example in examples))
    for stub in stubs_for(calls, expected_values((*asserts.cases, *(each.case for each in examples)))[:1]):
        own, others = stub.answers[: len(asserts.calls)], stub.answers[len(asserts.calls) :]
        judged = [judge(case, own) for case in asserts.cases]
        judged += [judge(each.case, [answer]) for each, answer in zip(examples, others, strict=True)]
        if all(case.status is CaseStatus.PASSED for case in judged):
            return stub.name
    return ""


def expected_values(cases: Sequence[Case]) -> list[object]:
    """What asserts of the form `call == value` expect."""
    found = []
    for case in cases:
        if case.side is not None and case.side.operator == "==":
            try:
                found.append(case.side.right(()))
            except (IndexError, NoValue, TooLarge, Malformed):
                continue
            except (ArithmeticError, TypeError, ValueError, LookupError):
                continue
    return found
