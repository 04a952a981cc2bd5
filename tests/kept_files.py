"""What a run has written, read back."""

from __future__ import annotations

from pathlib import Path

from proofset.records import Record, Rejection, Risk


def records(out: Path) -> list[Record]:
    """All that is kept, in the order of the slots: those of unverified facts are in a file apart."""
    found = []
    for name in ("records.jsonl", "unverified.jsonl"):
        lines = (out / name).read_text().splitlines() if (out / name).exists() else []
        read = [Record.model_validate_json(line) for line in lines]
        factual = [record.risk is Risk.UNVERIFIED_FACTUAL for record in read]
        assert all(factual) if name == "unverified.jsonl" else not any(factual)
        found += read
    return sorted(found, key=lambda record: record.lineage.slot)


def rejections(out: Path) -> list[Rejection]:
    """All attempts that were turned down, in the order of the slots."""
    return [Rejection.model_validate_json(line) for line in (out / "rejected.jsonl").read_text().splitlines()]
