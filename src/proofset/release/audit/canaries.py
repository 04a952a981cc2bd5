"""Canaries for hard verifiers: a kept record with one thing made wrong, and known to be wrong.

mutant            one change to the solution, which gives another value on a call of the record's tests
wrong_answer      another answer stated; program and solvers as they were
wrong_program     one change to the author's program, and the answer that it prints then
wrong_reasoning   every result in the reasoning another one; the answer as it was
other_numbers     another number in the problem; program, answer and solvers as they were
left_open         a number of the problem taken out; the rest as it was

What a verifier is given has no mark: it is the candidate that it would be given in a run. What is not known
to be wrong, as a changed program that gives the same values, is no canary.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, cast

from ...agents.context import Bench, Context, Services
from ...agents.judging.canaries import CanaryKind
from ...agents.judging.canaries import canaries_of as spoiled
from ...agents.judging.example import Example
from ...agents.state import MathProposal, Solution, State
from ...agents.verify_math import verify_math, worked
from ...memory import Admission
from ...models import ModelPool
from ...records import Answer, Decision, Evidence, Outcome, Record
from ...tools.answers import Pair, compare_answers
from ...tools.checks import check_code
from ...tools.checks.problem import PREFIX
from ...tools.instructions import code_in
from ...tools.problems import changed_twin
from ...tools.programs import CodeTask, numbers_in_text, run_answer_program
from ...tools.programs.asserts import read_asserts
from ...tools.programs.expressions import Inexpressible
from ...tools.programs.mutants import mutants_of
from ...tools.programs.variants import kills_of
from ...tools.sandbox import Sandbox
from .fingerprints import of_answer, of_code, of_output

MUTANTS = 12
"""Of one program, of which those that are not known to be wrong are left out."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One wrong candidate.

    Attributes:
        verifier: what it is put before.
        told: what was made wrong, without the text.
        fingerprint: by which an export knows it.
        ruled: puts it before the verifier.
    """

    verifier: str
    kind: str
    record: str
    told: str
    fingerprint: str
    ruled: Callable[[Sandbox], Awaitable[Decision]]


async def canaries_of(record: Record, random: Random, sandbox: Sandbox) -> AsyncIterator[Canary]:
    """Those that can be made of a record, one of each kind in turn; none of one that no program checks."""
    posed = _posed(record)
    if posed is not None:
        kinds = [_wrong_answers, _wrong_programs, _wrong_reasonings, _other_numbers, _left_open]
        random.shuffle(kinds)
        makers = [kind(record, posed, random, sandbox) for kind in kinds]
        while makers:
            for maker in list(makers):
                made = await anext(maker, None)
                if made is None:
                    makers.remove(maker)
                else:
                    yield made
    elif record.tests and code_in(record.output):
        async for canary in _mutants(record, random, sandbox):
            yield canary


async def _mutants(record: Record, random: Random, sandbox: Sandbox) -> AsyncIterator[Canary]:
    code, given = code_in(record.output), _input_of(record, "solution_agrees_with_peers")
    tested = given or _input_of(record, "solution_passes_tests")
    entry_point, tests = str(tested.get("entry_point", "")), str(tested.get("tests", ""))
    asserts = read_asserts("\n".join(record.tests), entry_point)
    if not entry_point or isinstance(asserts, Inexpressible):
        return
    peers = given.get("peers", [])
    others = tuple(map(str, peers)) if isinstance(peers, list) else ()
    mutants = mutants_of(code, limit=MUTANTS, seed=random.randrange(2**31))
    killed = await kills_of(code, [m.source for m in mutants], asserts.calls, entry_point, sandbox)
    for mutant, places in zip(mutants, killed, strict=True):
        if places:
            task = CodeTask(record.instruction, entry_point, mutant.source, tests, others)
            told = f"{mutant.operator} in line {mutant.line}"
            yield Canary("check_code", "mutant", record.id, told, of_code(mutant.source), _check_code(task))


def _check_code(task: CodeTask) -> Callable[[Sandbox], Awaitable[Decision]]:
    async def ruled(sandbox: Sandbox) -> Decision:
        return (await check_code(task, sandbox, tests_by="tests", peers_by="peers")).decision

    return ruled


class _Posed(NamedTuple):
    """A kept problem as its verifier saw it."""

    proposal: MathProposal
    solutions: tuple[Solution, ...]


def _posed(record: Record) -> _Posed | None:
    prints = _input_of(record, f"{PREFIX}prints")
    if record.answer is None or not isinstance(prints.get("program"), str):
        return None
    proposal = MathProposal(problem=record.instruction, answer=record.answer, program=str(prints["program"]))
    peers = _input_of(record, f"{PREFIX}peers").get("peers", [])
    programs = [
        Solution(style="program", sample=n, basis="solver", program=str(program))
        for n, program in enumerate(peers if isinstance(peers, list) else [])
    ]
    texts = [t.output for t in record.traces if t.verdict.accepted] or [record.output]
    reasonings = [_reasoned(text, number) for number, text in enumerate(texts, start=len(programs))]
    return _Posed(proposal, (*programs, *reasonings))


def _reasoned(text: str, sample: int) -> Solution:
    reasoning, _, answer = text.rstrip().rpartition("Answer:")
    return Solution(
        style="reasoning", sample=sample, basis="solver", reasoning=reasoning.strip(), answer=answer.strip()
    )


async def _wrong_answers(
    record: Record, posed: _Posed, random: Random, sandbox: Sandbox
) -> AsyncIterator[Canary]:
    right = posed.proposal.answer
    for step in random.sample((1, -1, 2, 10), 4):
        wrong = _moved(right.value, step)
        if await _differs(right, wrong, sandbox):
            proposal = posed.proposal.model_copy(update={"answer": right.model_copy(update={"value": wrong})})
            yield _math(record, "wrong_answer", f"{step:+d}", _Posed(proposal, posed.solutions))


def _moved(answer: str, step: int) -> str:
    """An answer with its first whole number so much larger."""
    return re.sub(r"\d+", lambda found: str(int(found[0][:15]) + step), answer, count=1)


async def _wrong_programs(
    record: Record, posed: _Posed, random: Random, sandbox: Sandbox
) -> AsyncIterator[Canary]:
    right = posed.proposal
    for mutant in mutants_of(right.program, limit=MUTANTS, seed=random.randrange(2**31)):
        printed = await run_answer_program(mutant.source, sandbox)
        if printed.outcome is Outcome.PASS and await _differs(right.answer, printed.answer, sandbox):
            answer = right.answer.model_copy(update={"value": printed.answer})
            changed = right.model_copy(update={"program": mutant.source, "answer": answer})
            told = f"{mutant.operator} in line {mutant.line}"
            yield _math(record, "wrong_program", told, _Posed(changed, posed.solutions))


async def _wrong_reasonings(
    record: Record, posed: _Posed, random: Random, sandbox: Sandbox
) -> AsyncIterator[Canary]:
    example = Example(record.instruction, record.output)
    for made in spoiled(example, random, (CanaryKind.WRONG_REASONING,)):
        programs = [one for one in posed.solutions if one.style == "program"]
        wrong = _reasoned(made.example.response, len(programs))
        output = worked(wrong, posed.proposal)
        yield _math(
            record,
            "wrong_reasoning",
            "every result",
            _Posed(posed.proposal, (*programs, wrong)),
            output=output,
        )


async def _other_numbers(
    record: Record, posed: _Posed, random: Random, sandbox: Sandbox
) -> AsyncIterator[Canary]:
    twin = changed_twin(posed.proposal.problem, posed.proposal.program)
    if twin is None:
        return
    printed = await run_answer_program(twin.program, sandbox)
    if printed.outcome is Outcome.PASS and await _differs(posed.proposal.answer, printed.answer, sandbox):
        changed = posed.proposal.model_copy(update={"problem": twin.problem})
        yield _math(record, "other_numbers", "its twin's", _Posed(changed, posed.solutions))


async def _left_open(
    record: Record, posed: _Posed, random: Random, sandbox: Sandbox
) -> AsyncIterator[Canary]:
    text = posed.proposal.problem
    numbers = [number for number in numbers_in_text(text) if number.denominator == 1 and number > 1]
    random.shuffle(numbers)
    for number in numbers:
        opened, count = re.subn(rf"(?<![\d.,]){number}(?![\d.,]*\d)", "some", text)
        if count == 1:
            changed = posed.proposal.model_copy(update={"problem": opened})
            yield _math(record, "left_open", f"{number} is gone", _Posed(changed, posed.solutions))


def _math(record: Record, kind: str, told: str, posed: _Posed, *, output: str | None = None) -> Canary:
    proposal = posed.proposal
    known = of_output(output) if output else of_answer(proposal.problem, proposal.answer.value)

    async def ruled(sandbox: Sandbox) -> Decision:
        state: State = {"proposal": proposal, "solutions": posed.solutions}
        ruling = await verify_math(_bench(record, sandbox), state)
        if ruling.verdict is None:
            return Decision.ABSTAIN
        traces = ruling.found.get("traces", ())
        # A candidate whose reasoning is wrong is let through where that reasoning is.
        if output and not any(t.output == output and t.verdict.accepted for t in traces):
            return Decision.REJECT if ruling.verdict.accepted else ruling.verdict.decision
        return ruling.verdict.decision

    return Canary("verify_math", kind, record.id, told, known, ruled)


class _Specs:
    """The names of the models that a record was made with; none of them can be asked."""

    def __init__(self, models: dict[str, str]) -> None:
        self._models = models

    def spec(self, role: str) -> str:
        return self._models.get(role, role)


def _bench(record: Record, sandbox: Sandbox) -> Bench:
    models = cast(ModelPool, _Specs(record.lineage.models))
    return Bench(Context(), Services(models, sandbox, Admission(threshold=1.0, window=1), ()))


async def _differs(right: Answer, wrong: str, sandbox: Sandbox) -> bool:
    if not wrong.strip() or wrong == right.value:
        return False
    (comparison,) = await compare_answers([Pair(right, wrong)], sandbox)
    return comparison.outcome is Outcome.FAIL


def _input_of(record: Record, check: str) -> dict[str, object]:
    found: Sequence[Evidence] = [e for e in record.verdict.evidence if e.check == check]
    return dict(found[0].inputs) if found else {}
