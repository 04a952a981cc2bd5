"""The code verifier on labelled solutions: wrong accepted, right kept, abstained; with and without the peers.

Rows are {prompt, entry_point, solution, tests, peers, label: {is_correct, passes_weak}}; the verifier sees
no label.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shares import shown

from proofset.errors import UsageError
from proofset.records import Decision
from proofset.tools.programs.examining import CodeTask, Examination, examine
from proofset.tools.sandbox import open_sandbox

AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Labelled:
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
            rows.append(Labelled(task, label["is_correct"] is True, label["passes_weak"] is True))
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        fields = "prompt, entry_point, solution, tests, peers and label"
        raise UsageError(f"{path} line {len(rows) + 1}: {error!r}; rows need {fields}") from error
    return rows


async def examined(tasks: Sequence[CodeTask]) -> list[Examination]:
    sandbox = await asyncio.to_thread(open_sandbox)
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(task: CodeTask) -> Examination:
        async with turns:
            return await examine(task, sandbox)

    try:
        return list(await asyncio.gather(*map(one, tasks)))
    finally:
        await sandbox.close()


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


def tables(path: Path) -> str:
    """The table of all, beside the given tests alone, and the confusion of the verifier with peers."""
    rows = read_solutions(path)
    with_peers = asyncio.run(examined([row.task for row in rows]))
    without = asyncio.run(examined([replace(row.task, peers=()) for row in rows]))
    by_tests = [Decision.REJECT if each.code == "fails_tests" else Decision.ACCEPT for each in with_peers]
    lines = [
        "| code | wrong accepted | right kept | abstentions |",
        "|---|--:|--:|--:|",
        overall("proofset", rows, [each.decision for each in with_peers]),
        overall("proofset, peers left out", rows, [each.decision for each in without]),
        overall("the given tests", rows, by_tests),
    ]
    return "\n\n".join(("\n".join(lines), confusion(rows, with_peers)))
