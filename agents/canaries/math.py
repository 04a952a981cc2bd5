"""Wrong math: a right problem with its solutions, in which one thing is made wrong.

wrong_answer      another answer stated; program and solvers as they were
wrong_program     one change to the author's program, and the answer that it prints then
wrong_reasoning   every result in the reasoning another one; the answer as it was
other_numbers     another number in the problem; program, answer and solvers as they were
left_open         a number of the problem taken out; the rest as it was
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from random import Random
from typing import NamedTuple

from ...records import Outcome
from ...tools.problems import changed_twin
from ...tools.programs import numbers_in_text, run_answer_program
from ...tools.programs.mutants import mutants_of
from ...tools.sandbox import Sandbox
from ..judging.canaries import CanaryKind
from ..judging.canaries import canaries_of as spoiled
from ..judging.example import Example
from ..state import MathProposal, Solution
from ..verify_math import worked
from .fingerprints import of_answer, of_output
from .wrong import MUTANTS, Wrong, differs, in_turn


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
            yield _wrong("wrong_answer", f"{step:+d}", right, answer=stated)


def _moved(answer: str, step: int) -> str:
    """An answer with its first whole number so much larger."""
    return re.sub(r"\d+", lambda found: str(int(found[0][:15]) + step), answer, count=1)


async def _wrong_programs(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    proposal = right.proposal
    for mutant in mutants_of(proposal.program, limit=MUTANTS, seed=random.randrange(2**31)):
        printed = await run_answer_program(mutant.source, sandbox)
        if printed.outcome is Outcome.PASS and await differs(proposal.answer, printed.answer, sandbox):
            answer = proposal.answer.model_copy(update={"value": printed.answer})
            told = f"{mutant.operator} in line {mutant.line}"
            yield _wrong("wrong_program", told, right, program=mutant.source, answer=answer)


async def _wrong_reasonings(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    example = Example(right.proposal.problem, right.response)
    for made in spoiled(example, random, (CanaryKind.WRONG_REASONING,)):
        programs = [one for one in right.solutions if one.style == "program"]
        basis = next((one.basis for one in right.solutions if one.style == "reasoning"), "solver")
        wrong = reasoned(made.example.response, len(programs), basis)
        output = worked(wrong, right.proposal)
        posed = right._replace(solutions=(*programs, wrong), response=output)
        yield Wrong("wrong_reasoning", "every result", of_output(output), posed, response=output)


async def _other_numbers(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    proposal = right.proposal
    twin = changed_twin(proposal.problem, proposal.program)
    if twin is None:
        return
    printed = await run_answer_program(twin.program, sandbox)
    if printed.outcome is Outcome.PASS and await differs(proposal.answer, printed.answer, sandbox):
        yield _wrong("other_numbers", "its twin's", right, problem=twin.problem)


async def _left_open(right: Posed, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Posed]]:
    text = right.proposal.problem
    numbers = [number for number in numbers_in_text(text) if number.denominator == 1 and number > 1]
    random.shuffle(numbers)
    for number in numbers:
        opened, count = re.subn(rf"(?<![\d.,]){number}(?![\d.,]*\d)", "some", text)
        if count == 1:
            yield _wrong("left_open", f"{number} is gone", right, problem=opened)


def _wrong(kind: str, told: str, right: Posed, **changed: object) -> Wrong[Posed]:
    proposal = right.proposal.model_copy(update=changed)
    known = of_answer(proposal.problem, proposal.answer.value)
    return Wrong(kind, told, known, right._replace(proposal=proposal))


KINDS = (_wrong_answers, _wrong_programs, _wrong_reasonings, _other_numbers, _left_open)
