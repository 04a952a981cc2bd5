"""How often the checks of an instruction's form, sum and facts err, on rows that were labelled by hand.

    python benchmarks/instruction_checks.py benchmarks/instruction_forms.jsonl     Markdown, Wilson 95 %

Rows are {part: form, instruction, response, demand, obeys}, {part: sum, instruction, input, response, pure,
right} and {part: facts, instruction, input, response, facts}. A false accept passes a response that breaks a
demand, or a wrong sum; a false reject fails one that keeps to them, or of which nothing is asked. What is not
read is neither.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shares import shown

from proofset.records import Evidence, Outcome
from proofset.tools.checks import form_as_asked, sum_is_right
from proofset.tools.instructions import facts_marked_in
from proofset.tools.sandbox import open_sandbox

Row = Mapping[str, Any]


def main(paths: Sequence[str]) -> None:
    rows = [
        json.loads(line) for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines()
    ]
    parts = {part: [row for row in rows if row["part"] == part] for part in ("form", "sum", "facts")}
    print("| check | rows | false accepts | false rejects | not read |\n|---|---|---|---|---|")
    forms = [(row, form_as_asked(row["instruction"], row["response"])) for row in parts["form"]]
    print(
        line(
            "form",
            forms,
            [row["obeys"] for row in parts["form"]],
            [row["demand"] != "none" for row, _ in forms],
        )
    )
    sums = asyncio.run(worked_out(parts["sum"]))
    print(line("sum", sums, [row["right"] is not False for row, _ in sums], [row["pure"] for row, _ in sums]))
    if parts["facts"]:
        marked = [
            bool(facts_marked_in(row["instruction"], row["input"], row["response"])) for row in parts["facts"]
        ]
        facts = [row["facts"] for row in parts["facts"]]
        missed = sum(fact and not mark for fact, mark in zip(facts, marked, strict=True))
        wrong = sum(mark and not fact for fact, mark in zip(facts, marked, strict=True))
        print(
            f"\nFacts: the rules mark {shown(sum(facts) - missed, sum(facts))} of the texts that state some, "
        )
        others = shown(wrong, len(facts) - sum(facts))
        print(f"and {others} of those that state none; a model rules on the rest.")


async def worked_out(rows: Sequence[Row]) -> list[tuple[Row, Evidence | None]]:
    sandbox = open_sandbox()
    try:
        return [
            (row, await sum_is_right(row["instruction"], row["input"], row["response"], sandbox))
            for row in rows
        ]
    finally:
        await sandbox.close()


def line(
    name: str, found: Sequence[tuple[Row, Evidence | None]], good: Sequence[bool], asked: Sequence[bool]
) -> str:
    outcomes = [None if evidence is None else evidence.outcome for _, evidence in found]
    bad = len(good) - sum(good)
    accepts = sum(one is Outcome.PASS and not ok for one, ok in zip(outcomes, good, strict=True))
    # A demand that is read where there is none is a false reject only where it turns the response down.
    rejects = sum(one is Outcome.FAIL and ok for one, ok in zip(outcomes, good, strict=True))
    unread = sum(one is None and wanted for one, wanted in zip(outcomes, asked, strict=True))
    return (
        f"| {name} | {len(found)} | {shown(accepts, bad)} | {shown(rejects, sum(good))} "
        f"| {shown(unread, sum(asked))} |"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
