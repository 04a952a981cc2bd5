"""Checks as they happen: one custom event for each, in one form, for LangGraph Studio and whoever streams."""

from __future__ import annotations

from typing import Literal

from langgraph.runtime import Runtime
from typing_extensions import TypedDict

from ..records import Evidence, Verdict
from .context import Context
from .state import State, attempt_of

_MOST_CHARS = 400


class CheckTold(TypedDict):
    """The form of every custom event.

    Attributes:
        slot: of the run; the attempt counts from 1.
        node: that made the check, which is its role's name.
        check: its name, as in the evidence.
        kind: of the evidence, or `novelty` or `contamination`, which leave none.
        outcome: pass, fail or inconclusive.
        claim: what the check stands for when it passes.
        basis: whose work it rests on: the spec of a model, or a rule.
        detail: what was found, at most 400 characters.
    """

    event: Literal["check"]
    slot: int
    attempt: int
    node: str
    check: str
    kind: str
    outcome: str
    claim: str
    basis: str
    detail: str


def tell_check(runtime: Runtime[Context], state: State, node: str, evidence: Evidence) -> None:
    """Tell of a check that left evidence."""
    _tell(
        runtime,
        state,
        node,
        check=evidence.check,
        kind=evidence.kind.value,
        outcome=evidence.outcome.value,
        claim=evidence.claim,
        basis=evidence.basis,
        detail=str(evidence.observed.get("detail") or ""),
    )


def tell_new(runtime: Runtime[Context], state: State, node: str, verdict: Verdict) -> None:
    """Tell of a verdict's checks, but those that the state's verdict has already."""
    before = state.get("verdict")
    known = {id(evidence) for evidence in before.evidence} if before is not None else set()
    for evidence in verdict.evidence:
        if id(evidence) not in known:
            tell_check(runtime, state, node, evidence)


def tell_gate(
    runtime: Runtime[Context],
    state: State,
    node: str,
    *,
    kind: Literal["novelty", "contamination"],
    claim: str,
    reason: str,
) -> None:
    """Tell of a check at a gate: it fails where there is a reason."""
    outcome = "fail" if reason else "pass"
    _tell(
        runtime, state, node, check=kind, kind=kind, outcome=outcome, claim=claim, basis="rule", detail=reason
    )


def _tell(
    runtime: Runtime[Context],
    state: State,
    node: str,
    *,
    check: str,
    kind: str,
    outcome: str,
    claim: str,
    basis: str,
    detail: str,
) -> None:
    told = CheckTold(
        event="check",
        slot=state.get("slot", 0),
        attempt=attempt_of(state),
        node=node,
        check=check,
        kind=kind,
        outcome=outcome,
        claim=claim[:_MOST_CHARS],
        basis=basis,
        detail=detail[:_MOST_CHARS],
    )
    runtime.stream_writer(told)
