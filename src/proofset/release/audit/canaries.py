"""Canaries of a kept record: what is made wrong in it, before the verifier that decided on it.

The wrong candidates are made by `proofset.agents.canaries`. Here a record is taken apart into what its
verifier saw, and the verifier is asked again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

from ...agents.canaries import Coded, Posed, Wrong, reasoned, wrong_code, wrong_math
from ...agents.context import Bench, Context, Services
from ...agents.state import MathProposal, Solution, State
from ...agents.verify_math import verify_math
from ...memory import Admission
from ...models import ModelPool
from ...records import Decision, Evidence, Record
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
        async for wrong in wrong_math(posed, random, sandbox):
            yield _canary("verify_math", record, wrong, _verify_math(record, wrong))
    elif record.tests and code_in(record.output):
        async for mutant in wrong_code(_coded(record), random, sandbox):
            yield _canary("check_code", record, mutant, _check_code(record, mutant))


def _canary(
    verifier: str,
    record: Record,
    wrong: Wrong[Posed] | Wrong[Coded],
    ruled: Callable[[Sandbox], Awaitable[Decision]],
) -> Canary:
    return Canary(verifier, wrong.kind, record.id, wrong.told, wrong.fingerprint, ruled)


def _coded(record: Record) -> Coded:
    return Coded(code_in(record.output), str(_tested(record).get("entry_point", "")), record.tests)


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
