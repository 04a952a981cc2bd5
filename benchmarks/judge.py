"""How often a judge errs, on labelled examples; prints Markdown with Wilson 95 % intervals.

    python benchmarks/judge.py ROWS.jsonl --model SPEC
    python benchmarks/judge.py ROWS.jsonl --model SPEC --samples 3 --minimum 3 --agreement 0.6 --limit 100

Rows are {instruction, response, good}; other fields are ignored, and the judge sees no label. A false accept
is a bad example that is kept, a false reject a good one that is not, abstentions in. Of a share of the good
examples a canary is made, which is bad on purpose. Kappa is of the decided rows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from shares import shown

from proofset.agents.judging import (
    ALL_KINDS,
    PROGRAM_KINDS,
    Bounds,
    Calibration,
    CanaryKind,
    CanaryOutcome,
    Example,
    Labelled,
    Panel,
    calibrate,
)
from proofset.agents.judging.calibration import Cell
from proofset.errors import ProofsetError, UsageError
from proofset.models import ModelPool
from proofset.records import Decision


def read_rows(path: Path) -> list[Labelled]:
    """Raises UsageError: the file cannot be read, is empty, or a row lacks a field."""
    rows: list[Labelled] = []
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            match row:
                case {"instruction": str(instruction), "response": str(response), "good": bool(good)}:
                    rows.append(Labelled(Example(instruction, response), good))
                case _:
                    raise ValueError("a field is missing or of another type")
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror})") from error
    except ValueError as error:
        raise UsageError(
            f"{path} line {len(rows) + 1}: {error}; rows need instruction, response and good"
        ) from error
    if not rows:
        raise UsageError(f"{path}: it has no rows; write one JSON object per line")
    return rows


async def measure(rows: Sequence[Labelled], given: argparse.Namespace) -> Calibration:
    pool = ModelPool({"judge": given.model})
    try:
        await pool.check()
        panel = Panel(
            await pool.of("judge"),
            bounds=Bounds(given.minimum, given.agreement),
            samples=given.samples,
            seed=given.seed,
        )
        kinds = PROGRAM_KINDS if given.programs else ALL_KINDS
        return await calibrate(panel, rows, canary_share=given.canaries, canary_kinds=kinds, seed=given.seed)
    finally:
        await pool.close()


def tables(name: str, found: Calibration) -> str:
    """The measure as three tables: shares, confusion, canaries."""
    decisions = (Decision.ACCEPT, Decision.REJECT, Decision.ABSTAIN)
    cells = (
        name,
        *(shown(*share) for share in (found.false_accepts, found.false_rejects, found.abstentions)),
        _number(found.kappa),
        _number(found.self_agreement),
        shown(*found.unreadable),
        shown(*found.canaries_passed),
    )
    lines = [
        "| judge | false accepts | false rejects, abstentions in | abstentions | kappa | self-agreement "
        "| unreadable samples | canaries kept |",
        "|---|" + "--:|" * 7,
        f"| {' | '.join(cells)} |",
        "",
        "| label | kept | turned down | abstained |",
        "|---|--:|--:|--:|",
    ]
    for label, good in (("good", True), ("bad", False)):
        counts = [str(found.confusion.get(Cell(good, decision), 0)) for decision in decisions]
        lines.append(f"| {label} | {' | '.join(counts)} |")
    outcomes = (CanaryOutcome.CAUGHT, CanaryOutcome.UNDECIDED, CanaryOutcome.PASSED)
    lines += ["", f"| canary | {' | '.join(outcomes)} |", "|---|--:|--:|--:|"]
    for kind in CanaryKind:
        if kind in found.canaries:
            counts = [str(found.canaries[kind].get(outcome, 0)) for outcome in outcomes]
            lines.append(f"| {kind} | {' | '.join(counts)} |")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", type=Path, help="labelled examples, JSONL")
    parser.add_argument("--model", required=True, help="spec of the judge's model")
    parser.add_argument("--samples", type=int, default=1, help="how often it is asked about one example")
    parser.add_argument("--minimum", type=int, choices=range(1, 6), default=3, help="lowest score to keep")
    parser.add_argument("--agreement", type=float, default=Bounds().agreement, help="lowest self-agreement")
    parser.add_argument("--canaries", type=float, default=1.0, help="share of good examples with a canary")
    parser.add_argument("--programs", action="store_true", help="responses are programs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, help="only the first rows")
    given = parser.parse_args(arguments)
    try:
        rows = read_rows(given.rows)[: given.limit]
        print(tables(given.model, asyncio.run(measure(rows, given))))
    except ProofsetError as error:
        print(f"benchmarks/judge.py: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
