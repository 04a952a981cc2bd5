"""Mode `stdio`: whole programs, a fresh job for each case, and a comparison outside of it.

Outputs are equal when they are the same line by line, white space at the ends of lines and empty lines at
the end of the text left aside. A program that ends with another exit code than 0 fails its case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from ..sandbox import Job, Limits, Profile, Sandbox
from .calls import ending
from .results import CaseResult, CaseStatus, Mode, SuiteResult, cut, suite_result

CASE_LIMITS = Limits(cpu_s=4.0, wall_s=30.0, output_bytes=1024 * 1024)


class StdioCase(NamedTuple):
    """What a program reads, and what it must print."""

    stdin: str
    expected: str


async def check_stdio(
    program: str,
    cases: Sequence[StdioCase],
    sandbox: Sandbox,
    *,
    limits: Limits = CASE_LIMITS,
    profile: Profile = "plain",
) -> SuiteResult:
    """Run a program once for each case, each time in a job of its own."""

    async def one(number: int, case: StdioCase) -> CaseResult:
        job = Job(program, stdin=case.stdin, profile=profile, limits=limits)
        result = await sandbox.run(job)
        name = f"case {number}"
        if not result.ok:
            status = CaseStatus.FAILED if result.conclusive else CaseStatus.UNDECIDED
            return CaseResult(name, status, f"the program {ending(result)}")
        expected, got = normal_output(case.expected), normal_output(result.stdout)
        if expected == got:
            return CaseResult(name, CaseStatus.PASSED)
        return CaseResult(name, CaseStatus.FAILED, expected=cut(repr(expected)), got=cut(repr(got)))

    found = await asyncio.gather(*(one(number, case) for number, case in enumerate(cases, 1)))
    return suite_result(Mode.STDIO, tuple(found), calls=len(found))


def normal_output(text: str) -> str:
    """A text without white space at the ends of its lines and without empty lines at its end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")
