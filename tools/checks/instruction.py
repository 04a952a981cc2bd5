"""Checks of a response against its instruction alone: its form, and a sum that is all that is asked for."""

from __future__ import annotations

import re

from pydantic import JsonValue

from ...records import Answer, AnswerType, Evidence, EvidenceKind, Outcome, well_formed
from ..answers import MAX_CHARS, Pair, compare_answers
from ..instructions import demands_in, fault_of, sum_in
from ..sandbox import Sandbox
from ..versions import versions
from .reasoning import observed_in

_NUMBER = re.compile(r"-?\d+ \d+/\d+|-?\d[\d,]*(?:\.\d+)?(?:\s*/\s*\d+)?", re.ASCII)


def form_as_asked(instruction: str, response: str) -> Evidence | None:
    """The response has the form that the instruction asks for: lengths, lists, labels, JSON, case, words.

    None where the rules read no demand. It is of kind `format`: it says nothing of what the response says.
    """
    demands = demands_in(instruction)
    if not demands:
        return None
    faults = [fault for demand in demands if (fault := fault_of(demand, response))]
    said: list[JsonValue] = [demand.said for demand in demands]
    return Evidence(
        kind=EvidenceKind.FORMAT,
        check="form_as_asked",
        claim="the response has the form that the instruction asks for",
        outcome=Outcome.FAIL if faults else Outcome.PASS,
        basis="none",
        inputs={"instruction": instruction, "response": response},
        observed={"demands": said, "detail": "; ".join(faults)},
        versions=versions(),
    )


async def sum_is_right(instruction: str, given: str, response: str, sandbox: Sandbox) -> Evidence | None:
    """The response ends in the value of the sum that is all that the instruction and its input ask for.

    None where they ask for anything else.
    """
    asked = sum_in(instruction, given)
    if not asked:
        return None
    stated = _result(response)
    expected = Answer(type=AnswerType.CLOSED_FORM, value=asked)
    (comparison,) = await compare_answers([Pair(expected, well_formed(stated[: MAX_CHARS + 1]))], sandbox)
    return Evidence(
        kind=EvidenceKind.SYMBOLIC,
        check="sum_is_right",
        claim=f"the response ends in the value of {asked}",
        outcome=comparison.outcome if stated else Outcome.FAIL,
        basis="none",
        inputs={"instruction": instruction, "input": given, "response": response},
        observed=observed_in(comparison) | ({} if stated else {"detail": "it states no number"}),
        versions=versions() | dict(comparison.versions),
    )


def _result(response: str) -> str:
    """The last number of a response: `3 * 4 = 12, so the answer is 12`."""
    found = _NUMBER.findall(response)
    return found[-1].replace(",", "").rstrip(".") if found else ""
