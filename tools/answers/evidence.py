"""Comparison as Evidence: what to write down, and how to make the comparison again from it."""

from __future__ import annotations

from pydantic import ValidationError

from ...errors import UsageError
from ...records import Answer, Evidence, EvidenceKind
from ..sandbox import Sandbox
from .compare import MAX_CHARS, Comparison, Pair, compare_answers, transmissible

CHECK = "answers_equal"


def comparison_evidence(pair: Pair, comparison: Comparison, *, claim: str, basis: str) -> Evidence:
    """The evidence that a comparison gives.

    A given answer beyond the length bound is kept only as far as its comparison needs it.
    """
    return Evidence(
        kind=EvidenceKind.SYMBOLIC,
        check=CHECK,
        claim=claim,
        outcome=comparison.outcome,
        basis=basis,
        inputs={
            "type": pair.expected.type.value,
            "expected": transmissible(pair.expected.value),
            "given": transmissible(pair.given[: MAX_CHARS + 1]),
        },
        observed={
            "symbolic": comparison.symbolic.value,
            "numeric": comparison.numeric.value,
            "expected_read": comparison.expected_read,
            "given_read": comparison.given_read,
            "reason": comparison.reason,
        },
        versions=dict(comparison.versions),
    )


async def recheck(evidence: Evidence, sandbox: Sandbox) -> Evidence:
    """Make the comparison again from the evidence alone.

    Raises:
        UsageError: the evidence is of another check, or its inputs are not those of a comparison.
    """
    inputs = evidence.inputs
    given = inputs.get("given")
    if evidence.check != CHECK or set(inputs) != {"type", "expected", "given"} or not isinstance(given, str):
        raise UsageError(
            f"evidence of check {evidence.check!r} is no comparison of answers: "
            f"it needs check {CHECK!r} and the inputs type, expected and given"
        )
    try:
        expected = Answer.model_validate({"type": inputs["type"], "value": inputs["expected"]})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UsageError(
            f"evidence of check {CHECK!r} holds no valid expected answer: field {where}"
        ) from None
    pair = Pair(expected, given)
    (comparison,) = await compare_answers([pair], sandbox)
    return comparison_evidence(pair, comparison, claim=evidence.claim, basis=evidence.basis)
