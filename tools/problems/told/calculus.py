"""Integrals, derivatives and values of a formula in the text: computed in the sandbox, beside the claim."""

from __future__ import annotations

import re
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr

from ..claim import Claim, Finding, Runs, passed, refuted, undecided
from ..inside import asked_inside
from .reading import MAX_CHARS, plain_text

_LEAD = r"(?:what is|find|compute|calculate|determine|evaluate|give) (?:the )?"
_F = r"([-+*/^().\s\dxt]|sqrt|sin|cos|tan|exp|log|ln|pi|e\^)+?"
_NUM = r"-?\d+(?:/\d+)?(?:\.\d+)?|-?pi(?:/\d+)?"
_END = r"[?.\s]*"
_FORMS = tuple(
    (kind, re.compile(pattern + _END))
    for kind, pattern in (
        (
            "integral",
            rf"{_LEAD}(?:value of )?(?:the )?(?:definite )?integral of (?:f\(x\) = |y = "
            rf")?(?P<f>{_F})(?:,? (?:with respect to x|dx))?,? from (?:x = |t = )?(?P<a>{_NUM}) to (?:x = "
            rf"|t = )?(?P<b>{_NUM})",
        ),
        (
            "integral",
            rf"(?:integrate) (?P<f>{_F})(?: with respect to x)? from (?:x = )?(?P<a>{_NUM}) to (?:x = "
            rf")?(?P<b>{_NUM})",
        ),
        (
            "area",
            rf"{_LEAD}area (?:under|below) (?:the )?(?:curve |graph (?:of )?)?(?:y = |f\(x\) = "
            rf")?(?P<f>{_F}),? (?:from|between) x = (?P<a>{_NUM}) (?:to|and) x = (?P<b>{_NUM})",
        ),
        (
            "slope",
            rf"{_LEAD}(?:slope|gradient) of (?:the )?(?:tangent(?: line)?(?: to)?|curve|graph)(?: to| "
            rf"of)?(?: the curve| the graph of)? ?(?:y = |f\(x\) = )(?P<f>{_F}) at (?:the point where )?x "
            rf"= (?P<a>{_NUM})",
        ),
        (
            "slope",
            rf"{_LEAD}(?:value of the )?derivative of (?:f\(x\) = |y = )?(?P<f>{_F}) at x = (?P<a>{_NUM})",
        ),
        (
            "slope",
            rf"(?:if|let|given) f\(x\) = (?P<f>{_F})[,.]? (?:what is|find|compute|calculate) "
            rf"f'\((?P<a>{_NUM})\)",
        ),
        (
            "value",
            rf"(?:if|let|given|for) f\(x\) = (?P<f>{_F})[,.]? (?:what is|find|compute|calculate|evaluate) "
            rf"(?:the value of )?f\((?P<a>{_NUM})\)",
        ),
        ("value", rf"{_LEAD}(?:value of )(?P<f>{_F}) (?:when|if|for|at) x = (?P<a>{_NUM})"),
    )
)


class Formula(NamedTuple):
    """What is asked of a formula in x: `integral` and `area` from a to b, `slope` and `value` at a."""

    kind: str
    text: str
    a: str
    b: str


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    value: StrictStr
    read: StrictBool
    same: StrictBool


def formula_in(problem: str) -> Formula | None:
    """The formula of a text that asks for its integral, slope or value, and nothing else."""
    if len(problem) > MAX_CHARS:
        return None
    text = plain_text(problem)
    for kind, form in _FORMS:
        match = form.fullmatch(text)
        if match:
            formula = match.group("f").strip()
            if "x" in formula.replace("exp", "") and "t" not in re.sub(r"sqrt|tan", "", formula):
                return Formula(kind, formula, match.group("a"), match.groupdict().get("b") or "")
    return None


async def calculus_gives(claim: Claim, runs: Runs) -> Finding:
    """The claim is the integral, slope or value that the text asks for."""
    formula = formula_in(claim.problem)
    if formula is None:
        return undecided("the text is no question that is computed here")
    asked = {**formula._asdict(), "claim": claim.answer[:500]}
    reply = await asked_inside(runs, "_calculate_text", _Reply, request=asked, beside=["_solve_text"])
    if isinstance(reply, str):
        return undecided(f"the formula of the text could not be computed: {reply}")
    how = f"the {formula.kind} of {formula.text}"
    if not reply.value or not reply.read:
        return undecided(f"{how}: {reply.value or 'not computed'}; nothing to compare")
    if reply.same:
        return passed(f"{how}: {reply.value}", value=reply.value)
    return refuted("text_disagrees", f"{how}: {reply.value}, not {claim.answer[:80]}")
