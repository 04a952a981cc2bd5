"""Verifier: decides by running things whether a proposal is kept.

    the author's program prints the stated answer ──no──▶ reject
                 │ yes
    the program holds and reads the problem's numbers
    every independent solver's program prints the answer too
    every independent reasoning ends in the answer too
    every calculation that a reasoning writes out is true
                 │ all pass
              accept          one fails: reject          one cannot be decided: abstain

No check trusts a number that model text asserts about itself: values come from the sandbox and are
compared outside of the programs that gave them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..records import Evidence, EvidenceKind, Outcome, Verdict
from ..tools.checks import answer_agrees, calculations_hold, program_prints, program_reads_problem
from .context import Bench, Context, bench_of
from .state import Proposal, Solution, State, refuse

_CODES = {
    EvidenceKind.EXECUTION: "program_disagrees",
    EvidenceKind.MUTATION: "program_ignores_problem",
    EvidenceKind.AGREEMENT: "solver_disagrees",
    EvidenceKind.NUMERIC: "false_calculation",
}


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies a proposal with its independent solutions."""

    role: str = "verifier"

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        verdict = await verify_math(bench, state["proposal"], state["solutions"])
        for evidence in verdict.evidence:
            runtime.stream_writer({"check": evidence.check, "outcome": evidence.outcome.value})
        if verdict.accepted:
            return {"verdict": verdict, "refusal": None}
        return refuse(
            state,
            stage=self.role,
            code=verdict.code,
            reason=verdict.reason,
            candidate=state["proposal"],
            verdict=verdict,
        )


async def verify_math(bench: Bench, proposal: Proposal, solutions: Sequence[Solution]) -> Verdict:
    """The verdict on a proposal; see the module's diagram."""
    sandbox, author = bench.services.sandbox, bench.services.models.spec("proposer")
    first = await program_prints(proposal.program, proposal.answer, sandbox, basis=author)
    if first.outcome is not Outcome.PASS:
        return verdict_of([first])
    checks: list[Awaitable[Evidence | None]] = [
        program_reads_problem(proposal.program, proposal.problem, sandbox, basis=author)
    ]
    for solution in solutions:
        if solution.style == "program":
            checks.append(
                program_prints(
                    solution.program,
                    proposal.answer,
                    sandbox,
                    basis=solution.basis,
                    kind=EvidenceKind.AGREEMENT,
                )
            )
        else:
            checks.append(answer_agrees(solution.answer, proposal.answer, sandbox, basis=solution.basis))
            checks.append(calculations_hold(solution.reasoning, sandbox, basis=solution.basis))
    found = await asyncio.gather(*checks)
    return verdict_of([first, *(evidence for evidence in found if evidence is not None)])


def verdict_of(evidence: Sequence[Evidence]) -> Verdict:
    """Accept when all passed, reject for the first that failed, else abstain for the first undecided."""
    for outcome, make in ((Outcome.FAIL, Verdict.reject), (Outcome.INCONCLUSIVE, Verdict.abstain)):
        for item in evidence:
            if item.outcome is outcome:
                code = _CODES[item.kind] if outcome is Outcome.FAIL else f"undecided_{item.check}"
                return make(code, f"{item.claim}: {_found(item)}", evidence)
    return Verdict.accept(evidence)


def _found(evidence: Evidence) -> str:
    detail = str(evidence.observed.get("detail") or "") or evidence.outcome.value
    printed = evidence.observed.get("printed")
    return f"it prints {printed}; {detail}" if printed else detail
