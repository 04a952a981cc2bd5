"""The verdict on a claimed problem, from all its checks.

    prints    the author's program prints the claim                        must pass
    reads     it computes from the problem's numbers                       must pass
    question  one quantity is asked for, and the text does not tell it     must pass
    peers     most independent programs agree, also under changed numbers  must pass, where there are peers
    domain    the claim is possible for what is asked                      may not fail
    text      a question that the text alone decides comes to the claim    may not fail
    sums      sums that the text states in words determine the claim       may not fail
    roots     the claim solves the text's equations, and is all of it      may not fail
    solved    the program's equations have one solution                    may not fail
    units     the program's units are those that are asked for             may not fail
    controls  changed claims are refused                                   may not fail

Any check that fails rejects. What must pass and cannot be decided abstains.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ...records import Decision, Outcome
from ..sandbox import Sandbox
from .asked import TOO_LONG, asks_one_quantity
from .claim import Claim, Finding, Runs
from .dimensions import units_fit
from .domain import lies_in_domain
from .equations import solves_equations
from .linear import sums_determine
from .peers import peers_agree
from .programs import prints_claim, reads_problem, refuses_others
from .solving import equations_determine
from .told import text_gives

Check = Callable[[Claim, Runs], Awaitable[Finding]]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "prints": prints_claim,
        "reads": reads_problem,
        "question": asks_one_quantity,
        "domain": lies_in_domain,
        "sums": sums_determine,
        "text": text_gives,
        "roots": solves_equations,
        "solved": equations_determine,
        "units": units_fit,
        "peers": peers_agree,
        "controls": refuses_others,
    }
)
"""Name to check, in the order in which their reasons count."""

_STAGES = (
    ("question",),
    ("domain", "sums", "text"),
    ("prints", "reads"),
    ("roots", "solved", "units", "peers", "controls"),
)
"""The cheap checks come first: those that only read, then those that run the author's program."""

MUST_PASS = frozenset({"prints", "reads", "peers", "question"})

CONFIRMS = frozenset({"sums", "text", "roots"})
"""They solve the problem from its text alone. One that passes stands in for peers of whom none has a vote."""

SETTLED_BY_OTHERS = frozenset(
    {"other_problem", "invented_number", "no_number", "answer_stated", "these_numbers_only"}
)
"""Doubts about the author's work that an independent one ends: a confirmation, or the peers' agreement."""


@dataclass(frozen=True, slots=True)
class ProblemVerdict:
    """The decision, its short code and one sentence, and what each check found."""

    decision: Decision
    code: str
    reason: str
    findings: Mapping[str, Finding]


async def verify_problem(claim: Claim, sandbox: Sandbox, *, alone: bool = False) -> ProblemVerdict:
    """Check a claimed problem without a gold answer.

    `alone` leaves the peers out: then what refutes it decides, and nothing but the author's own work
    speaks for it.
    """
    return decide(await findings_of(claim, sandbox, alone=alone))


async def findings_of(claim: Claim, sandbox: Sandbox, *, alone: bool = False) -> dict[str, Finding]:
    """What the checks find, by name in their order; none of a later stage is made once one has refuted."""
    runs = Runs(sandbox)
    found: dict[str, Finding] = {}
    for stage in _STAGES:
        names = [name for name in stage if not (alone and name == "peers")]
        findings = await asyncio.gather(*(CHECKS[name](claim, runs) for name in names))
        found.update(zip(names, findings, strict=True))
        if any(finding.outcome is Outcome.FAIL or finding.code == TOO_LONG for finding in findings):
            break
    return {name: found[name] for name in CHECKS if name in found}


def decide(findings: Mapping[str, Finding]) -> ProblemVerdict:
    """Reject for the first refutation, else abstain for the first open check that must pass, else accept."""
    for finding in findings.values():
        if finding.outcome is Outcome.FAIL:
            return ProblemVerdict(Decision.REJECT, finding.code, finding.detail, findings)
    confirmed = any(findings[name].outcome is Outcome.PASS for name in CONFIRMS & findings.keys())
    agreed = "peers" in findings and findings["peers"].outcome is Outcome.PASS
    for name, finding in findings.items():
        if finding.code in SETTLED_BY_OTHERS and (confirmed or agreed):
            continue
        if name == "peers" and finding.code in ("no_votes", "no_peers") and confirmed:
            continue
        if name in MUST_PASS and finding.outcome is not Outcome.PASS:
            code = finding.code or f"undecided_{name}"
            return ProblemVerdict(Decision.ABSTAIN, code, finding.detail, findings)
    return ProblemVerdict(Decision.ACCEPT, "", "every check that must pass passed", findings)
