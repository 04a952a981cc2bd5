"""Checks of programs that print an answer: does one read its problem, and does a solver follow it?"""

from __future__ import annotations

import asyncio
from fractions import Fraction
from itertools import product
from typing import Literal as OneOf
from typing import NamedTuple

from pydantic import JsonValue

from ...records import Evidence, EvidenceKind, Outcome, well_formed
from ..answers import MAX_CHARS, Pair, compare_answers
from ..programs import (
    Literal,
    Printed,
    Unreadable,
    limits_json,
    literals_for,
    literals_of,
    numbers_in_text,
    perturbed,
    run_answer_program,
    unused_numbers,
)
from ..sandbox import Sandbox
from ..versions import versions
from .reasoning import observed_in

SolvedBy = OneOf["program", "answer"]
_DELTAS = (1, 3, -1)


async def solver_follows(
    problem: str,
    program: str,
    solution: str,
    sandbox: Sandbox,
    *,
    by: SolvedBy,
    basis: str,
) -> Evidence:
    """Compare what an author's program prints with what a solver makes of the same problem told otherwise.

    Args:
        problem: the text that the solver saw: with other numbers, or in other words.
        program: the author's; it prints the answer to that text.
        solution: the solver's program, or its answer, as `by` says.
        basis: whose work the solution is.

    Inconclusive where a program prints no answer.
    """
    author = await run_answer_program(program, sandbox)
    solver = Printed(Outcome.PASS, well_formed(solution[: MAX_CHARS + 1]), "")
    if by == "program":
        solver = await run_answer_program(solution, sandbox)
    observed: dict[str, JsonValue] = {"author": author.answer, "solver": solver.answer}
    outcome = Outcome.INCONCLUSIVE
    if author.outcome is Outcome.PASS and solver.outcome is Outcome.PASS:
        (comparison,) = await compare_answers([Pair(author.answer, solver.answer, problem)], sandbox)
        outcome = comparison.outcome
        observed |= observed_in(comparison)
        observed["detail"] = f"the author's prints {author.answer}, the solver has {solver.answer[:80]}"
    else:
        observed["detail"] = author.detail or solver.detail
    return Evidence(
        kind=EvidenceKind.AGREEMENT,
        check="solver_follows",
        claim="told otherwise, the problem is solved as the author's program solves it",
        outcome=outcome,
        basis=basis,
        inputs={
            "problem": problem,
            "program": program,
            "solution": solution,
            "by": by,
            "limits": _limits(),
        },
        observed=observed,
        versions=versions(),
    )


async def program_reads_problem(program: str, problem: str, sandbox: Sandbox, *, basis: str) -> Evidence:
    """A program must hold every number that its problem states, and its output must hang on each.

    Each stated number is changed in the program, one at a time, until the output changes. A program
    whose output no change moves has its answer written into it. A single number that moves nothing is
    a fact the answer leaves unused: either the problem is padded or it asks for something else than
    the program computes. Neither is kept.
    """
    outcome, observed = await _reads(program, problem, sandbox)
    return Evidence(
        kind=EvidenceKind.MUTATION,
        check="program_reads_problem",
        claim="the program holds the problem's numbers, and its output changes with them",
        outcome=outcome,
        basis=basis,
        inputs={"program": program, "problem": problem, "deltas": [*_DELTAS, "half"], "limits": _limits()},
        observed=observed,
        versions=versions(),
    )


class _Read(NamedTuple):
    outcome: Outcome
    observed: dict[str, JsonValue]


class _Effect(NamedTuple):
    number: Fraction
    moves: bool
    conclusive: bool


async def _reads(program: str, problem: str, sandbox: Sandbox) -> _Read:
    literals = literals_of(program)
    if isinstance(literals, Unreadable):
        return _Read(Outcome.FAIL, {"detail": literals.detail})
    unused = unused_numbers(problem, literals)
    if unused:
        shown = ", ".join(map(str, unused))
        return _Read(Outcome.FAIL, {"detail": f"numbers of the problem that the program lacks: {shown}"})
    stated = numbers_in_text(problem)
    if not stated:
        return _Read(Outcome.INCONCLUSIVE, {"detail": "the problem states no number that can be changed"})
    base = await run_answer_program(program, sandbox)
    if base.outcome is not Outcome.PASS:
        return _Read(base.outcome, {"detail": base.detail})
    effects = await asyncio.gather(
        *(_effect(number, program, literals_for(number, literals), base, sandbox) for number in stated)
    )
    inert = [effect for effect in effects if not effect.moves]
    if not inert:
        return _Read(Outcome.PASS, {"detail": ""})
    if not all(effect.conclusive for effect in inert):
        return _Read(Outcome.INCONCLUSIVE, {"detail": "the changed programs could not be run"})
    if len(inert) == len(effects):
        return _Read(Outcome.FAIL, {"detail": "no change of a stated number changes the output"})
    shown = ", ".join(str(effect.number) for effect in inert)
    return _Read(Outcome.FAIL, {"detail": f"numbers of the problem that do not matter: {shown}"})


async def _effect(
    number: Fraction, program: str, places: tuple[Literal, ...], base: Printed, sandbox: Sandbox
) -> _Effect:
    conclusive = False
    # Where whole parts are taken, a small change moves nothing.
    for literal, delta in product(places, (*_DELTAS, max(7, abs(int(number)) // 2 + 1))):
        changed = perturbed(program, literal, delta)
        if isinstance(changed, Unreadable):
            continue
        printed = await run_answer_program(changed, sandbox)
        # A program that fails on other numbers may well read them; only another output shows it.
        conclusive = conclusive or printed.outcome is Outcome.PASS
        if printed.outcome is Outcome.PASS and printed.answer != base.answer:
            return _Effect(number, moves=True, conclusive=True)
    return _Effect(number, moves=False, conclusive=conclusive)


def _limits() -> JsonValue:
    return dict(limits_json().items())
