"""The code verifier on labelled solutions: wrong accepted, right kept, abstained; with and without the peers.

    python benchmarks/code_solutions.py SOLUTIONS.jsonl                 all rows; all that follows is optional
    python benchmarks/code_solutions.py SOLUTIONS.jsonl --half 0        the problems of one half, by a hash
    python benchmarks/code_solutions.py SOLUTIONS.jsonl --every 9       each ninth row, by a hash
    python benchmarks/code_solutions.py SOLUTIONS.jsonl --alone         without the peers too

Rows are {id, prompt, entry_point, solution, tests, peers, label: {is_correct, passes_weak}}; the verifier
sees no label. What stands in an id before `#` names the problem.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from shares import shown

from proofset.errors import UsageError
from proofset.records import Decision
from proofset.tools.programs.examining import CodeTask, Examination, examine
from proofset.tools.sandbox import Job, Result, open_sandbox

AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    id: str
    task: CodeTask
    right: bool
    passes: bool
    """The given tests, as the label has it."""

    @property
    def kind(self) -> str:
        if self.right:
            return "right"
        return "wrong, passes its tests" if self.passes else "wrong, fails its tests"


def read_solutions(path: Path) -> list[Labelled]:
    """Raises UsageError: the file cannot be read, or a row lacks a field."""
    rows: list[Labelled] = []
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            tests, label = "\n".join(row["tests"]), row["label"]
            task = CodeTask(row["prompt"], row["entry_point"], row["solution"], tests, tuple(row["peers"]))
            rows.append(
                Labelled(str(row["id"]), task, label["is_correct"] is True, label["passes_weak"] is True)
            )
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        fields = "id, prompt, entry_point, solution, tests, peers and label"
        raise UsageError(f"{path} line {len(rows) + 1}: {error!r}; rows need {fields}") from error
    return rows


class Cost(NamedTuple):
    """Of rows in all: wall seconds, CPU seconds in the sandbox and outside of it, and jobs."""

    wall_s: float
    sandbox_cpu_s: float
    host_cpu_s: float
    jobs: int

    def per_row(self, rows: int) -> str:
        return (
            f"{self.wall_s / rows:.2f} s per row; CPU ms per row: {1000 * self.sandbox_cpu_s / rows:.0f} in "
            f"{self.jobs / rows:.1f} jobs, {1000 * self.host_cpu_s / rows:.0f} outside"
        )


class Measured(NamedTuple):
    found: list[Examination]
    cost: Cost


async def examined(tasks: Sequence[CodeTask]) -> Measured:
    sandbox = await asyncio.to_thread(open_sandbox)
    turns = asyncio.Semaphore(AT_ONCE)
    used: list[float] = []
    run = sandbox.run

    async def counted(job: Job) -> Result:
        result = await run(job)
        used.append(result.cpu_s)
        return result

    async def one(task: CodeTask) -> Examination:
        async with turns:
            return await examine(task, sandbox)

    # What a job cost is known to nobody but the sandbox.
    sandbox.run = counted  # type: ignore[method-assign]
    wall, host = time.perf_counter(), time.process_time()
    try:
        found = list(await asyncio.gather(*map(one, tasks)))
    finally:
        await sandbox.close()
    cost = Cost(time.perf_counter() - wall, sum(used), time.process_time() - host, len(used))
    return Measured(found, cost)


def number_of(text: str) -> int:
    """A number that a text always has, and that says nothing about it."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def chosen(rows: Sequence[Labelled], *, half: int | None, every: int) -> list[Labelled]:
    """The rows whose problem is in one of two halves, and of these a share."""
    of_half = [row for row in rows if half is None or number_of(row.id.partition("#")[0]) % 2 == half]
    return [row for row in of_half if number_of(f"row {row.id}") % every == 0]


def overall(name: str, rows: Sequence[Labelled], decisions: Sequence[Decision]) -> str:
    right = [decision for row, decision in zip(rows, decisions, strict=True) if row.right]
    wrong = [decision for row, decision in zip(rows, decisions, strict=True) if not row.right]
    cells = (
        name,
        shown(wrong.count(Decision.ACCEPT), len(wrong)),
        shown(right.count(Decision.ACCEPT), len(right)),
        shown(list(decisions).count(Decision.ABSTAIN), len(decisions)),
    )
    return f"| {' | '.join(cells)} |"


def confusion(rows: Sequence[Labelled], found: Sequence[Examination]) -> str:
    """Per kind of solution: what became of it and why."""
    counts = Counter(
        (row.kind, each.decision.value, each.code) for row, each in zip(rows, found, strict=True)
    )
    lines = ["| kind | verdict | reason | solutions |", "|---|---|---|--:|"]
    lines += [f"| {' | '.join(key)} | {count} |" for key, count in sorted(counts.items())]
    return "\n".join(lines)


def tables(path: Path, *, half: int | None = None, every: int = 1, alone: bool = True) -> str:
    """The table of all, beside the given tests alone, the confusion of the verifier, and its cost."""
    rows = chosen(read_solutions(path), half=half, every=every)
    with_peers = asyncio.run(examined([row.task for row in rows]))
    by_tests = [
        Decision.REJECT if each.code == "fails_tests" else Decision.ACCEPT for each in with_peers.found
    ]
    lines = [
        "| code | wrong accepted | right kept | abstentions |",
        "|---|--:|--:|--:|",
        overall("proofset", rows, [each.decision for each in with_peers.found]),
        overall("the given tests", rows, by_tests),
    ]
    if alone:
        without = asyncio.run(examined([replace(row.task, peers=()) for row in rows]))
        lines.append(overall("proofset, peers left out", rows, [each.decision for each in without.found]))
    cost = with_peers.cost.per_row(max(len(rows), 1))
    return "\n\n".join(("\n".join(lines), confusion(rows, with_peers.found), cost))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", type=Path, help="labelled rows, JSONL")
    parser.add_argument("--half", type=int, choices=(0, 1), help="problems of one half only")
    parser.add_argument("--every", type=int, default=1, help="of the rows, one in so many")
    parser.add_argument("--alone", action="store_true", help="without the peers too")
    given = parser.parse_args()
    print(tables(given.rows, half=given.half, every=given.every, alone=given.alone))


if __name__ == "__main__":
    main()
