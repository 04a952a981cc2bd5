"""Solutions of programming problems: a verdict with its evidence for each, no model.

    tests, examples ──▶ execution        new inputs, labelled by peers ──▶ agreement
    what the strengthened suite runs and tells apart ──▶ mutation

Each piece holds the inputs that were chosen, and makes its finding again from them alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictInt, StrictStr

from ...records import Decision, Evidence, EvidenceKind, Outcome, Verdict, well_formed
from ..programs.asserts import read_asserts
from ..programs.examining import (
    DEFAULT_RULES,
    CodeRules,
    CodeTask,
    Examination,
    agreement_doubt,
    examine_further,
    fault_of,
    pieces_run,
    required_kills,
)
from ..programs.examples import examples_in
from ..programs.expressions import Inexpressible
from ..programs.inputs import Inputs
from ..programs.mutants import mutants_of
from ..programs.results import cut
from ..programs.strengthening import strengthen
from ..programs.stubs import stub_that_passes
from ..programs.trials import Trials
from ..programs.trying import HASH_SEEDS, try_out
from ..programs.variants import kills_of
from ..sandbox import Sandbox
from ..versions import versions
from .rows import Ruling
from .solution import solution_passes_tests

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
    asserts = read_asserts(task.tests, task.entry_point)
    passed = await solution_passes_tests(task.solution, task.tests, task.entry_point, sandbox, basis=tests_by)
    if isinstance(asserts, Inexpressible):
        return Verdict.abstain("tests_unreadable", cut(f"the tests are no asserts: {asserts}"), [passed])
    if asserts.cases and passed.outcome is not Outcome.PASS:
        why = str(passed.observed["detail"])
        if passed.outcome is Outcome.FAIL:
            return Verdict.reject("fails_tests", why, [passed])
        return Verdict.abstain("tests_undecided", why, [passed])
    found = await examine_further(task, asserts, sandbox, rules)
    evidence = await _evidence(task, found, passed, sandbox, rules, peers_by)
    if found.decision is Decision.ACCEPT:
        return Verdict.accept(evidence)
    make = Verdict.reject if found.decision is Decision.REJECT else Verdict.abstain
    return make(found.code, found.reason, evidence)


async def _evidence(
    task: CodeTask,
    found: Examination,
    passed: Evidence,
    sandbox: Sandbox,
    rules: CodeRules,
    peers_by: str,
) -> list[Evidence]:
    trials, evidence = found.trials, []
    tests = _tests_of(task, found)
    if tests != task.tests:
        passed = await solution_passes_tests(
            task.solution, tests, task.entry_point, sandbox, basis=passed.basis
        )
    if trials.asserts.cases or trials.examples:
        evidence.append(passed)
    if task.peers or found.code == "flaky":
        evidence.append(_agreement(task, _kept(trials, found), rules, peers_by))
    if found.strength.mutants or found.strength.suite:
        evidence.append(_mutation(task, found, rules, peers_by if task.peers else passed.basis))
    return evidence


def _tests_of(task: CodeTask, found: Examination) -> str:
    """The given tests and the examples that count: those that the candidate must pass exactly."""
    trials = found.trials
    counted = sorted({*trials.failed_examples, *trials.counted})
    return "\n".join(line for line in (task.tests, *(trials.examples[n].text for n in counted)) if line)


def _kept(trials: Trials, found: Examination) -> Trials:
    """The trials with no more inputs than the finding needs."""
    first = len(trials.asserts.calls) + len(trials.examples)
    if found.decision is Decision.ACCEPT:
        return trials.limited_to([place for place in found.strength.chosen if place >= first])
    if found.decision is Decision.REJECT:
        if found.code == "flaky":
            # The order of the calls may be what matters.
            return trials
        against = [place for place in trials.contradicted if place >= first]
        return trials.limited_to(against[:MAX_AGAINST])
    return trials


def _agreement(task: CodeTask, trials: Trials, rules: CodeRules, basis: str) -> Evidence:
    strength = strengthen(trials, (), limit=rules.suite)
    fault = fault_of(trials)
    doubt = agreement_doubt(trials, strength, rules)
    outcome = Outcome.FAIL if fault else Outcome.INCONCLUSIVE if doubt else Outcome.PASS
    calls: list[JsonValue] = [call.text for call in trials.inputs]
    first = len(trials.calls) - len(trials.inputs)
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
            "beyond": [place - first for place in sorted(trials.beyond)],
            "costly": [place - first for place in sorted(trials.costly)],
            "hash_seeds": list(HASH_SEEDS),
            "rules": dict(asdict(rules).items()),
        },
        observed={
            "voters": len(trials.voters),
            "copies": sum(trials.copies),
            "objected": strength.objected,
            "changing": len(trials.careless),
            "confirmed": strength.confirmed,
            "disputed": strength.disputed,
            "open": strength.open,
            "doubtful_examples": [trials.examples[number].text for number in sorted(trials.doubtful)],
            "detail": (fault or doubt or ("", ""))[1],
        },
        versions=versions(),
    )


async def solution_agrees_with_peers(
    task: CodeTask, inputs: Inputs, sandbox: Sandbox, *, basis: str, rules: CodeRules = DEFAULT_RULES
) -> Evidence | None:
    """Put given calls to a solution and its peers, and count who agrees.

    None where the tests are no asserts.
    """
    asserts = read_asserts(task.tests, task.entry_point)
    if isinstance(asserts, Inexpressible):
        return None
    examples = examples_in(task.prompt, task.entry_point)
    trials = await try_out(task.solution, task.peers, task.entry_point, asserts, examples, inputs, sandbox)
    return _agreement(task, trials, rules, basis)


def _mutation(task: CodeTask, found: Examination, rules: CodeRules, basis: str) -> Evidence:
    strength = found.strength
    alone = not task.peers
    suite = "\n".join([_tests_of(task, found), *(() if alone else strength.suite)])
    needed = Needed(required_kills(strength, rules), strength.pieces - strength.excused)
    killed = strength.killed_by_tests if alone else strength.killed
    counts = _Counts(strength.mutants, killed, strength.pieces, strength.reached)
    stub = found.stub if alone or not strength.suite else _stub_of(suite, task.entry_point)
    return _mutation_evidence(task, suite, needed, counts, stub, rules, basis)


def _stub_of(suite: str, entry_point: str) -> str:
    asserts = read_asserts(suite, entry_point)
    return "" if isinstance(asserts, Inexpressible) else stub_that_passes(asserts)


class Needed(NamedTuple):
    """How many mutants a suite must tell apart, and how many pieces of the solution it must run."""

    kills: int
    pieces: int


class _Counts(NamedTuple):
    mutants: int
    killed: int
    pieces: int
    reached: int


async def suite_kills_mutants(
    task: CodeTask, needed: Needed, sandbox: Sandbox, *, basis: str, rules: CodeRules = DEFAULT_RULES
) -> Evidence | None:
    """Count the mutants of a solution that a suite, the task's tests, tells apart, and the pieces it runs.

    Stubs are looked for too. None where the suite is no asserts.
    """
    asserts = read_asserts(task.tests, task.entry_point)
    if isinstance(asserts, Inexpressible):
        return None
    mutants = mutants_of(task.solution, limit=rules.mutants, seed=rules.seed)
    sources = [mutant.source for mutant in mutants]
    found = await kills_of(task.solution, sources, asserts.calls, task.entry_point, sandbox)
    known = [places for places in found if places is not None]
    ran = await pieces_run(task.solution, asserts.calls, task.entry_point, sandbox)
    counts = _Counts(len(known), sum(map(bool, known)), len(ran.pieces), len(frozenset().union(*ran.by_call)))
    return _mutation_evidence(task, task.tests, needed, counts, stub_that_passes(asserts), rules, basis)


def _mutation_evidence(
    task: CodeTask, suite: str, needed: Needed, counts: _Counts, stub: str, rules: CodeRules, basis: str
) -> Evidence:
    enough = counts.killed >= needed.kills and counts.reached >= needed.pieces and not stub
    passes = bool(counts.mutants and needed.kills and enough)
    return Evidence(
        kind=EvidenceKind.MUTATION,
        check="suite_kills_mutants",
        claim="the suite runs the solution whole, fails stubs, and tells changed programs from it",
        outcome=Outcome.PASS if passes else Outcome.INCONCLUSIVE,
        basis=basis,
        inputs={
            "entry_point": task.entry_point,
            "solution": task.solution,
            "tests": suite,
            "needed": needed.kills,
            "needed_pieces": needed.pieces,
            "rules": dict(asdict(rules).items()),
        },
        observed=counts._asdict() | {"stub": stub},
        versions=versions(),
    )
