"""What a run has written, read back."""

from __future__ import annotations

from pathlib import Path

from proofset.records import Record, Rejection, Risk

_APART = {
    "records.jsonl": None,
    "unverified.jsonl": Risk.UNVERIFIED_FACTUAL,
    "red_team.jsonl": Risk.RED_TEAM,
}


def records(out: Path) -> list[Record]:
    """All that is kept, in the order of the slots: of unverified facts and of a red team in files apart."""
    found = []
    for name, apart in _APART.items():
        lines = (out / name).read_text().splitlines() if (out / name).exists() else []
        read = [Record.model_validate_json(line) for line in lines]
        risks = {record.risk for record in read}
        assert risks <= ({apart} if apart else set(Risk) - set(_APART.values()))
        found += read
    return sorted(found, key=lambda record: record.lineage.slot)


def rejections(out: Path) -> list[Rejection]:
    """All attempts that were turned down, in the order of the slots."""
    found = []
    for name in ("rejected.jsonl", "red_team_rejected.jsonl"):
        lines = (out / name).read_text().splitlines() if (out / name).exists() else []
        read = [Rejection.model_validate_json(line) for line in lines]
        assert all(one.origin.is_red_team is (name == "red_team_rejected.jsonl") for one in read)
        found += read
    return sorted(found, key=lambda rejection: rejection.slot)
