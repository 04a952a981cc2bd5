"""How a programming problem is verified: tests and solutions were written apart, from its text alone.

tests, sifted by the solutions: too few confirmed, or too many denied ──▶ reject: the text is unclear
             │
each different solution that passes them: `check_code`, the other solutions as its peers
             │ one is accepted
          accept: that one is the record's; all that were tried are its traces
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from ..records import Decision, Evidence, Outcome, Trace, Verdict
from ..tools.checks import check_code, solution_passes_tests
from ..tools.programs import CodeTask, Sifted, check_solution, core_of, sift_tests
from .code_task import code_proposal
from .context import Bench
from .ruling import Ruling
from .solver import readable
from .state import CodeProposal, Solution, State


class _Tried(NamedTuple):
    solution: Solution
    verdict: Verdict


async def verify_code(bench: Bench, state: State) -> Ruling:
    """The verdict on a problem, its tests and its solutions."""
    proposal, solutions = code_proposal(state), readable(state["solutions"])
    programs = [solution.program for solution in solutions]
    sifted = await sift_tests(state["tests"], programs, proposal.entry_point, bench.services.sandbox)
    doubt = doubt_about(bench, sifted)
    if doubt is not None:
        return Ruling(doubt)
    tried = await _try_all(bench, proposal, solutions, sifted)
    right = [one for one in tried if one.verdict.accepted]
    if not right:
        # The solution that came furthest tells most.
        return Ruling(max((one.verdict for one in tried), key=_progress), {"traces": _traces(tried)})
    first = right[0]
    suite = by_name(suite_of(first.verdict) or sifted.kept, proposal.entry_point)
    scores = {
        "pass_rate": await _pass_rate(bench, proposal, programs, suite),
        "tests_confirmed": len(sifted.kept) / _asked(sifted),
    }
    traces = _traces([first, *(one for one in tried if one is not first)])
    return Ruling(first.verdict, {"traces": traces, "tests": suite, "scores": scores})


async def _pass_rate(
    bench: Bench, proposal: CodeProposal, programs: Sequence[str], suite: Sequence[str]
) -> float:
    """Share of all solutions that pass the record's tests: how easy the problem is (KodCode's label)."""
    tests = "\n".join(suite)
    found = await asyncio.gather(
        *(check_solution(one, tests, proposal.entry_point, bench.services.sandbox) for one in programs)
    )
    return sum(each.outcome is Outcome.PASS for each in found) / len(programs)


def _asked(sifted: Sifted) -> int:
    return len(sifted.kept) + len(sifted.denied) + len(sifted.open)


def doubt_about(bench: Bench, sifted: Sifted) -> Verdict | None:
    """A rejection where solutions deny too many tests, or confirm too few."""
    asked = _asked(sifted)
    if len(sifted.denied) > bench.context.max_denied * asked:
        return Verdict.reject(
            "tests_denied",
            f"most solutions deny {len(sifted.denied)} of {asked} tests, such as: {sifted.denied[0][:300]}",
        )
    needed = min(bench.context.min_tests, bench.context.tests)
    if len(sifted.kept) < needed:
        return Verdict.reject(
            "few_tests", f"the solutions confirm {len(sifted.kept)} of {asked} tests; {needed} are needed"
        )
    return None


async def _try_all(
    bench: Bench, proposal: CodeProposal, solutions: Sequence[Solution], sifted: Sifted
) -> list[_Tried]:
    """A verdict for each different solution; no more are proved than are kept."""
    different = {core_of(solution.program): number for number, solution in reversed([*enumerate(solutions)])}
    tried, proved = [], 0
    for number in sorted(different.values()):
        solution = solutions[number]
        if sifted.passing[number] and proved == bench.context.solutions_kept:
            continue
        peers = tuple(other.program for place, other in enumerate(solutions) if place != number)
        verdict = await _check(bench, proposal, solution, peers, sifted, passes=sifted.passing[number])
        proved += verdict.accepted
        tried.append(_Tried(solution, verdict))
    return tried


async def _check(
    bench: Bench,
    proposal: CodeProposal,
    solution: Solution,
    peers: tuple[str, ...],
    sifted: Sifted,
    *,
    passes: bool,
) -> Verdict:
    sandbox, specs = bench.services.sandbox, bench.services.models
    tests = "\n".join(sifted.kept)
    if passes:
        task = CodeTask(proposal.task, proposal.entry_point, solution.program, tests, peers)
        return await check_code(task, sandbox, tests_by=specs.spec("tester"), peers_by=solution.basis)
    evidence = await solution_passes_tests(
        solution.program, tests, proposal.entry_point, sandbox, basis=specs.spec("tester")
    )
    return _failed(evidence)


def _failed(evidence: Evidence) -> Verdict:
    detail = str(evidence.observed.get("detail") or evidence.outcome.value)
    make = Verdict.reject if evidence.outcome is Outcome.FAIL else Verdict.abstain
    return make("fails_tests", f"it does not pass tests that most solutions pass: {detail}", [evidence])


def _progress(verdict: Verdict) -> tuple[bool, int]:
    return verdict.decision is Decision.ABSTAIN, len(verdict.evidence)


def _traces(tried: Sequence[_Tried]) -> tuple[Trace, ...]:
    return tuple(
        Trace(output=fenced(one.solution.program), basis=one.solution.basis, verdict=one.verdict)
        for one in tried
    )


def fenced(program: str) -> str:
    """Code as training text shows it."""
    return f"```python\n{program.strip()}\n```"


def by_name(tests: Sequence[str], entry_point: str) -> tuple[str, ...]:
    """Asserts that call the function by its own name, each once, in one notation."""
    named = []
    for test in tests:
        tree = ast.parse(test)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "candidate":
                node.id = entry_point
        named.append(ast.unparse(tree))
    return tuple(dict.fromkeys(named))


def suite_of(verdict: Verdict) -> tuple[str, ...]:
    """The strengthened tests in the evidence of an accepted verdict."""
    for evidence in verdict.evidence:
        suite = evidence.inputs.get("tests")
        if evidence.check == "suite_kills_mutants" and isinstance(suite, str):
            return tuple(suite.splitlines())
    return ()
