"""The measure of claimed problems: defective ones accepted, valid ones kept, per kind of defect.

Rows are {problem, claimed_answer, program, peers, label: {valid, defect}}; the checker never sees the label.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shares import shown

from proofset.errors import UsageError
from proofset.records import Decision
from proofset.tools.problems import Claim, ProblemVerdict, decide, verify_problem
from proofset.tools.sandbox import Sandbox, open_sandbox

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    claim: Claim
    valid: bool
    defect: str


class Ruled(NamedTuple):
    """A verdict with the peers' programs, and the one that the same findings give without them.

    `begun` and `ended` are seconds of a clock, for the time that all rows took together.
    """

    whole: ProblemVerdict
    alone: ProblemVerdict
    begun: float
    ended: float


def read_claims(path: Path) -> list[LabelledClaim]:
    """Raises UsageError: the file cannot be read, or a row lacks a field."""
    rows: list[LabelledClaim] = []
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            claim = Claim(row["problem"], row["claimed_answer"], row["program"], tuple(row["peers"]))
            label = row["label"]
            rows.append(LabelledClaim(claim, label["valid"] is True, label.get("defect") or "none"))
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} line {len(rows) + 1}: {error!r}; rows need problem, claimed_answer, program, label"
        ) from error
    return rows


async def rule(rows: Sequence[LabelledClaim]) -> list[Ruled]:
    sandbox = await asyncio.to_thread(open_sandbox)
    turn = asyncio.Semaphore(AT_ONCE)
    try:
        return list(await asyncio.gather(*(_ruled(row.claim, sandbox, turn) for row in rows)))
    finally:
        await sandbox.close()


async def _ruled(claim: Claim, sandbox: Sandbox, turn: asyncio.Semaphore) -> Ruled:
    async with turn:
        begun = time.perf_counter()
        whole = await verify_problem(claim, sandbox)
        ended = time.perf_counter()
    rest = {name: finding for name, finding in whole.findings.items() if name != "peers"}
    return Ruled(whole, decide(rest), begun, ended)


def overall(name: str, rows: Sequence[LabelledClaim], verdicts: Sequence[ProblemVerdict]) -> str:
    taken = {True: 0, False: 0}
    for row, verdict in zip(rows, verdicts, strict=True):
        taken[row.valid] += verdict.decision is Decision.ACCEPT
    valid = sum(row.valid for row in rows)
    abstained = sum(verdict.decision is Decision.ABSTAIN for verdict in verdicts)
    defective = shown(taken[False], len(rows) - valid)
    return f"| {name} | {defective} | {shown(taken[True], valid)} | {shown(abstained, len(rows))} |"


def confusion(rows: Sequence[LabelledClaim], ruled: Sequence[Ruled]) -> str:
    """Per kind of defect: what became of it with and without peers, and the reasons given with them."""
    counts: dict[str, Counter[str]] = {}
    for row, both in zip(rows, ruled, strict=True):
        count = counts.setdefault(row.defect, Counter())
        count[both.whole.decision.value] += 1
        count[f"alone {both.alone.decision.value}"] += 1
        if both.whole.code:
            count[f"code {both.whole.code}"] += 1
    lines = [
        "| defect | accepted | rejected | abstained | alone: accepted | rejected | abstained | reasons |",
        "|---|" + "--:|" * 6 + "---|",
    ]
    for defect, count in sorted(counts.items()):
        words = [decision.value for decision in Decision]
        cells = [count[word] for word in words] + [count[f"alone {word}"] for word in words]
        codes = ", ".join(f"{key[5:]} {n}" for key, n in sorted(count.items()) if key.startswith("code "))
        lines.append(f"| {defect} | {' | '.join(map(str, cells))} | {codes} |")
    return "\n".join(lines)


def tables(rows: Sequence[LabelledClaim], ruled: Sequence[Ruled]) -> str:
    lines = [
        "| problems | defective accepted | valid kept | abstentions |",
        "|---|--:|--:|--:|",
        overall("with peers", rows, [both.whole for both in ruled]),
        overall("without peers", rows, [both.alone for both in ruled]),
    ]
    seconds = max(one.ended for one in ruled) - min(one.begun for one in ruled) if ruled else 0.0
    took = f"{len(rows)} claims in {seconds:.1f} s, {AT_ONCE} at once"
    return "\n".join([*lines, "", took, "", confusion(rows, ruled)])
