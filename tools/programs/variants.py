"""Calls in bulk: one program answers many calls, or many mutants of one program do, in a single job."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from ..sandbox import ExitKind, Job, Limits, Sandbox
from .calls import Answers, answer_of, ending
from .expressions import Answer, AnswerKind, Call
from .results import cut
from .shipped import shipped, start_of

CALL_CPU_S = 0.5
MUTANT_CALL_CPU_S = 0.2
COSTLY_CALL_CPU_S = 0.1
"""One call's CPU seconds; a change that makes a loop endless is found soon."""
PATIENCE = 1
"""Calls that may run out of time before the program is asked no more; no costly call may."""
BULK_LIMITS = Limits(cpu_s=8.0, wall_s=60.0, output_bytes=8 * 1024 * 1024)
MUTANT_LIMITS = Limits(cpu_s=20.0, wall_s=90.0, output_bytes=8 * 1024 * 1024)
_MODULES = ("_plain", "_answer_calls", "_run_variants")
SKIPPED = "ran out of time before, and was not called"
LATE = f"no value within {CALL_CPU_S:g} CPU seconds"
CHANGES = "an argument is not as it was"
"""Detail of a value whose call changed its arguments."""


def _job(
    programs: Sequence[str],
    calls: Sequence[Call],
    costly: Collection[int],
    entry: str,
    seed: int,
    limits: Limits,
    *,
    digests: bool,
) -> Job:
    request = {
        "entry": entry,
        "programs": list(programs),
        "calls": [[call.arguments, call.keywords] for call in calls],
        "costly": sorted(costly),
        "call_cpu_s": MUTANT_CALL_CPU_S if digests else CALL_CPU_S,
        "costly_cpu_s": COSTLY_CALL_CPU_S,
        "patience": 0 if digests else PATIENCE,
        "digests": digests,
    }
    return Job(
        start_of("_run_variants"),
        stdin=json.dumps(request),
        files=shipped(*_MODULES),
        limits=limits,
        hash_seed=seed,
    )


async def answers_of(
    program: str,
    calls: Sequence[Call],
    entry_point: str,
    sandbox: Sandbox,
    *,
    hash_seed: int = 0,
    costly: Collection[int] = (),
    backwards: bool = False,
) -> Answers:
    """What comes of each call of a program. A call that ends its process leaves the later ones unanswered.

    An answer of kind `missing` says in its detail whether the call's CPU time or the process ended.

    Args:
        costly: numbers of the calls that have less time.
        backwards: whether the last call is made first; the costly ones still come at the end.
    """
    order = list(range(len(calls)))
    if backwards:
        order = sorted(order, key=lambda number: (number in costly, -number))
    far = [turn for turn, number in enumerate(order) if number in costly]
    job = _job([program], [calls[n] for n in order], far, entry_point, hash_seed, BULK_LIMITS, digests=False)
    result = await sandbox.run(job)
    lines = lines_of(result.stdout)
    found: list[Answer] = []
    for line in lines[1:] if lines[:1] == [["program", 0]] else []:
        if line[0] == "broken":
            why = cut(f"it cannot be loaded: {', '.join(map(str, line[1:]))}")
            return Answers((Answer(AnswerKind.MISSING, detail=why),) * len(calls), why)
        answer = _answer(line)
        if line == ["end"] or answer is None or len(found) == len(calls):
            break
        found.append(answer)
    how = ending(result) if result.kind is not ExitKind.OK else "ended before its time"
    missing = Answer(AnswerKind.MISSING, detail=f"no value: it {how}")
    short = len(calls) - len(found)
    by_turn = (*found, *(missing,) * short)
    by_number = dict(zip(order, by_turn, strict=True))
    return Answers(tuple(by_number[n] for n in range(len(calls))), conclusive=not short or result.conclusive)


def _answer(line: list[object]) -> Answer | None:
    if line == ["timeout"]:
        return Answer(AnswerKind.MISSING, detail=LATE)
    if line == ["skipped"]:
        return Answer(AnswerKind.MISSING, detail=f"no value: it {SKIPPED}")
    if len(line) == 3 and line[0] == "value" and line[2] == "changed":
        answer = answer_of(line[:2])
        return answer._replace(detail=CHANGES) if answer is not None else None
    return answer_of(line)


async def kills_of(
    original: str,
    mutants: Sequence[str],
    calls: Sequence[Call],
    entry_point: str,
    sandbox: Sandbox,
    *,
    costly: Collection[int] = (),
) -> tuple[frozenset[int] | None, ...]:
    """For each mutant the numbers of the calls on which it and the original differ; None: not found out.

    The mutants are their author's own code: one may spoil the finding about the others, and gains nothing
    but a poorer choice of inputs. A mutant that hangs differs there, and is not called again.
    """
    if not mutants or not calls:
        return (None,) * len(mutants)
    job = _job([original, *mutants], calls, costly, entry_point, 0, MUTANT_LIMITS, digests=True)
    lines = lines_of((await sandbox.run(job)).stdout)
    by_program: dict[int, list[str]] = {}
    number = -1
    for line in lines:
        if line[0] == "program" and isinstance(line[1], int):
            number = line[1]
        elif line[0] == "digests":
            by_program[number] = [str(part) for part in line[1:]]
        elif line[0] == "broken":
            by_program[number] = ["broken"] * len(calls)
    wanted = by_program.get(0, [])
    return tuple(
        _differing(wanted, by_program[place]) if wanted and place in by_program else None
        for place in range(1, len(mutants) + 1)
    )


def _differing(wanted: Sequence[str], got: Sequence[str]) -> frozenset[int]:
    # What the original has no digest for is no measure; a mutant's list is short where it hung.
    return frozenset(
        place for place, (one, two) in enumerate(zip(wanted, got, strict=False)) if one and one != two
    )


def lines_of(text: str) -> list[list[object]]:
    """The lines of a reply, as far as each is a list that is not empty."""
    found = []
    for line in text.split("\n")[:-1]:
        try:
            node = json.loads(line)
        except (ValueError, RecursionError, MemoryError):
            break
        if not isinstance(node, list) or not node:
            break
        found.append(node)
    return found
