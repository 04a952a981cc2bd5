"""Rechecking: everything that was checked about a record, once more, and whether its grade still stands.

binding ─▶ every piece of evidence, of its traces too, in the sandbox ─▶ same outcome? ─▶ same grade?
           its own tests on its own output, its own answer in its own output

An opinion cannot be run again: it is counted, and speaks for nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ..errors import ProofsetError, SoftEvidenceError
from ..records import Decision, Evidence, Grade, Outcome, Record, Verdict, grade_of
from ..tools.checks import answer_agrees, calculations_hold, is_rerunnable, rerun, solution_passes_tests
from ..tools.instructions import code_in
from ..tools.sandbox import Sandbox
from .binding import faults_of
from .faults import Fault, quoted


class Status(StrEnum):
    """What became of a record. `opinion`: nothing in it could be run again; that is no pass."""

    VERIFIED = "verified"
    OPINION = "opinion"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What was found about one record.

    Attributes:
        ran: checks that were run again, those on the record's own text and of its traces included.
        opinions: pieces of evidence that cannot be.
        hard: the record's grade rests on checks, and not on opinions.
    """

    faults: tuple[Fault, ...]
    ran: int = 0
    opinions: int = 0
    hard: bool = False

    @property
    def status(self) -> Status:
        if self.faults:
            return Status.FAILED
        return Status.VERIFIED if self.hard else Status.OPINION


async def recheck(record: Record, sandbox: Sandbox) -> Rechecked:
    """Check a record again from what it holds, without a model. Whatever it holds, it costs no other one."""
    try:
        return await _recheck(record, sandbox)
    except ProofsetError:
        raise
    except Exception as error:
        # Evidence is a stranger's: a check that trips over it has not passed.
        said = quoted(f"{type(error).__name__}: {error}", 160)
        return Rechecked((Fault("cannot_run_again", f"its checks do not bear what it holds: {said}"),))


async def _recheck(record: Record, sandbox: Sandbox) -> Rechecked:
    bound = list(faults_of(record))
    work = _Work(sandbox)
    found = [
        *await work.verdict(record.verdict, "", kept=True),
        *[
            fault
            for number, trace in enumerate(record.traces, start=1)
            for fault in await work.verdict(trace.verdict, f"solution {number}: ", kept=False)
        ],
        *await _own_tests(record, work),
        *await _own_answer(record, work),
    ]
    # A form or a wording that was read again says nothing of what a judge alone has read.
    hard = record.verdict.grade in (Grade.PROVED, Grade.CHECKED)
    return Rechecked((*bound, *dict.fromkeys(found)), work.ran, work.opinions, hard)


@dataclass(slots=True)
class _Work:
    """Runs the checks of one record, each of them once."""

    sandbox: Sandbox
    ran: int = 0
    opinions: int = 0
    _again: dict[str, asyncio.Task[Evidence | ProofsetError]] = field(default_factory=dict)

    async def verdict(self, verdict: Verdict, where: str, *, kept: bool) -> list[Fault]:
        """What is wrong with a verdict; `kept` for that of a record, which must be accepted."""
        again = await asyncio.gather(*(self.evidence(evidence) for evidence in verdict.evidence))
        found = [
            fault
            for old, new in zip(verdict.evidence, again, strict=True)
            for fault in _compared(old, new, where)
        ]
        if kept and verdict.decision is not Decision.ACCEPT:
            found.append(Fault("not_accepted", f"its verdict is {verdict.decision.value}"))
        if verdict.accepted:
            grade = grade_of(new for new in again if isinstance(new, Evidence))
            if grade is not verdict.grade:
                stated = verdict.grade.value if verdict.grade else "none"
                borne = grade.value if grade else "none"
                found.append(Fault("grade", f"{where}the grade {stated} is not borne out: it earns {borne}"))
        return found

    async def evidence(self, old: Evidence) -> Evidence | ProofsetError:
        """A piece of evidence once more; an opinion as it is."""
        if not is_rerunnable(old):
            self.opinions += 1
            return old
        key = json.dumps([old.check, old.basis, old.inputs], sort_keys=True)
        return await self.once(key, lambda: rerun(old, self.sandbox))

    async def once(self, key: str, check: Callable[[], Awaitable[Evidence]]) -> Evidence | ProofsetError:
        """Run a check that was not run yet; one that decides nothing has a second try."""

        async def run() -> Evidence | ProofsetError:
            try:
                found = await check()
                return found if found.outcome is not Outcome.INCONCLUSIVE else await check()
            except SoftEvidenceError:
                raise
            except ProofsetError as error:
                return error

        if key not in self._again:
            self.ran += 1
            self._again[key] = asyncio.ensure_future(run())
        return await self._again[key]


