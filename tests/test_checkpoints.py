"""Human check-points of Evol-Instruct: a run waits for people, and goes on by what they decide."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kept_files import records, rejections
from scripted_evol import KEPT, evol_rows, evolved, respond_by

import proofset
from proofset.cli import cli
from proofset.engine import Summary
from proofset.models.scripted import ScriptedChat

SETTINGS = {"judge_canary_share": 0.0, "checkpoint_every": 2}
CHAT = ScriptedChat(respond=respond_by(lambda slot, round_: KEPT))
Decide = Callable[[dict[str, Any]], dict[str, Any]]


async def started(out: Path, n: int = 3, **settings: Any) -> Summary:
    return await proofset.arun(
        "evol_instruct", n=n, model=CHAT, out=out, settings=SETTINGS | settings, concurrency=2
    )


def waiting(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "review.jsonl").read_text().splitlines()]


def fill_in(out: Path, decide: Decide) -> None:
    rows = [row | decide(row) for row in waiting(out)]
    (out / "review.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


async def until_finished(out: Path, decide: Decide) -> Summary:
    summary = await proofset.aresume(out, model=CHAT)
    while summary.status == "awaiting_review":
        fill_in(out, decide)
        summary = await proofset.aresume(out, model=CHAT)
    return summary


def accept(row: dict[str, Any]) -> dict[str, Any]:
    return {"decision": "accept"}


async def test_a_run_waits_for_people_and_says_what_for(tmp_path: Path) -> None:
    out = tmp_path / "run"
    summary = await started(out)
    assert (summary.status, summary.kept, summary.slots) == ("awaiting_review", 0, 0)
    assert summary.files["review"] == str(out / "review.jsonl")
    rows = waiting(out)
    assert [(row["slot"], row["round"], row["decision"]) for row in rows] == [
        (0, 2, ""),
        (1, 2, ""),
        (2, 2, ""),
    ]
    assert rows[1]["instruction"] == evolved(1, 1)
    assert rows[1]["response"] == "It is blue, as line 1 says in round 1."
    assert len(rows[1]["ancestors"]) == len(rows[1]["operators"]) == 2
    # Nothing filled in: it waits on, and nothing is paid for again.
    again = await proofset.aresume(out, model=CHAT)
    assert (again.status, again.paid.calls) == ("awaiting_review", 0)
    assert waiting(out) == rows


async def test_what_is_accepted_is_what_a_run_without_people_keeps(tmp_path: Path) -> None:
    await started(tmp_path / "run")
    summary = await until_finished(tmp_path / "run", accept)
    await started(tmp_path / "plain", checkpoint_every=None)
    assert summary.status == "finished"
    assert records(tmp_path / "run") == records(tmp_path / "plain")
    assert not (tmp_path / "run" / "review.jsonl").exists()
    # Two check-points of three lines each.
    assert len((tmp_path / "run" / "decisions.jsonl").read_text().splitlines()) == 6


async def test_what_is_edited_is_answered_and_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "run"

    def edit(row: dict[str, Any]) -> dict[str, Any]:
        mended = f"{row['instruction']} Be kind."
        return {"decision": "edit", "edited": mended} if row["round"] == 2 else accept(row)

    await started(out)
    await until_finished(out, edit)
    for record in records(out):
        slot = record.lineage.slot
        assert record.lineage.operators[2] == "human_edit"
        assert record.lineage.ancestors[1:] == (
            evolved(slot, 0),
            evolved(slot, 1),
            f"{evolved(slot, 1)} Be kind.",
            evolved(slot, 2),
        )
        assert record.instruction == evolved(slot, 3)


async def test_an_edit_of_the_last_round_is_kept_with_an_answer_of_its_own(tmp_path: Path) -> None:
    out = tmp_path / "run"
    await started(out, n=1, checkpoint_every=4)
    await until_finished(out, lambda row: {"decision": "edit", "edited": "Praise a heron in plain words."})
    (record,) = records(out)
    assert record.instruction == "Praise a heron in plain words."
    assert record.output == "It is blue, as line 0 says in round 3."


async def test_what_is_rejected_ends_the_line_with_the_reason(tmp_path: Path) -> None:
    out = tmp_path / "run"
    await started(out, n_attempts=1)
    no = {"decision": "reject", "reason": "nobody asks that"}
    summary = await until_finished(out, lambda row: no if row["slot"] == 1 else accept(row))
    assert summary.reasons == {"checkpoint: turned_down": 1}
    (rejection,) = rejections(out)
    assert (rejection.slot, rejection.reason) == (1, "nobody asks that")
    assert [record.lineage.slot for record in records(out)] == [0, 2]


async def test_decisions_are_part_of_a_replay(tmp_path: Path) -> None:
    out = tmp_path / "run"
    await started(out)
    await until_finished(
        out, lambda row: {"decision": "reject"} if (row["slot"], row["round"]) == (1, 4) else accept(row)
    )
    summary = await proofset.arun("evol_instruct", n=3, model=f"scripted:{out}", out=tmp_path / "again")
    assert summary.status == "finished"
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (out / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


async def test_workers_wait_for_the_same_decisions(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text("".join(json.dumps(row) + "\n" for slot in range(3) for row in evol_rows(slot)))
    for name, workers in (("one", 1), ("two", 2)):
        out = tmp_path / name
        summary = await proofset.arun(
            "evol_instruct", n=3, model=f"scripted:{script}", out=out, settings=SETTINGS, workers=workers
        )
        while summary.status == "awaiting_review":
            fill_in(out, accept)
            summary = await proofset.aresume(out)
        assert summary.status == "finished"
    assert records(tmp_path / "one") == records(tmp_path / "two") != []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"decision": "yes"},
            "review.jsonl line 1: decision: Input should be '', 'accept', 'edit' or 'reject'",
        ),
        ({"decision": "edit"}, "an edit needs its text in `edited`"),
    ],
)
async def test_a_decision_that_is_none_is_named_by_its_line(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    out = tmp_path / "run"
    await started(out, n=1)
    fill_in(out, lambda row: change)
    with pytest.raises(proofset.UsageError, match=message):
        await proofset.aresume(out, model=CHAT)
    fill_in(out, lambda row: {"decision": "accept"})
    assert (await proofset.aresume(out, model=CHAT)).status == "awaiting_review"


def test_the_command_says_what_to_do(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text("".join(json.dumps(row) + "\n" for row in evol_rows(0)))
    (tmp_path / "config.yaml").write_text("settings: {checkpoint_every: 2, judge_canary_share: 0}\n")
    out = tmp_path / "run"
    command = ["run", "evol_instruct", "--n", "1", "--model", f"scripted:{script}", "--out", str(out)]
    done = CliRunner().invoke(cli, [*command, "--config", str(tmp_path / "config.yaml")])
    assert f"fill in `decision` (accept, edit or reject) in {out / 'review.jsonl'}" in done.output
