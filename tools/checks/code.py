"""Solutions of programming problems: a verdict with its evidence for each, no model.

    tests, examples ──▶ execution        new inputs, labelled by peers ──▶ agreement
    mutants told apart by the strengthened suite ──▶ mutation

Each piece holds the inputs that were chosen, and makes its finding again from them alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictInt, StrictStr

from ...records import Decision, Evidence, EvidenceKind, Outcome, Verdict, well_formed
from ..programs.asserts import judge, read_asserts
from ..programs.examining import (
    DEFAULT_RULES,
    CodeRules,
    CodeTask,
    Examination,
    agreement_doubt,
    examine,
    fault_of,
    required_kills,
)
from ..programs.examples import examples_in
from ..programs.expressions import Call, Inexpressible
from ..programs.mutants import mutants_of
from ..programs.results import CaseStatus
from ..programs.strengthening import strengthen
from ..programs.stubs import stub_that_passes
from ..programs.trials import HASH_SEEDS, Trials, try_out
from ..programs.variants import kills_of
from ..sandbox import Sandbox
from .rows import Ruling
from .solution import solution_passes_tests
from .versions import versions

MAX_AGAINST = 5
"""Calls that evidence against a solution keeps."""
AT_ONCE = 4


class CodeRow(BaseModel):
    """One solution to check. Fields that are not listed are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: StrictStr | StrictInt
    prompt: StrictStr = Field(description="The problem; its examples become tests.")
    entry_point: StrictStr = Field(pattern=r"^[^\W\d]\w*$", description="The function's name.")
    solution: StrictStr
    tests: tuple[StrictStr, ...] = Field(default=(), description="Asserts on `candidate`.")
    peers: tuple[StrictStr, ...] = Field(default=(), description="Solutions made without sight of this one.")


