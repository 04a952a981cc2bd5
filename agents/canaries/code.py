"""Wrong programs: one change to a right one, and a test that it fails and the right one passes.

mutant          fails a test that the verifier is shown
subtle_mutant   passes all that it is shown, and fails another that is known: it has to be found out

A changed program that gives the same values is right, and one that differs where no test looks may be: the
test that separates the two is run on both, and what it does not separate is left out.
"""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Iterator, Mapping
from random import Random
from typing import NamedTuple

from ...records import HowKnown, Known, Outcome
from ...tools.programs import check_solution
from ...tools.programs.asserts import read_asserts
from ...tools.programs.expressions import Inexpressible
from ...tools.programs.mutants import Mutant, mutants_of
from ...tools.programs.variants import kills_of
from ...tools.sandbox import Sandbox
from .fingerprints import of_code
from .wrong import MUTANTS, SHOWN, Wrong

MUTANT, SUBTLE = "mutant", "subtle_mutant"
TRIED = 2
"""Tests of one mutant that are run; another type of the same value, as 1.0 for 1, fails none."""


class Coded(NamedTuple):
    """A right program.

    Attributes:
        instruction: what it answers.
        suite: asserts that it passes, one on each line.
        shown: those of them that the verifier is shown, in `one_form`.
    """

    instruction: str
    program: str
    entry_point: str
    suite: tuple[str, ...]
    shown: frozenset[str] = frozenset()


async def wrong_code(right: Coded, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Coded]]:
    """Its mutants, as far as they are known to be wrong; subtle ones and others in turn.

    None where its tests are no asserts.
    """
    tests = list(dict.fromkeys(one_form(test, right.entry_point) for test in right.suite))
    asserts = read_asserts("\n".join(tests), right.entry_point)
    if not right.entry_point or isinstance(asserts, Inexpressible):
        return
    chosen = mutants_of(right.program, limit=MUTANTS, seed=random.randrange(2**31))
    # They come operator by operator, always in the same order: the first would always be of one.
    mutants = random.sample(chosen, len(chosen))
    sources = [mutant.source for mutant in mutants]
    killed = await kills_of(right.program, sources, asserts.calls, right.entry_point, sandbox)
    found: dict[str, list[_Differing]] = {SUBTLE: [], MUTANT: []}
    for mutant, places in zip(mutants, killed, strict=True):
        calls = {asserts.calls[place].text for place in places or ()}
        telling = [test for test in tests if calls & _calls(test, right.entry_point)]
        shown = [test for test in telling if test in right.shown]
        kind = SUBTLE if right.shown and not shown else MUTANT
        if telling:
            found[kind].append(_Differing(mutant, shown or telling))
    for kind, one in _in_turn(found):
        test = await _separating(right, one, sandbox)
        if test:
            known = Known(by=HowKnown.SEPARATING_INPUT, shown=test[:SHOWN])
            told = f"{one.mutant.operator} in line {one.mutant.line}"
            source = one.mutant.source
            yield Wrong(kind, told, known, of_code(right.instruction, source), right._replace(program=source))


class _Differing(NamedTuple):
    """A mutant, and the tests whose calls it answers otherwise."""

    mutant: Mutant
    tests: list[str]


def _in_turn(found: Mapping[str, list[_Differing]]) -> Iterator[tuple[str, _Differing]]:
    for number in range(MUTANTS):
        for kind, mutants in found.items():
            if number < len(mutants):
                yield kind, mutants[number]


def _calls(test: str, entry_point: str) -> frozenset[str]:
    asserts = read_asserts(test, entry_point)
    return frozenset() if isinstance(asserts, Inexpressible) else frozenset(c.text for c in asserts.calls)


def one_form(test: str, entry_point: str) -> str:
    """An assert in the one notation, by the function's own name; the text as it is where it is no Python."""
    try:
        tree = ast.parse(test)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "candidate":
                node.id = entry_point
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return test


async def _separating(right: Coded, one: _Differing, sandbox: Sandbox) -> str:
    """The first of its tests that the mutant fails and the right program passes; empty where none does."""
    for test in one.tests[:TRIED]:
        fails = await check_solution(one.mutant.source, test, right.entry_point, sandbox)
        if fails.outcome is not Outcome.FAIL:
            continue
        passes = await check_solution(right.program, test, right.entry_point, sandbox)
        if passes.outcome is Outcome.PASS:
            return test
    return ""
