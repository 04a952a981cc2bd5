"""Programs that print one answer: run one in the sandbox and read what it printed."""

from __future__ import annotations

from dataclasses import asdict
from typing import NamedTuple

from ...records import Outcome
from ..sandbox import Job, Limits, Result, Sandbox

PROGRAM_LIMITS = Limits(cpu_s=4.0, wall_s=30.0, output_bytes=4096)
_MAX_ANSWER_CHARS = 2000


class Printed(NamedTuple):
    """What a program printed. `answer` is empty unless the outcome is a pass.

    A pass means that it ended by itself, well, and printed exactly one line.
    """

    outcome: Outcome
    answer: str
    detail: str


async def run_answer_program(source: str, sandbox: Sandbox, limits: Limits = PROGRAM_LIMITS) -> Printed:
    """Run a program that reads nothing and prints its answer."""
    result = await sandbox.run(Job(source, profile="math", limits=limits))
    if not result.conclusive:
        return Printed(Outcome.INCONCLUSIVE, "", f"the sandbox could not run it: {result.kind.value}")
    if not result.ok:
        return Printed(Outcome.FAIL, "", f"it ended with {result.kind.value}{_last_line(result)}")
    lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
    if len(lines) != 1:
        return Printed(Outcome.FAIL, "", f"it printed {len(lines)} lines, not one")
    if len(lines[0]) > _MAX_ANSWER_CHARS:
        return Printed(Outcome.FAIL, "", f"it printed {len(lines[0])} characters, more than an answer has")
    return Printed(Outcome.PASS, lines[0], "")


def limits_json(limits: Limits = PROGRAM_LIMITS) -> dict[str, float | int]:
    """Limits as evidence keeps them: seconds and bytes."""
    return asdict(limits)


def _last_line(result: Result) -> str:
    lines = result.stderr.strip().splitlines()
    return f" ({lines[-1][:200]})" if lines else ""