async def check_code_rows(rows: Sequence[CodeRow], sandbox: Sandbox) -> tuple[Ruling, ...]:
    """A ruling for each row, in their order."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def ruled(row: CodeRow) -> Ruling:
        async with turns:
            task = CodeTask(row.prompt, row.entry_point, row.solution, "\n".join(row.tests), row.peers)
            verdict = await check_code(task, sandbox, tests_by="tests", peers_by="peers")
            reason = verdict.reason or "passes its tests and agrees with its peers on new inputs"
            return Ruling(id=row.id, verdict=verdict.decision, reason=reason, evidence=verdict.evidence)

    return tuple(await asyncio.gather(*map(ruled, rows)))


async def check_code(
    task: CodeTask,
    sandbox: Sandbox,
    *,
    tests_by: str,
    peers_by: str,
    rules: CodeRules = DEFAULT_RULES,
) -> Verdict:
    """Examine a solution, see `examine`.

    Args:
        tests_by, peers_by: whose work the tests and the peers are, the specs of the models that wrote them:
            the bases of the evidence.
    """
    task = CodeTask(
        well_formed(task.prompt),
        task.entry_point,
        well_formed(task.solution),
        well_formed(task.tests),
        tuple(map(well_formed, task.peers)),
    )
    found = await examine(task, sandbox, rules)
    evidence = []
    if found.trials is None or found.trials.asserts.cases or found.trials.examples:
        tests = _tests_of(task, found)
        evidence.append(
            await solution_passes_tests(task.solution, tests, task.entry_point, sandbox, basis=tests_by)
        )
    if found.trials is not None:
        if task.peers or found.code == "flaky":
            evidence.append(_agreement(task, _kept(found.trials, found), rules, peers_by))
        if found.strength.mutants or found.strength.suite:
            basis = peers_by if task.peers else tests_by
            evidence.append(_mutation(task, found, rules, basis))
    if found.decision is Decision.ACCEPT:
        return Verdict.accept(evidence)
    make = Verdict.reject if found.decision is Decision.REJECT else Verdict.abstain
    return make(found.code, found.reason, evidence)


def _tests_of(task: CodeTask, found: Examination) -> str:
    """The given tests and the examples that count: those that the candidate must pass exactly."""
    if found.trials is None:
        return task.tests
    trials, first = found.trials, len(found.trials.asserts.calls)
    lines = [task.tests]
    for number, example in enumerate(trials.examples):
        answer = trials.runs[0].answers[first + number]
        passes = judge(example.case, [answer]).status is CaseStatus.PASSED
        if number in trials.failed_examples or (passes and number not in trials.doubtful):
            lines.append(example.text)
    return "\n".join(line for line in lines if line)


def _kept(trials: Trials, found: Examination) -> Trials:
    """The trials with no more inputs than the finding needs."""
    first = len(trials.asserts.calls) + len(trials.examples)
    if found.decision is Decision.ACCEPT:
        return trials.limited_to([place for place in found.strength.chosen if place >= first])
    if found.decision is Decision.REJECT:
        against = [place for place in (*trials.flaky, *trials.contradicted) if place >= first]
        return trials.limited_to(against[:MAX_AGAINST])
    return trials


def _agreement(task: CodeTask, trials: Trials, rules: CodeRules, basis: str) -> Evidence:
    strength = strengthen(trials, (), limit=rules.suite)
    fault = fault_of(trials)
    doubt = agreement_doubt(trials, strength, rules)
    outcome = Outcome.FAIL if fault else Outcome.INCONCLUSIVE if doubt else Outcome.PASS
    calls: list[JsonValue] = [call.text for call in trials.inputs]
    return Evidence(
        kind=EvidenceKind.AGREEMENT,
        check="solution_agrees_with_peers",
        claim=f"{task.entry_point} answers alike in every run, and as most of its peers do",
        outcome=outcome,
        basis=basis,
        inputs={
            "prompt": task.prompt,
            "entry_point": task.entry_point,
            "solution": task.solution,
            "tests": task.tests,
            "peers": list(task.peers),
            "calls": calls,
            "hash_seeds": list(HASH_SEEDS),
            "rules": dict(asdict(rules).items()),
        },
        observed={
            "voters": len(trials.voters),
            "copies": sum(trials.copies),
            "confirmed": strength.confirmed,
            "disputed": strength.disputed,
            "open": strength.open,
            "doubtful_examples": [trials.examples[number].text for number in sorted(trials.doubtful)],
            "detail": (fault or doubt or ("", ""))[1],
        },
        versions=versions(),
    )


async def solution_agrees_with_peers(
    task: CodeTask, calls: Sequence[Call], sandbox: Sandbox, *, basis: str, rules: CodeRules = DEFAULT_RULES
) -> Evidence | None:
    """Put given calls to a solution and its peers, and count who agrees.

    None where the tests are no asserts.
    """
    asserts = read_asserts(task.tests, task.entry_point)
    if isinstance(asserts, Inexpressible):
        return None
    examples = examples_in(task.prompt, task.entry_point)
    trials = await try_out(task.solution, task.peers, task.entry_point, asserts, examples, calls, sandbox)
    return _agreement(task, trials, rules, basis)


def _mutation(task: CodeTask, found: Examination, rules: CodeRules, basis: str) -> Evidence:
    strength = found.strength
    alone = not task.peers
    killed = strength.killed_by_tests if alone else strength.killed
    suite = "\n".join([_tests_of(task, found), *(() if alone else strength.suite)])
    needed = required_kills(strength, rules)
    stub = found.stub if alone or not strength.suite else _stub_of(suite, task.entry_point)
    return _mutation_evidence(task, suite, needed, killed, strength.mutants, stub, rules, basis)


def _stub_of(suite: str, entry_point: str) -> str:
    asserts = read_asserts(suite, entry_point)
    return "" if isinstance(asserts, Inexpressible) else stub_that_passes(asserts)


async def suite_kills_mutants(
    task: CodeTask, needed: int, sandbox: Sandbox, *, basis: str, rules: CodeRules = DEFAULT_RULES
) -> Evidence | None:
    """Count the mutants of a solution that a suite, the task's tests, tells apart, and look for stubs.

    `needed` is how many it must. None where the suite is no asserts.
    """
    asserts = read_asserts(task.tests, task.entry_point)
    if isinstance(asserts, Inexpressible):
        return None
    mutants = mutants_of(task.solution, limit=rules.mutants, seed=rules.seed)
    sources = [mutant.source for mutant in mutants]
    found = await kills_of(task.solution, sources, asserts.calls, task.entry_point, sandbox)
    known = [places for places in found if places is not None]
    stub = stub_that_passes(asserts)
    return _mutation_evidence(task, task.tests, needed, sum(map(bool, known)), len(known), stub, rules, basis)


def _mutation_evidence(
    task: CodeTask,
    suite: str,
    needed: int,
    killed: int,
    mutants: int,
    stub: str,
    rules: CodeRules,
    basis: str,
) -> Evidence:
    if not mutants or not needed:
        outcome = Outcome.INCONCLUSIVE
    else:
        outcome = Outcome.PASS if killed >= needed and not stub else Outcome.INCONCLUSIVE
    return Evidence(
        kind=EvidenceKind.MUTATION,
        check="suite_kills_mutants",
        claim="the suite fails programs that do nothing, and tells changed programs from the solution",
        outcome=outcome,
        basis=basis,
        inputs={
            "entry_point": task.entry_point,
            "solution": task.solution,
            "tests": suite,
            "needed": needed,
            "rules": dict(asdict(rules).items()),
        },
        observed={"mutants": mutants, "killed": killed, "stub": stub},
        versions=versions(),
    )
