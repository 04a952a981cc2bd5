"""Claimed problems without a gold answer: each check of tools/problems as evidence, and the verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictInt, StrictStr

from ...records import Decision, Evidence, EvidenceKind, Outcome, Verdict, well_formed
from ..problems import CHECKS, MUST_PASS, Claim, Finding, Runs, decide, findings_of
from ..programs import limits_json
from ..sandbox import Sandbox
from ..versions import versions
from .rows import Ruling

PREFIX = "problem_"
"""Before a check's name in evidence: `problem_roots`."""

AT_ONCE = 8
"""Rows that are checked side by side."""


class _About(NamedTuple):
    kind: EvidenceKind
    claim: str
    stands_on: str
    """`author`, `peers` or `none`: whose work is trusted. The text of a problem is its author's work."""
    forgeable: bool = False


_ABOUT = {
    "prints": _About(EvidenceKind.EXECUTION, "the author's program prints the claim", "author"),
    "reads": _About(EvidenceKind.MUTATION, "the program computes from the problem's numbers", "author"),
    "question": _About(EvidenceKind.SYMBOLIC, "one quantity is asked for and not left open", "author"),
    "domain": _About(EvidenceKind.NUMERIC, "the claim is possible for what is asked", "author"),
    "sums": _About(EvidenceKind.SYMBOLIC, "the sums stated in words determine the claim", "none"),
    "text": _About(EvidenceKind.SYMBOLIC, "the claim is what the text's question comes to", "none"),
    "roots": _About(EvidenceKind.SYMBOLIC, "the claim is what the text's equations give", "none"),
    "solved": _About(EvidenceKind.SYMBOLIC, "the program's equations have one solution", "author", True),
    "units": _About(EvidenceKind.SYMBOLIC, "the program's unit is the one asked for", "author", True),
    "peers": _About(EvidenceKind.AGREEMENT, "independent programs agree, also for changed numbers", "peers"),
    "controls": _About(EvidenceKind.MUTATION, "changed claims are refused", "author"),
}


class ProblemRow(BaseModel):
    """One claimed problem to check. Fields that are not listed are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: StrictStr | StrictInt
    problem: StrictStr = Field(min_length=1, max_length=20_000)
    claimed_answer: StrictStr = Field(min_length=1, max_length=2_000)
    program: StrictStr = Field(description="The author's; it prints its answer.")
    peers: tuple[StrictStr, ...] = Field(
        default=(), max_length=16, description="Independent solvers' programs."
    )


async def check_problem_rows(rows: Sequence[ProblemRow], sandbox: Sandbox) -> tuple[Ruling, ...]:
    """A ruling for each row, in their order."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def rule(row: ProblemRow) -> Ruling:
        claim = Claim(row.problem, row.claimed_answer, row.program, row.peers)
        async with turn:
            verdict = await check_problem(claim, sandbox)
        reason = f"{verdict.code}: {verdict.reason}" if verdict.code else "every check that must pass passed"
        return Ruling(id=row.id, verdict=verdict.decision, reason=reason, evidence=verdict.evidence)

    return tuple(await asyncio.gather(*map(rule, rows)))


async def check_problem(
    claim: Claim, sandbox: Sandbox, *, author: str = "author", peers: str = "peers", alone: bool = False
) -> Verdict:
    """The verdict on a claimed problem, with a piece of evidence for each check that found something.

    `author` and `peers` are the bases: the specs of the models whose work the programs are. `alone` asks for
    no peers: for claims that other witnesses than programs speak for.
    """
    claim = _clean(claim)
    findings = await findings_of(claim, sandbox, alone=alone)
    ruled = decide(findings)
    bases = {"author": author, "peers": peers, "none": "none"}
    evidence = [
        _evidence(name, claim, finding, bases[_ABOUT[name].stands_on])
        for name, finding in findings.items()
        if name in MUST_PASS or finding.outcome is not Outcome.INCONCLUSIVE
    ]
    if ruled.decision is Decision.ACCEPT:
        return Verdict.accept(evidence)
    make = Verdict.reject if ruled.decision is Decision.REJECT else Verdict.abstain
    return make(ruled.code, ruled.reason, evidence)


async def problem_check(name: str, claim: Claim, sandbox: Sandbox, *, basis: str) -> Evidence:
    """One check alone, by its name in `CHECKS`."""
    claim = _clean(claim)
    return _evidence(name, claim, await CHECKS[name](claim, Runs(sandbox)), basis)


def _evidence(name: str, claim: Claim, finding: Finding, basis: str) -> Evidence:
    about = _ABOUT[name]
    inputs: dict[str, JsonValue] = {
        "problem": claim.problem,
        "claimed_answer": claim.answer,
        "program": claim.program,
        "limits": dict(limits_json().items()),
    }
    if name in ("peers", "question"):
        inputs["peers"] = list(claim.peers)
    return Evidence(
        kind=about.kind,
        check=f"{PREFIX}{name}",
        claim=about.claim,
        outcome=finding.outcome,
        basis=basis,
        inputs=inputs,
        observed={"detail": finding.detail[:600], "code": finding.code, **finding.facts},
        versions=versions(),
        forgeable=about.forgeable,
    )


def _clean(claim: Claim) -> Claim:
    return Claim(
        well_formed(claim.problem),
        well_formed(claim.answer),
        well_formed(claim.program),
        tuple(map(well_formed, claim.peers)),
    )
