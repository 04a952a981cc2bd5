"""Wrong math: a right problem with its solutions, in which one thing is made wrong.

kind              what is made wrong                                              known by
wrong_answer      another answer stated; program and solvers as they were        typed comparison
wrong_program     one change to the author's program, with the answer it prints  typed comparison
wrong_reasoning   every result in the reasoning another one; the answer stays    exact arithmetic
other_numbers     another number in the problem; program, answer, solvers stay   typed comparison
left_open         a number of the problem taken out; the rest as it was          the program moves with it
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from fractions import Fraction
from itertools import product
from random import Random
from typing import NamedTuple

from ...records import HowKnown, Known, Outcome
from ...tools.problems import changed_twin
from ...tools.programs import (
    Unreadable,
    literals_for,
    literals_of,
    numbers_in_text,
    perturbed,
    run_answer_program,
)
from ...tools.programs.mutants import mutants_of
from ...tools.sandbox import Sandbox
from ..judging.canaries import CanaryKind
from ..judging.canaries import canaries_of as spoiled
from ..judging.example import Example
from ..state import MathProposal, Solution
from ..verify_math import worked
from .calculations import falsified
from .fingerprints import of_answer, of_output
from .wrong import MUTANTS, SHOWN, Wrong, differs, in_turn, unequal


class Posed(NamedTuple):
    """A problem with its solutions, as the verifier sees them.

    Attributes:
        response: the worked answer that is kept of it.
    """

    proposal: MathProposal
    solutions: tuple[Solution, ...]
    response: str


def reasoned(text: str, sample: int, basis: str) -> Solution:
    """A worked answer as its solver wrote it."""
    reasoning, _, answer = text.rstrip().rpartition("Answer:")
    return Solution(
        style="reasoning", sample=sample, basis=basis, reasoning=reasoning.strip(), answer=answer.strip()
    )


def wrong_math(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    """One of each kind in turn, as far as any can be made."""
    return in_turn(KINDS, right, random, sandbox)


async def _wrong_answers(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    answer = right.proposal.answer
    for step in random.sample((1, -1, 2, 10), 4):
        wrong = _moved(answer.value, step)
        if await differs(answer, wrong, sandbox):
            stated = answer.model_copy(update={"value": wrong})
            known = unequal(answer.value, wrong)
            yield _wrong("wrong_answer", f"{step:+d}", known, right, answer=stated)


def _moved(answer: str, step: int) -> str:
    """An answer with its first whole number so much larger."""
    return re.sub(r"\d+", lambda found: str(int(found[0][:15]) + step), answer, count=1)


async def _wrong_programs(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    proposal = right.proposal
    chosen = mutants_of(proposal.program, limit=MUTANTS, seed=random.randrange(2**31))
    for mutant in random.sample(chosen, len(chosen)):
        printed = await run_answer_program(mutant.source, sandbox)
        if printed.outcome is Outcome.PASS and await differs(proposal.answer, printed.answer, sandbox):
            answer = proposal.answer.model_copy(update={"value": printed.answer})
            told = f"{mutant.operator} in line {mutant.line}"
            known = unequal(proposal.answer.value, printed.answer)
            yield _wrong("wrong_program", told, known, right, program=mutant.source, answer=answer)


async def _wrong_reasonings(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    example = Example(right.proposal.problem, right.response)
    for made in spoiled(example, random, (CanaryKind.WRONG_REASONING,)):
        programs = [one for one in right.solutions if one.style == "program"]
        basis = next((one.basis for one in right.solutions if one.style == "reasoning"), "solver")
        wrong = reasoned(made.example.response, len(programs), basis)
        shown = falsified(right.response, made.example.response)
        if shown:
            output = worked(wrong, right.proposal)
            posed = right._replace(solutions=(*programs, wrong), response=output)
            known = Known(by=HowKnown.FALSE_CALCULATION, shown=shown)
            print_ = of_output(right.proposal.problem, output)
            yield Wrong("wrong_reasoning", "every result", known, print_, posed, response=output)


async def _other_numbers(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    proposal = right.proposal
    twin = changed_twin(proposal.problem, proposal.program)
    if twin is None:
        return
    printed = await run_answer_program(twin.program, sandbox)
    if printed.outcome is Outcome.PASS and await differs(proposal.answer, printed.answer, sandbox):
        known = unequal(printed.answer, proposal.answer.value)
        yield _wrong("other_numbers", "its twin's", known, right, problem=twin.problem)


async def _left_open(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    text = right.proposal.problem
    stated = numbers_in_text(text)
    numbers = [one for one in stated if one.denominator == 1 and one > 1 and not _comes_of(one, stated)]
    random.shuffle(numbers)
    for number in numbers:
        opened, count = re.subn(rf"(?<![\d.,]){number}(?![\d.,]*\d)", "some", text)
        moved = await _moved_by(number, right.proposal, sandbox) if count == 1 else ""
        if moved:
            known = Known(by=HowKnown.UNDETERMINED, shown=moved)
            yield _wrong("left_open", f"{number} is gone", known, right, problem=opened)


def _comes_of(number: Fraction, stated: Sequence[Fraction]) -> bool:
    """Whether other numbers of the text may still tell it: 12 is told by 5 and 7."""
    others = [one for one in stated if one != number]
    return any(number in (a + b, a - b, a * b, a / b if b else None) for a in others for b in others) or any(
        number in (one * 2, one / 2, 100 - one) for one in others
    )


async def _moved_by(number: Fraction, proposal: MathProposal, sandbox: Sandbox) -> str:
    """What the program prints with another number in this one's place; empty where the answer stays."""
    literals = literals_of(proposal.program)
    if isinstance(literals, Unreadable):
        return ""
    for literal, delta in product(literals_for(number, literals), (1, 3)):
        changed = perturbed(proposal.program, literal, delta)
        if isinstance(changed, Unreadable):
            continue
        printed = await run_answer_program(changed, sandbox)
        if printed.outcome is Outcome.PASS and await differs(proposal.answer, printed.answer, sandbox):
            moved = literal.value + delta
            return f"{printed.answer[:SHOWN]} with {moved} for {literal.value}"
    return ""


def _wrong(kind: str, told: str, known: Known, right: Posed, **changed: object) -> Wrong[Posed]:
    proposal = right.proposal.model_copy(update=changed)
    print_ = of_answer(proposal.problem, proposal.answer.value)
    return Wrong(kind, told, known, print_, right._replace(proposal=proposal))


KINDS = (_wrong_answers, _wrong_programs, _wrong_reasonings, _other_numbers, _left_open)
