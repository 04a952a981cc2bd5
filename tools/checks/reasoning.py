"""Checks of reasoning in words: does it end in the answer, and are the calculations it writes out true?"""

from __future__ import annotations

import re
from typing import NamedTuple

from pydantic import JsonValue

from ...records import Answer, AnswerType, Evidence, EvidenceKind, Outcome, well_formed
from ..answers import MAX_CHARS, Comparison, Pair, compare_answers
from ..sandbox import Sandbox
from ..versions import versions

MAX_CALCULATIONS = 40
_SIDE = r"[-(\d$][\d\s.,+\-*/×÷^()%$−]{0,120}"
_CALCULATION = re.compile(rf"(?P<left>{_SIDE})=(?=\s*(?P<right>{_SIDE}))")
_OPERATOR = re.compile(r"[\d)%]\s*[+\-*/×÷^−]\s*[\d($]")
_BEGAN_BEFORE = re.compile(r"(?:[^\W_]|[+\-*/×÷·^%)−]\s*|\b(?:x|X|of|times|plus|minus|over)\s+)$")
"""What stands before the part of a longer expression: `20 x 3/4 = 15`, `1/4 of 100 = 25`."""
_ENDS = re.compile(r"[,;.:]\s+(?!000\b)")
"""Where another number ends, and the calculation begins or is over: `After eating 5, 15 - 5 = 10`."""
_CARRIES_ON = re.compile(r"\s*(?:[a-zA-Z]*\s*\bremainder\b|[rR]\s*\d)")


class Calculation(NamedTuple):
    """`left = right` as a reasoning writes it; the left side holds an operator, neither holds a name."""

    left: str
    right: str


def calculations_in(text: str) -> tuple[Calculation, ...]:
    """The numeric calculations in a text, at most 40. What stands next to a letter is left aside."""
    found = []
    for match in _CALCULATION.finditer(text):
        before = text[: match.start()]
        left, right = match["left"].strip(), match["right"].strip(" \t\r\n.,-+*/(")
        right = _ENDS.split(right.split("\n")[0])[0].strip(" .,")
        left = _ENDS.split(left.rsplit("\n")[-1])[-1].strip(" .,")
        after = text[match.start("right") + len(match["right"]) :]
        if _BEGAN_BEFORE.search(before[-20:]):
            continue
        if not _OPERATOR.search(left) or not right or _CARRIES_ON.match(after):
            continue
        found.append(Calculation(left, right))
        if len(found) == MAX_CALCULATIONS:
            break
    return tuple(found)


def observed_in(comparison: Comparison) -> dict[str, JsonValue]:
    """What a comparison found, as evidence keeps it."""
    return {
        "symbolic": comparison.symbolic.value,
        "numeric": comparison.numeric.value,
        "expected_read": comparison.expected_read,
        "given_read": comparison.given_read,
        "detail": comparison.reason,
    }


async def answer_agrees(given: str, expected: Answer, sandbox: Sandbox, *, basis: str) -> Evidence:
    """Compare the answer of an independent solver with the stated one.

    A given answer beyond the length bound is kept only as far as its comparison needs it.
    """
    given = well_formed(given[: MAX_CHARS + 1])
    (comparison,) = await compare_answers([Pair(expected, given)], sandbox)
    return Evidence(
        kind=EvidenceKind.AGREEMENT,
        check="answer_agrees",
        claim=f"an independent solution ends in {expected.value}",
        outcome=comparison.outcome,
        basis=basis,
        inputs={"expected": expected.model_dump(mode="json"), "given": given},
        observed=observed_in(comparison),
        versions=versions() | dict(comparison.versions),
    )


async def calculations_hold(reasoning: str, sandbox: Sandbox, *, basis: str) -> Evidence | None:
    """Every calculation that a reasoning writes out, `12 * 4 = 48`, is true.

    None where it writes none that can be read: that speaks neither for it nor against it.
    """
    calculations = calculations_in(reasoning)
    pairs = [Pair(Answer(type=AnswerType.CLOSED_FORM, value=c.left), c.right) for c in calculations]
    comparisons = await compare_answers(pairs, sandbox) if pairs else ()
    read = [
        (calculation, comparison)
        for calculation, comparison in zip(calculations, comparisons, strict=True)
        if comparison.outcome is not Outcome.INCONCLUSIVE
    ]
    if not read:
        return None
    false: list[JsonValue] = [
        f"{calculation.left} = {calculation.right}"
        for calculation, comparison in read
        if comparison.outcome is Outcome.FAIL
    ]
    return Evidence(
        kind=EvidenceKind.NUMERIC,
        check="calculations_hold",
        claim="the calculations written out in the reasoning are true",
        outcome=Outcome.FAIL if false else Outcome.PASS,
        basis=basis,
        inputs={"reasoning": reasoning},
        observed={
            "read": len(read),
            "false": false,
            "detail": f"false: {'; '.join(map(str, false))}" if false else "",
        },
        versions=versions(),
    )
