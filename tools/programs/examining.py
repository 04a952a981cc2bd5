"""Examine a solution: its tests, new inputs that peers label, mutants that choose which inputs to keep."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...records import Decision, Outcome
from ..sandbox import Sandbox
from .annotations import forms_of
from .asserts import Asserts, read_asserts
from .calls import SUITE_LIMITS, check_asserts
from .constants import constants_of, is_brief
from .domains import wording_of
from .examples import examples_in
from .expressions import AnswerKind, Call, Inexpressible
from .inputs import Inventor, all_inputs, calls_of_forms
from .mutants import mutants_of
from .relations import Arguments
from .results import cut, show
from .searching import search
from .sightings import sightings_of
from .strengthening import Strength, strengthen
from .stubs import stub_that_passes
from .trials import NO_TRIALS, Standing, Trials
from .trying import try_more, try_out
from .variants import kills_of
from .watching import Piece, watched


@dataclass(frozen=True, slots=True)
class CodeTask:
    """A problem, a solution of it and what there is to judge it by.

    Attributes:
        tests: asserts on `candidate` or the function's own name.
        peers: other solutions, made without sight of this one.
    """

    prompt: str
    entry_point: str
    solution: str
    tests: str
    peers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeRules:
    """How much is tried, and how much is enough.

    Attributes:
        inputs, mutants, suite: how many of each at most.
        planted, ventures: inputs with the programs' constants in them, and inputs of unusual value.
        min_confirmed: new inputs and examples on which the candidate must be confirmed.
        max_disputed: share of the inputs on which values may differ without a majority.
        max_dissent: share on which a voter may differ while copies alone support the candidate: a bug for
            one number is a dissent on one input.
        max_open: share of the new inputs, with an answer from anybody, that may stay open.
        min_killed: share of the mutants that any input tells apart, which confirmed ones must.
        min_told: share of all mutants that they must; low, since mutants may be no change at all.
        seed: of the inputs and the choice of mutants.
    """

    inputs: int = 240
    planted: int = 120
    ventures: int = 100
    mutants: int = 40
    suite: int = 40
    min_confirmed: int = 3
    max_disputed: float = 0.05
    max_dissent: float = 0.01
    max_open: float = 0.2
    min_killed: float = 0.7
    min_told: float = 0.5
    seed: int = 0


DEFAULT_RULES = CodeRules()


@dataclass(frozen=True)
class Examination:
    """The finding about a solution, and what it stands on.

    Attributes:
        code, reason: empty for an accept.
        stub: a stub that passes the given tests and examples; empty where none does.
        trials: empty where the tests alone decided.
    """

    decision: Decision
    code: str = ""
    reason: str = ""
    stub: str = ""
    trials: Trials = NO_TRIALS
    strength: Strength = field(default_factory=Strength)


async def examine(task: CodeTask, sandbox: Sandbox, rules: CodeRules = DEFAULT_RULES) -> Examination:
    """Accept, reject or abstain; never raises for what a program does.

    A solution without peers is accepted on its tests and examples alone, where no stub passes them and they
    tell enough mutants apart; otherwise two independent solutions at least stand behind every accept.
    """
    asserts = read_asserts(task.tests, task.entry_point)
    if isinstance(asserts, Inexpressible):
        return Examination(Decision.ABSTAIN, "tests_unreadable", cut(f"the tests are no asserts: {asserts}"))
    suite = await check_asserts(task.solution, asserts, task.entry_point, sandbox, limits=SUITE_LIMITS)
    if asserts.cases and suite.outcome is not Outcome.PASS:
        failed = suite.outcome is Outcome.FAIL
        decision = Decision.REJECT if failed else Decision.ABSTAIN
        return Examination(decision, "fails_tests" if failed else "tests_undecided", suite.detail)
    return await examine_further(task, asserts, sandbox, rules)


async def examine_further(
    task: CodeTask, asserts: Asserts, sandbox: Sandbox, rules: CodeRules = DEFAULT_RULES
) -> Examination:
    """Examine a solution that passes its tests, the asserts."""
    examples = examples_in(task.prompt, task.entry_point)
    forms = forms_of((task.prompt, task.solution), task.entry_point)
    seen = [*asserts.calls, *(example.call for example in examples)] or calls_of_forms(forms)
    brief = all(map(is_brief, (task.solution, *task.peers)))
    inventor = Inventor(seen, wording_of(task.prompt), brief=brief)
    inputs = all_inputs(
        inventor,
        constants_of((task.solution, *task.peers)),
        forms,
        count=rules.inputs,
        planted_count=rules.planted,
        venture_count=rules.ventures,
        seed=rules.seed,
    )
    trials = await try_out(task.solution, task.peers, task.entry_point, asserts, examples, inputs, sandbox)
    ran = Ran()
    if fault_of(trials) is None:
        found = await _searched(task, trials, inventor, sandbox)
        more = inventor.inputs(found.arguments)
        trials = await try_more(trials, task.solution, task.peers, task.entry_point, more, sandbox)
        ran = found.ran
    against = fault_of(trials)
    stub = stub_that_passes(asserts, [examples[n] for n in range(len(examples)) if n not in trials.doubtful])
    if against is not None:
        return Examination(Decision.REJECT, *against, stub, trials)
    strength = await _strengthened(task, trials, ran, sandbox, rules)
    doubt = doubt_of(trials, strength, stub, rules, alone=not task.peers)
    if doubt is not None:
        return Examination(Decision.ABSTAIN, *doubt, stub, trials, strength)
    return Examination(Decision.ACCEPT, "", "", stub, trials, strength)


class Ran(NamedTuple):
    """A program's pieces, and the numbers of those that ran in each call."""

    pieces: tuple[Piece, ...] = ()
    by_call: tuple[frozenset[int], ...] = ()


