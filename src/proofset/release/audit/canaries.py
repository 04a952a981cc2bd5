"""Canaries of a kept record: what is made wrong in it, before the verifier that decided on it.

The wrong candidates are made by `proofset.agents.canaries`. Here a record is taken apart into what its
verifier saw, and the verifier is asked again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

from ...agents.canaries import (
    Answered,
    Coded,
    Posed,
    Wrong,
    one_form,
    reasoned,
    wrong_code,
    wrong_math,
    wrong_text,
)
from ...agents.context import Bench, Context, Services
from ...agents.ruling import verdict_of
from ...agents.state import Instance, InstructionProposal, MathProposal, Solution, State
from ...agents.verify_instruction import CODES, checks_of
from ...agents.verify_math import verify_math
from ...memory import Admission
from ...models import ModelPool
from ...records import Decision, Evidence, Grade, Known, Record, Risk
from ...tools.checks import check_code
from ...tools.checks.problem import PREFIX
from ...tools.instructions import code_in
from ...tools.programs import CodeTask
from ...tools.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Canary:
    """One wrong candidate.

    Attributes:
        verifier: what it is put before.
        told: what was made wrong, without the text.
        known: how it is known to be wrong.
        grade: of the record.
        fingerprint: by which an export knows it.
        ruled: puts it before the verifier.
    """

    verifier: str
    kind: str
    record: str
    told: str
    known: Known
    fingerprint: str
    grade: Grade | None
    ruled: Callable[[Sandbox], Awaitable[Decision]]


async def canaries_of(record: Record, random: Random, sandbox: Sandbox) -> AsyncIterator[Canary]:
    """Those that can be made of a record, one of each kind in turn; none of one that no machine checks."""
    posed, answered = _posed(record), _answered(record)
    if posed is not None:
        async for wrong in wrong_math(posed, random, sandbox):
            yield _canary("verify_math", record, wrong, _verify_math(record, wrong))
    elif record.tests and code_in(record.output):
        async for mutant in wrong_code(_coded(record), random, sandbox):
            yield _canary("check_code", record, mutant, _check_code(record, mutant))
    elif answered is not None:
        async for text in wrong_text(answered, random, sandbox):
            yield _canary("instruction_checks", record, text, _check_text(record, text))


def verifier_of(record: Record) -> str:
    """The verifier that its canaries are put before; empty for one of which none are made."""
    if _posed(record) is not None:
        return "verify_math"
    if record.tests and code_in(record.output):
        return "check_code"
    return "instruction_checks" if _answered(record) is not None else ""


def _canary(
    verifier: str,
    record: Record,
    wrong: Wrong[Posed] | Wrong[Coded] | Wrong[Answered],
    ruled: Callable[[Sandbox], Awaitable[Decision]],
) -> Canary:
    grade = record.verdict.grade
    return Canary(verifier, wrong.kind, record.id, wrong.told, wrong.known, wrong.fingerprint, grade, ruled)


def _coded(record: Record) -> Coded:
    given = _tested(record)
    name = str(given.get("entry_point", ""))
    shown = frozenset(one_form(test, name) for test in str(given.get("tests", "")).splitlines())
    return Coded(record.instruction, code_in(record.output), name, record.tests, shown)


def _tested(record: Record) -> dict[str, object]:
    """What the verifier was given: the tests as the tester wrote them, and the solvers' programs."""
    return _input_of(record, "solution_agrees_with_peers") or _input_of(record, "solution_passes_tests")


def _check_code(record: Record, wrong: Wrong[Coded]) -> Callable[[Sandbox], Awaitable[Decision]]:
    given = _tested(record)
    peers = given.get("peers", [])
    task = CodeTask(
        record.instruction,
        wrong.made.entry_point,
        wrong.made.program,
        str(given.get("tests", "")),
        tuple(map(str, peers)) if isinstance(peers, list) else (),
    )

    async def ruled(sandbox: Sandbox) -> Decision:
        return (await check_code(task, sandbox, tests_by="tests", peers_by="peers")).decision

    return ruled


def _answered(record: Record) -> Answered | None:
    """A response that a machine check bears on."""
    if record.risk is Risk.RED_TEAM or not any(one.check in CODES for one in record.verdict.evidence):
        return None
    return Answered(record.instruction, record.input, record.output)


def _check_text(record: Record, wrong: Wrong[Answered]) -> Callable[[Sandbox], Awaitable[Decision]]:
    proposal = InstructionProposal(problem=record.instruction)
    instance = Instance(input=wrong.made.input, output=wrong.made.output)

    async def ruled(sandbox: Sandbox) -> Decision:
        evidence = await checks_of(_bench(record, sandbox), proposal, instance)
        # What nothing bears on is let through.
        return verdict_of(evidence, CODES).decision if evidence else Decision.ACCEPT

    return ruled


def _posed(record: Record) -> Posed | None:
    """A kept problem as its verifier saw it."""
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
    reasonings = [reasoned(text, number, "solver") for number, text in enumerate(texts, start=len(programs))]
    return Posed(proposal, (*programs, *reasonings), record.output)


def _verify_math(record: Record, wrong: Wrong[Posed]) -> Callable[[Sandbox], Awaitable[Decision]]:
    async def ruled(sandbox: Sandbox) -> Decision:
        state: State = {"proposal": wrong.made.proposal, "solutions": wrong.made.solutions}
        ruling = await verify_math(_bench(record, sandbox), state)
        if ruling.verdict is None:
            return Decision.ABSTAIN
        traces = ruling.found.get("traces", ())
        # A candidate whose reasoning is wrong is let through where that reasoning is.
        if wrong.response and not any(t.output == wrong.response and t.verdict.accepted for t in traces):
            return Decision.REJECT if ruling.verdict.accepted else ruling.verdict.decision
        return ruling.verdict.decision

    return ruled


class _Specs:
    """The names of the models that a record was made with; none of them can be asked."""

    def __init__(self, models: dict[str, str]) -> None:
        self._models = models

    def spec(self, role: str) -> str:
        return self._models.get(role, role)


def _bench(record: Record, sandbox: Sandbox) -> Bench:
    models = cast(ModelPool, _Specs(record.lineage.models))
    return Bench(Context(), Services(models, sandbox, Admission(threshold=1.0, window=1), ()))


def _input_of(record: Record, check: str) -> dict[str, object]:
    found: Sequence[Evidence] = [e for e in record.verdict.evidence if e.check == check]
    return dict(found[0].inputs) if found else {}