def _compared(old: Evidence, new: Evidence | ProofsetError, where: str) -> Iterator[Fault]:
    if isinstance(new, ProofsetError):
        yield Fault("cannot_run_again", f"{where}{new}")
        return
    if (old.kind, old.forgeable) != (new.kind, new.forgeable):
        yield Fault("altered", f"{where}evidence {old.check}: it is of kind {new.kind.value}")
    # What was open before may be decided now; against the record it may not be.
    if old.outcome is not new.outcome and (
        old.outcome is not Outcome.INCONCLUSIVE or new.outcome is Outcome.FAIL
    ):
        detail = quoted(str(new.observed.get("detail") or ""), 160)
        yield Fault(
            "outcome",
            f"{where}evidence {old.check}: was {old.outcome.value}, now is {new.outcome.value}: {detail}",
        )


async def _own_tests(record: Record, work: _Work) -> list[Fault]:
    """The tests that the record holds pass on the code that it holds."""
    entry = next((e for e in record.verdict.evidence if isinstance(e.inputs.get("entry_point"), str)), None)
    if not record.tests or entry is None:
        return []
    code, tests, name = code_in(record.output), "\n".join(record.tests), str(entry.inputs["entry_point"])
    same = [e for e in record.verdict.evidence if _ran(e, code, tests)]
    if same:
        return []
    key = json.dumps(["own tests", code, tests])
    found = await work.once(
        key, lambda: solution_passes_tests(code, tests, name, work.sandbox, basis=entry.basis)
    )
    return _must_pass(found, "tests_fail", "its own tests on its own output")


def _ran(evidence: Evidence, code: str, tests: str) -> bool:
    given = evidence.inputs
    return (
        evidence.check == "solution_passes_tests"
        and str(given.get("solution")).strip() == code.strip()
        and given.get("tests") == tests
    )


async def _own_answer(record: Record, work: _Work) -> list[Fault]:
    """The output ends in the record's answer, and what it calculates is true."""
    answer = record.answer
    if answer is None:
        return []
    last = record.output.rstrip().rpartition("\n")[2].strip()
    stated = last.startswith("Answer:")
    given = last.removeprefix("Answer:").strip() if stated else record.output
    equal = await work.once(
        json.dumps(["own answer", given]),
        lambda: answer_agrees(given, answer, work.sandbox, basis="none"),
    )
    found = _must_pass(equal, "other_answer", f"the answer of its output, {quoted(given)}")
    if not stated and isinstance(equal, Evidence) and equal.outcome is Outcome.INCONCLUSIVE:
        # Prose of a graph of one's own may hold its answer where nothing here reads it.
        found = []
    held = await calculations_hold(record.output, work.sandbox, basis="none")
    return found + (_must_pass(held, "false_calculation", "its own calculations") if held else [])


def _must_pass(found: Evidence | ProofsetError, code: str, what: str) -> list[Fault]:
    if isinstance(found, ProofsetError):
        return [Fault("cannot_run_again", str(found))]
    if found.outcome is Outcome.PASS:
        return []
    detail = quoted(str(found.observed.get("detail") or ""), 160)
    return [Fault(code, f"{what}: {found.outcome.value}, {detail}")]