class _Searched(NamedTuple):
    """Arguments on which a program does what no call made it do, and what the candidate ran in each call."""

    arguments: tuple[Arguments, ...]
    ran: Ran


async def _searched(task: CodeTask, trials: Trials, inventor: Inventor, sandbox: Sandbox) -> _Searched:
    voters = (task.peers[peer] for peer in trials.voting if trials.kinds[peer])
    kept: list[Arguments] = []
    ran = Ran()
    for program in dict.fromkeys((task.solution, *voters)):
        seen = watched(program)
        if seen is None:
            continue
        found = await search(seen, trials.calls, task.entry_point, inventor, sandbox)
        kept += found.arguments
        if program == task.solution:
            ran = Ran(seen.pieces, tuple(sighting.pieces for sighting in found.sightings))
    return _Searched(tuple(kept), ran)


async def _strengthened(
    task: CodeTask, trials: Trials, ran: Ran, sandbox: Sandbox, rules: CodeRules
) -> Strength:
    """Run the candidate's mutants, and the candidate watched where it was not yet, on all calls."""
    mutants = mutants_of(task.solution, limit=rules.mutants, seed=rules.seed)
    sources = [mutant.source for mutant in mutants]
    kills, late = await asyncio.gather(
        kills_of(task.solution, sources, trials.calls, task.entry_point, sandbox, costly=trials.costly),
        pieces_run(task.solution, trials.calls[len(ran.by_call) :], task.entry_point, sandbox),
    )
    by_call = (*ran.by_call, *late.by_call)
    return strengthen(trials, kills, limit=rules.suite, pieces=late.pieces, ran=by_call)


async def pieces_run(solution: str, calls: Sequence[Call], entry_point: str, sandbox: Sandbox) -> Ran:
    """Which pieces of a program run in each call; nothing where it cannot be watched."""
    seen = watched(solution)
    if seen is None or not calls:
        return Ran(seen.pieces if seen is not None else ())
    sightings = await sightings_of(seen.source, calls, entry_point, sandbox)
    return Ran(seen.pieces, tuple(sighting.pieces for sighting in sightings))


def fault_of(trials: Trials) -> tuple[str, str] | None:
    """A code and a reason to reject, if the trials show one."""
    if trials.flaky:
        call = trials.calls[trials.flaky[0]].text
        return "flaky", cut(f"{call} gives different answers in two runs, of other hash seeds or order")
    if trials.failed_examples:
        example = trials.examples[trials.failed_examples[0]]
        return "fails_example", cut(f"an example of the problem fails: {example.text}")
    return _contradiction(trials, trials.contradicted[0]) if trials.contradicted else None


