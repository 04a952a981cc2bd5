"""Checks of how a revision came about: is its critique grounded in the text, is the revision within bounds?

Of kind `wording`: they say nothing of whether a text is safe, true or good, and lift no grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from ...records import Evidence, EvidenceKind, Outcome
from ..instructions.revised import Fault, Limits, critique_faults, revision_faults
from ..versions import versions

GROUNDED = "critique_is_grounded"
SOUND = "revision_is_sound"


def critique_is_grounded(
    principle: str,
    quote: str,
    critique: str,
    response: str,
    *,
    drawn: str,
    known: Sequence[str],
    constitution: str = "",
    basis: str = "none",
) -> Evidence:
    """The critique goes by the principle that was drawn, and quotes what really is in the response.

    `known` are the ids of the constitution's principles, `constitution` is its hash.
    """
    faults = critique_faults(principle, quote, critique, response, drawn=drawn, known=known)
    ids: list[JsonValue] = list(known)
    return _evidence(
        GROUNDED,
        f"the critique goes by {drawn!r} and quotes the response",
        faults,
        basis,
        {
            "principle": principle,
            "drawn": drawn,
            "known": ids,
            "quote": quote,
            "critique": critique,
            "response": response,
            "constitution_sha256": constitution,
        },
    )


def revision_is_sound(
    before: str,
    after: str,
    *,
    prompt: str,
    critique: str,
    request: str,
    limits: Limits,
    basis: str = "none",
) -> Evidence:
    """The revision differs, is bounded, echoes neither critique nor request, and is no evasive stub."""
    faults = revision_faults(before, after, prompt=prompt, critique=critique, request=request, limits=limits)
    return _evidence(
        SOUND,
        "the revision changes the response, within bounds, without echo or evasion",
        faults,
        basis,
        {
            "before": before,
            "after": after,
            "prompt": prompt,
            "critique": critique,
            "request": request,
            "limits": dict(limits._asdict()),
        },
    )


def code_of(evidence: Evidence) -> str:
    """The code of the first fault that was found; the check's own name where none was."""
    codes = evidence.observed.get("codes")
    return str(codes[0]) if isinstance(codes, list) and codes else evidence.check


def _evidence(
    check: str, claim: str, found: Iterable[Fault], basis: str, inputs: dict[str, JsonValue]
) -> Evidence:
    faults = list(found)
    codes: list[JsonValue] = [fault.code for fault in faults]
    return Evidence(
        kind=EvidenceKind.WORDING,
        check=check,
        claim=claim,
        outcome=Outcome.FAIL if faults else Outcome.PASS,
        basis=basis,
        inputs=inputs,
        observed={"codes": codes, "detail": "; ".join(fault.detail for fault in faults)},
        versions=versions(),
    )
