"""How a math problem is verified, without a gold answer.

the author's program moves with every number that the text states
the checks of tools/problems: author's program, well-posedness, units, roots, solvers' programs
every reasoning ends in the answer, and every calculation it writes out is true; one that does not is
  left aside where the consensus of author and solvers is firm without it
with variants of the problem, then: solver and author's program go on agreeing
             │ all pass
          accept          one fails: reject          one cannot be decided: abstain
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..records import Evidence, Outcome, Trace, Verdict
from ..tools.checks import (
    answer_agrees,
    answer_in_unit_asked,
    answers_agree_by_consensus,
    calculations_hold,
    check_problem,
    program_reads_problem,
    solver_follows,
)
from ..tools.consensus import MAX_VOTES, Vote
from ..tools.problems import Claim
from ..tools.programs import run_answer_program
from .context import Bench
from .math_task import math_proposal
from .ruling import Ruling, and_also, verdict_of
from .solver import readable
from .state import MathProposal, Solution, State, Variant

_CODES = {
    "answer_agrees": "solver_disagrees",
    "program_reads_problem": "program_ignores_problem",
    "answer_in_unit_asked": "other_unit",
    "calculations_hold": "false_calculation",
    "answers_agree_by_consensus": "consensus_is_for_another",
    "solver_follows": "does_not_follow",
}


async def verify_math(bench: Bench, state: State) -> Ruling:
    """The verdict on a proposal with its solutions; where the state holds variants, on these as well."""
    solutions = readable(state["solutions"])
    if state.get("variants"):
        return await _with_variants(bench, state, solutions)
    proposal = math_proposal(state)
    # Stricter than the check of the verdict: in a problem made here every stated number must matter.
    reads = await program_reads_problem(
        proposal.program,
        proposal.problem,
        bench.services.sandbox,
        basis=bench.services.models.spec("proposer"),
    )
    if reads.outcome is Outcome.FAIL:
        return Ruling(verdict_of([reads], _CODES))
    verdict = await _check_problem(bench, proposal, solutions)
    if not verdict.accepted:
        return Ruling(verdict)
    consensus = await _consensus(bench, proposal, solutions)
    reasonings = [solution for solution in solutions if solution.style == "reasoning"]
    found = await asyncio.gather(*(_check_reasoning(bench, proposal, one) for one in reasonings))
    traces = tuple(
        Trace(output=worked(one, proposal), basis=one.basis, verdict=verdict_of(each, _CODES))
        for one, each in zip(reasonings, found, strict=True)
    )
    # Who dissents is outvoted where the consensus is firm; where it is not, nobody is.
    firm = consensus.outcome is Outcome.PASS
    heard = [each for each, trace in zip(found, traces, strict=True) if trace.verdict.accepted or not firm]
    whole = and_also(verdict, [reads, *(item for each in heard for item in each)], _CODES)
    if whole.accepted:
        # An open consensus decides nothing: one basis that agrees with itself never makes a firm one.
        failed = consensus.outcome is Outcome.FAIL
        whole = (
            and_also(whole, [consensus], _CODES) if failed else Verdict.accept([*whole.evidence, consensus])
        )
    scores = {"p_wrong": float(str(consensus.observed["p_wrong"]))}
    return Ruling(whole, {"traces": traces, "scores": scores})


async def _consensus(bench: Bench, proposal: MathProposal, solutions: Sequence[Solution]) -> Evidence:
    """What the author and all solvers say, with an estimate of how likely it is wrong."""
    sandbox = bench.services.sandbox
    votes = [Vote(proposal.answer.value, bench.services.models.spec("proposer"))]
    printed = await asyncio.gather(
        *(run_answer_program(one.program, sandbox) for one in solutions if one.style == "program")
    )
    programs = [one for one in solutions if one.style == "program"]
    votes += [
        Vote(each.answer, one.basis) for one, each in zip(programs, printed, strict=True) if each.answer
    ]
    votes += [Vote(one.answer, one.basis, one.reasoning) for one in solutions if one.style == "reasoning"]
    return await answers_agree_by_consensus(
        votes[:MAX_VOTES], sandbox, problem=proposal.problem, claim=proposal.answer.value
    )


async def _check_problem(bench: Bench, proposal: MathProposal, solutions: Sequence[Solution]) -> Verdict:
    peers = [solution for solution in solutions if solution.style == "program"]
    claim = Claim(
        proposal.problem, proposal.answer.value, proposal.program, tuple(one.program for one in peers)
    )
    author = bench.services.models.spec("proposer")
    by = " + ".join(sorted({one.basis for one in peers})) or "peers"
    return await check_problem(claim, bench.services.sandbox, author=author, peers=by, alone=not peers)


async def _check_reasoning(bench: Bench, proposal: MathProposal, solution: Solution) -> list[Evidence]:
    sandbox, basis = bench.services.sandbox, solution.basis
    found = await asyncio.gather(
        answer_agrees(solution.answer, proposal.answer, sandbox, basis=basis),
        calculations_hold(solution.reasoning, sandbox, basis=basis),
    )
    unit = answer_in_unit_asked(proposal.problem, solution.reasoning, solution.answer, basis=basis)
    return [evidence for evidence in (*found, unit) if evidence is not None]


async def _with_variants(bench: Bench, state: State, solutions: Sequence[Solution]) -> Ruling:
    verdict, variants = state["verdict"], state["variants"]
    solved = {solution.about: solution for solution in solutions}
    unsolved = [variant.kind for variant in variants if variant.kind not in solved]
    if unsolved:
        # An agent of the user's own may know of no variants; what was not checked is not taken as checked.
        reason = (
            f"the solver left the problem told otherwise unsolved ({', '.join(unsolved)}); see "
            "`proofset.agents.posed`, or set other_numbers and other_words to false"
        )
        return Ruling(Verdict.abstain("variants_unsolved", reason, verdict.evidence))
    checks = [_check_variant(bench, variant, solved[variant.kind]) for variant in variants]
    return Ruling(and_also(verdict, await asyncio.gather(*checks), _CODES))


async def _check_variant(bench: Bench, variant: Variant, solution: Solution) -> Evidence:
    return await solver_follows(
        variant.problem,
        variant.program,
        solution.program or solution.answer,
        bench.services.sandbox,
        by="program" if solution.program else "answer",
        basis=solution.basis,
    )


def worked(solution: Solution, proposal: MathProposal) -> str:
    """A solution as training text: its reasoning, and the final answer on a line of its own."""
    final = f"Answer: {solution.answer.strip() or proposal.answer.value}"
    reasoning = solution.reasoning.strip()
    return f"{reasoning}\n\n{final}" if reasoning else final
