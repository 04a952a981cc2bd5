"""What a program's own equations say: have they one solution, none, or several of which it picked one?

The program runs in the sandbox with sympy's solvers recorded. It could forge that record and so silence this
check; therefore the check may refute, and never speaks for a claim.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, StrictStr

from .claim import Claim, Finding, Runs, refuted, undecided
from .inside import asked_inside
from .numbers import value_of
from .sentences import question_of

_SOLVER = re.compile(r"\b(?:solve|solveset|linsolve|nonlinsolve)\s*\(")
_SELECTS = re.compile(
    r"\b(?:largest|smallest|larger|smaller|greater|greatest|least|biggest|positive|negative|sum|product"
    r"|integers?|prime"
    r"|first|last|between|interval|how many|number of|maximum|minimum|max|min|difference|distance|longer"
    r"|shorter|older"
    r"|younger|nonzero|non-zero|whole|consecutive|even|odd|digits?|real|rational|principal|acute|obtuse"
    r"|absolute|wider"
    r"|taller|highest|lowest|earliest|latest|two|both|average|greater|length|width|shorter)\b|[<>≤≥]",
    re.I,
)


class _Call(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    solver: StrictStr
    equations: StrictInt
    solutions: StrictInt
    free: StrictBool
    real: StrictInt
    positive: StrictInt
    values: tuple[tuple[StrictStr, ...], ...]


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ended: StrictStr
    calls: tuple[_Call, ...]


async def equations_determine(claim: Claim, runs: Runs) -> Finding:
    """The equations that the program solves have a solution, leave nothing open, and no choice was made."""
    if not _SOLVER.search(claim.program):
        return undecided("the program calls no solver")
    reply = await asked_inside(runs, "_record_solving", _Reply, program=claim.program)
    if isinstance(reply, str):
        return undecided(f"the program's solving could not be recorded: {reply}")
    return _judged(claim, reply.calls)


def _judged(claim: Claim, calls: tuple[_Call, ...]) -> Finding:
    number = value_of(claim.answer)
    told: list[str] = [f"{c.solver}: {c.equations} equations, {c.solutions} solutions" for c in calls]
    if not calls:
        return undecided("no solver was called")
    if number is None:
        return undecided("the claim is no number", "", calls=list(told))
    question = question_of(claim.problem).text
    if all(call.solutions == 0 for call in calls) and not re.search(r"\bhow many\b", question, re.I):
        return refuted("inconsistent", "the program's equations have no solution, yet it prints a number")
    if any(call.free for call in calls) and len(calls) == 1:
        return refuted(
            "underdetermined", "the program's equations leave an unknown open, yet it prints a number"
        )
    if len(calls) == 1 and not _SELECTS.search(claim.problem):
        call = calls[0]
        several = {value[0] for value in call.values if len(value) == 1}
        picked = str(number) in several
        if len(several) > 1 and picked and (call.positive > 1 or "=" in claim.problem):
            return refuted("several_solutions", f"of the solutions {', '.join(sorted(several))} it picks one")
    return undecided("its solving shows nothing against the claim", "", calls=list(told))
