"""How often the verifiers err, on labelled rows; prints Markdown with Wilson 95 % intervals.

    python benchmarks/verifiers.py answers PAIRS.jsonl               beside math-verify, where it is installed
    python benchmarks/verifiers.py answers PAIRS.jsonl --alone       without it
    python benchmarks/verifiers.py problems CLAIMS.jsonl             with and without the peers' programs
    python benchmarks/verifiers.py code SOLUTIONS.jsonl              with and without the peers' solutions
    python benchmarks/verifiers.py consensus GRADED.jsonl            of several models, and its own estimate

Rows of PAIRS are {gold, answer, equivalent} with problem, kind and type where there are any. The checker sees
neither `equivalent` nor `kind`. A false accept is an accepted pair that is not equivalent, a false reject an
equivalent pair that is rejected or abstained from. Time is CPU time of the pair in its job, start-up aside;
for math-verify, which runs unprotected in a process of its own, wall time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import code_solutions
import consensus
from problem_claims import read_claims, rule, tables
from shares import quantile, shown

from proofset.errors import ProofsetError, UsageError
from proofset.records import Answer, AnswerType, Outcome
from proofset.tools.answers import Pair, compare_answers
from proofset.tools.sandbox import open_sandbox

ANCHOR = "math-verify"
WINDOW = 256


@dataclass(frozen=True, slots=True)
class Labelled:
    pair: Pair
    equivalent: bool
    kind: str


class Call(NamedTuple):
    """One verdict: accept, reject or abstain, and what it took."""

    verdict: str
    seconds: float


def read_pairs(path: Path) -> list[Labelled]:
    """Raises UsageError: the file cannot be read, or a row lacks a field."""
    rows: list[Labelled] = []
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            kind, given = row.get("type"), (row["answer"], row.get("problem") or "")
            expected = Answer(type=AnswerType(kind), value=row["gold"]) if kind else row["gold"]
            rows.append(Labelled(Pair(expected, *given), row["equivalent"] is True, row.get("kind", "all")))
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror})") from error
    except (ValueError, KeyError) as error:
        raise UsageError(
            f"{path} line {len(rows) + 1}: {error!r}; rows need gold, answer and equivalent"
        ) from error
    return rows


async def ours(rows: Sequence[Labelled]) -> list[Call]:
    words = {Outcome.PASS: "accept", Outcome.FAIL: "reject", Outcome.INCONCLUSIVE: "abstain"}
    sandbox = await asyncio.to_thread(open_sandbox)
    calls: list[Call] = []
    try:
        for at in range(0, len(rows), WINDOW):
            compared = await compare_answers([row.pair for row in rows[at : at + WINDOW]], sandbox)
            calls += [Call(words[c.outcome], c.cpu_s) for c in compared]
    finally:
        await sandbox.close()
    return calls


def anchor(rows: Sequence[Labelled]) -> list[Call]:
    """What math-verify says. It works in the main thread only, hence in a process of its own."""
    asked = "".join(json.dumps([row.pair.gold, row.pair.given]) + "\n" for row in rows)
    done = subprocess.run(
        [sys.executable, __file__, "--anchor"], input=asked, capture_output=True, text=True, check=False
    )
    calls = [Call(*json.loads(line)) for line in done.stdout.splitlines()]
    return calls + [Call("abstain", 0.0)] * (len(rows) - len(calls))


def answer_as_anchor() -> None:
    """The other process: pairs on standard input, verdicts on standard output."""
    library = import_module("math_verify")
    for line in sys.stdin:
        gold, given = json.loads(line)
        begun = time.perf_counter()
        try:
            same = library.verify(library.parse(_wrapped(gold)), library.parse(_wrapped(given)))
            verdict = "accept" if same else "reject"
        except Exception:
            verdict = "abstain"
        print(json.dumps([verdict, time.perf_counter() - begun]), flush=True)


def _wrapped(text: str) -> str:
    """A formula as math-verify wants to find it."""
    return text if "$" in text or "\\boxed" in text or "\\(" in text or "\\[" in text else f"${text}$"


def overall(name: str, rows: Sequence[Labelled], calls: Sequence[Call]) -> str:
    equal = [call.verdict for row, call in zip(rows, calls, strict=True) if row.equivalent]
    other = [call.verdict for row, call in zip(rows, calls, strict=True) if not row.equivalent]
    abstained = sum(call.verdict == "abstain" for call in calls)
    times = [call.seconds for call in calls]
    cells = (
        name,
        shown(other.count("accept"), len(other)),
        shown(len(equal) - equal.count("accept"), len(equal)),
        shown(abstained, len(calls)),
        *(f"{1000 * quantile(times, share):.0f}" for share in (0.5, 0.99, 1.0)),
    )
    return f"| {' | '.join(cells)} |"


def confusion(rows: Sequence[Labelled], calls: Sequence[Call]) -> str:
    """Per kind: what became of equivalent and of other pairs."""
    counts: dict[str, Counter[tuple[bool, str]]] = {}
    for row, call in zip(rows, calls, strict=True):
        counts.setdefault(row.kind, Counter())[row.equivalent, call.verdict] += 1
    head = "| kind | equal: accepted | rejected | abstained | other: accepted | rejected | abstained |"
    lines = [head, "|---|" + "--:|" * 6]
    for kind, count in sorted(counts.items()):
        cells = [
            count[same, verdict] for same in (True, False) for verdict in ("accept", "reject", "abstain")
        ]
        lines.append(f"| {kind} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def answers(arguments: argparse.Namespace) -> None:
    rows = read_pairs(arguments.rows)
    calls = asyncio.run(ours(rows))
    head = (
        "| answers | false accepts | false rejects, abstentions in | abstentions | p50 ms | p99 ms | max ms |"
    )
    lines = [head, "|---|--:|--:|--:|--:|--:|--:|", overall("proofset", rows, calls)]
    if not arguments.alone and find_spec("math_verify"):
        lines.append(overall(ANCHOR, rows, anchor(rows)))
    print("\n".join(lines), confusion(rows, calls), sep="\n\n")


def problems(arguments: argparse.Namespace) -> None:
    rows = read_claims(arguments.rows)
    print(tables(rows, asyncio.run(rule(rows))))


def code(arguments: argparse.Namespace) -> None:
    print(code_solutions.tables(arguments.rows))


def agreement(arguments: argparse.Namespace) -> None:
    print(consensus.tables(arguments.rows))


MEASURES: dict[str, Callable[[Any], None]] = {
    "answers": answers,
    "problems": problems,
    "code": code,
    "consensus": agreement,
}
"""One per verifier; each prints its tables."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("measure", choices=sorted(MEASURES))
    parser.add_argument("rows", type=Path, help="labelled rows, JSONL")
    parser.add_argument("--alone", action="store_true", help="without the other checker")
    given = parser.parse_args(arguments)
    try:
        MEASURES[given.measure](given)
    except ProofsetError as error:
        print(f"benchmarks/verifiers.py: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--anchor"]:
        answer_as_anchor()
        raise SystemExit(0)
    raise SystemExit(main())