def _contradiction(trials: Trials, place: int) -> tuple[str, str]:
    own, label = trials.runs[0].answers[place], trials.label(place)
    call = trials.calls[place].text
    wanted = f"{label.votes} of {label.voters} peers give {show(label.value)}" if label else ""
    if own.kind is AnswerKind.RAISED:
        return "crashes", cut(f"{call} raises {own.detail}; {wanted}")
    if own.kind is AnswerKind.MISSING:
        return "hangs", cut(f"{call}: {own.detail}; {wanted}")
    if own.kind is AnswerKind.REFUSED:
        return "not_plain", cut(f"{call} gives {own.detail}; {wanted}")
    return "disagrees", cut(f"{call} gives {show(own.value)}; {wanted}")


def doubt_of(
    trials: Trials, strength: Strength, stub: str, rules: CodeRules, *, alone: bool
) -> tuple[str, str] | None:
    """A code and a reason to abstain, if there is one."""
    if alone:
        return _doubt_without_peers(strength, stub, rules)
    doubt = agreement_doubt(trials, strength, rules)
    if doubt is not None:
        return doubt
    if strength.stub and (stub or not trials.asserts.cases):
        return "weak_suite", f"a program that answers {strength.stub} passes as well"
    if strength.dark:
        return "unreached", _in_the_dark(strength)
    if strength.killed < required_kills(strength, rules):
        return "mutants_alive", (
            f"confirmed inputs tell {strength.killed} of {strength.mutants} mutants apart; "
            f"{required_kills(strength, rules)} are needed"
        )
    return None


def _in_the_dark(strength: Strength) -> str:
    lines = ", ".join(map(str, strength.dark[:5]))
    return f"no confirmed input reaches all of the solution; what is in line {lines} never ran"


def agreement_doubt(trials: Trials, strength: Strength, rules: CodeRules) -> tuple[str, str] | None:
    """A code and a reason to abstain that lie in the peers' answers, if there is one."""
    voters = len(trials.voters)
    if not voters:
        return "no_voter", f"none of {len(trials.peers)} peers passes the tests and the examples"
    if strength.confirmed < rules.min_confirmed:
        return "few_confirmed", (
            f"{strength.confirmed} inputs are confirmed by two solutions; {rules.min_confirmed} are needed"
        )
    asked = strength.confirmed + strength.disputed + strength.open
    if strength.opposed:
        return "disputed", f"on {strength.opposed} of {asked} inputs one value stands against the solution's"
    if strength.disputed > rules.max_disputed * asked:
        return "disputed", f"on {strength.disputed} of {asked} inputs values differ without a majority"
    if strength.objected:
        return "objected", _objection(trials)
    if trials.careless:
        call = trials.calls[trials.careless[0]].text
        return "changes_argument", cut(f"{call} leaves an argument changed, and does so with no peer")
    if strength.dissent > rules.max_dissent * asked:
        return "dissent", f"on {strength.dissent} of {asked} inputs a peer dissents that passes the tests"
    if strength.open > rules.max_open * asked:
        return "open_inputs", f"on {strength.open} of {asked} inputs there is no majority"
    return None


def _objection(trials: Trials) -> str:
    place = trials.placed(Standing.OBJECTED)[0]
    own, label = trials.runs[0].answers[place], trials.label(place)
    gives = show(own.value) if own.kind is AnswerKind.VALUE else own.detail
    wanted = show(label.value) if label else ""
    return cut(f"{trials.calls[place].text}, beyond what the tests show, gives {gives}; peers give {wanted}")


def required_kills(strength: Strength, rules: CodeRules) -> int:
    """How many mutants a suite must tell apart: a share of those that any input did, and of all."""
    of_all = math.ceil(rules.min_told * strength.mutants)
    return max(math.ceil(rules.min_killed * strength.killable), of_all)


def _doubt_without_peers(strength: Strength, stub: str, rules: CodeRules) -> tuple[str, str] | None:
    if stub:
        return "weak_suite", f"a program that answers {stub} passes the tests and examples as well"
    if strength.dark:
        return "unreached", _in_the_dark(strength)
    if not strength.mutants or strength.killed_by_tests < required_kills(strength, rules):
        return "mutants_alive", (
            f"tests and examples tell {strength.killed_by_tests} of {strength.mutants} mutants apart; "
            f"{required_kills(strength, rules)} are needed"
        )
    return None
