"""How the last version of a response is verified, before it is compared with the first.

heard by a critic? ─▶ no fault left open? ─▶ no evasive stub? ─▶ ordinary prompt: not declined, and its
                                                                form, sums and code checked like any other
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...records import Outcome, Risk, Trace, Verdict
from ...tools.instructions.revised import declines, evasion
from ..context import Bench
from ..evolving.elimination import empty_response
from ..instruction_task import instruction_proposal
from ..ruling import Ruling, verdict_of
from ..state import Instance, State, Version
from ..verify_instruction import CODES, checks_of, risk_of
from .critic import OPINION
from .reviser import limits_of


async def verify_revised(bench: Bench, state: State) -> Ruling:
    """A rejection by a rule; else what critic and checks found of the last version, and all versions."""
    proposal, versions = instruction_proposal(state), state["versions"]
    last = versions[-1]
    evidence = list(last.evidence)
    instance = Instance(input="", output=last.text)
    for code, reason in _faults(bench, last, declined=not proposal.is_red_team and declines(last.text)):
        return Ruling(Verdict.reject(code, reason, evidence), {"instances": (instance,)})
    found: Mapping[str, Any] = {"risk": Risk.RED_TEAM}
    if not proposal.is_red_team:
        checked = await checks_of(bench, proposal, instance)
        evidence += checked
        ruled = verdict_of(checked, CODES) if checked else None
        if ruled is not None and not ruled.accepted:
            return Ruling(ruled.model_copy(update={"evidence": tuple(evidence)}), {"instances": (instance,)})
        found = await risk_of(bench, state, proposal, instance, checked)
    verdict = Verdict.accept(evidence)
    traces = (
        Trace(output=last.text, basis=last.basis, verdict=verdict),
        # The last one first, then the way there.
        *(_superseded(version) for version in reversed(versions[:-1])),
    )
    return Ruling(verdict, {**found, "instances": (instance,), "traces": traces})


def stands(version: Version) -> bool:
    """Whether a critic was heard on a version, or a revision made it, and no fault is left open in it."""
    return bool(version.evidence) and not _fault_in(version)


def _faults(bench: Bench, last: Version, *, declined: bool) -> Iterator[tuple[str, str]]:
    if not last.evidence:
        yield "not_criticised", "no critique of it could be used"
    if found := _fault_in(last):
        yield "fault_left_open", f"the critic finds a fault by {found!r}, and no revision of it held"
    if said := evasion(last.text, limits_of(bench).engaged_words):
        yield "evasive", said
    if said := empty_response(last.text):
        yield "empty_response", said
    if declined:
        yield "declines_ordinary", "it declines an ordinary prompt"


def _superseded(version: Version) -> Trace:
    """A version that a critique was right about, as far as the critic goes; nobody has refuted it."""
    principle = _fault_in(version)
    verdict = Verdict.abstain("revised", f"it was revised by {principle!r}", version.evidence)
    return Trace(output=version.text, basis=version.basis, verdict=verdict)


def _fault_in(version: Version) -> str:
    """The principle that a critic last found a fault by; empty where none did."""
    faulty = [one for one in version.evidence if one.check == OPINION and one.outcome is Outcome.FAIL]
    return str(faulty[-1].inputs["principle"]) if faulty else ""
