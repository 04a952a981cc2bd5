"""Rows that people wrote and records, for tests of what is mixed and published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from proofset.records import (
    Evidence,
    EvidenceKind,
    Grade,
    Lineage,
    Message,
    Outcome,
    Record,
    Risk,
    Verdict,
    rng,
)
from proofset.seeds import load_seed_instructions

HUMAN = [
    {"id": seed.id, "instruction": seed.instruction, "output": seed.instances[0].output}
    for seed in load_seed_instructions()
]
WORDS = sorted({word for row in HUMAN for word in row["instruction"].split()})
STRONG = "openai:big-70b"


def passed(kind: EvidenceKind, basis: str) -> Evidence:
    return Evidence(kind=kind, check="c", claim="it holds", outcome=Outcome.PASS, basis=basis)


GRADED = {
    Grade.PROVED: [passed(EvidenceKind.EXECUTION, "a"), passed(EvidenceKind.SYMBOLIC, "b")],
    Grade.CHECKED: [passed(EvidenceKind.EXECUTION, "a")],
    Grade.JUDGED: [passed(EvidenceKind.JUDGE, "a")],
}


def record(
    number: int,
    *,
    grade: Grade = Grade.CHECKED,
    model: str = STRONG,
    risk: Risk = Risk.VERIFIED,
    text: str = "",
) -> Record:
    # As broad as what people wrote, though it means nothing.
    asked = text or " ".join(rng("asked", number).sample(WORDS, 8 + number % 11))
    return Record(
        id=f"self_instruct-{number}",
        method="self_instruct",
        instruction=asked,
        output="Done as asked.",
        messages=(Message(role="user", content=asked), Message(role="assistant", content="Done as asked.")),
        lineage=Lineage(seed=0, slot=number, attempt=1, models={"solver": model, "judge": "openai:j"}),
        risk=risk,
        verdict=Verdict.accept(GRADED[grade]),
    )


def lines(path: Path, rows: list[Any]) -> str:
    texts = [row.model_dump_json() if isinstance(row, Record) else json.dumps(row) for row in rows]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return str(path)
