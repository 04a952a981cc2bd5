"""The collapse gate of a run: where it ends, that it ends there again, and how it is overruled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kept_files import records
from scripted_instruct import rows, task

import proofset
from proofset.cli import cli, main
from proofset.collapse import watch
from proofset.engine import Summary
from proofset.engine.breadth import Breadth
from proofset.errors import UsageError
from proofset.records import rng
from proofset.seeds import load_seed_instructions

HUMAN = [seed.instruction for seed in load_seed_instructions()]
WORDS = sorted({word.lower() for text in HUMAN for word in text.split() if word.isalpha()})


@pytest.fixture
def anchor(tmp_path: Path) -> str:
    path = tmp_path / "human.jsonl"
    path.write_text("".join(json.dumps({"instruction": text}) + "\n" for text in HUMAN), encoding="utf-8")
    return str(path)


def broad(number: int) -> str:
    return " ".join(rng("broad", number).sample(WORDS, 8 + number % 11))


def narrow(number: int) -> str:
    return f"Praise the number {number}, please."


def gate(allow: bool = False) -> tuple[Breadth, list[str]]:
    told: list[str] = []
    return Breadth(HUMAN, allow=allow, notice=told.append), told


def test_it_looks_at_100_200_500_and_every_1000() -> None:
    watched, _ = gate()
    looked = []
    for number in range(1, 2101):
        watched.add(broad(number))
        if watched.is_due:
            looked.append(number)
            if number in (100, 2000):
                assert watched.verdict() == ""
            watched._due = None
    assert looked == [100, 200, 500, 1000, 2000]


def test_what_is_narrow_ends_it_and_says_why() -> None:
    watched, told = gate()
    for number in range(100):
        watched.add(narrow(number))
    (seen,) = watch(HUMAN, {"kept": [narrow(number) for number in range(100)]}).generations
    said = watched.verdict()
    assert said == f"at 100 kept records, {'; '.join(finding.reason for finding in seen.findings)}"
    assert not told


def test_the_newest_1000_are_looked_at() -> None:
    watched, _ = gate()
    for number in range(1000):
        watched.add(broad(number))
    assert watched.verdict() == ""
    for number in range(1000):
        watched.add(narrow(number))
    assert watched.verdict().startswith("at 2,000 kept records, ")


def test_allowed_it_is_told_and_goes_on() -> None:
    watched, told = gate(allow=True)
    for number in range(100):
        watched.add(narrow(number))
    assert watched.verdict() == ""
    assert told and told[0].startswith("collapse, allowed: at 100 kept records, ")


def narrow_script(path: Path, n: int = 130) -> str:
    """Keeps every slot; its instructions differ by a number only."""
    lines = []
    for slot in range(n):
        for row in rows(slot, "kept style"):
            lines.append(json.dumps(row).replace(task(slot), narrow(slot)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"scripted:{path}"


async def run(out: Path, anchor: str, **options: Any) -> Summary:
    settings = {"judge_canary_share": 0.0, "novelty_threshold": 1.0}
    return await proofset.arun(
        "self_instruct",
        model=narrow_script(out.parent / "script.jsonl"),
        n=130,
        out=out,
        concurrency=4,
        anchor=[anchor] if anchor else [],
        settings=settings,
        **options,
    )


async def test_a_run_ends_where_it_has_collapsed_and_again_when_it_is_resumed(
    anchor: str, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    summary = await run(out, anchor)
    assert summary.status == "collapsed"
    assert summary.collapsed.startswith("at 100 kept records, distinct_")
    assert summary.kept == len(records(out)) == 100
    again = await proofset.aresume(out)
    assert (again.status, again.collapsed, again.kept) == ("collapsed", summary.collapsed, 100)
    on = await proofset.aresume(out, allow_collapse=True)
    assert (on.status, on.collapsed) == ("finished", "")
    assert on.kept > 100


async def test_without_an_anchor_nothing_is_watched(tmp_path: Path) -> None:
    summary = await run(tmp_path / "run", "")
    assert (summary.status, summary.kept) == ("finished", 130)


async def test_an_anchor_of_few_texts_is_refused(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text('{"instruction": "One."}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"--anchor .*few.jsonl: 1 texts; give at least 50 by people"):
        await run(tmp_path / "run", str(few))


def test_the_command_fails_with_one_line_and_the_files_are_there(
    anchor: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = narrow_script(tmp_path / "script.jsonl")
    config = tmp_path / "run.yaml"
    config.write_text("settings: {judge_canary_share: 0.0, novelty_threshold: 1.0}\n", encoding="utf-8")
    out = tmp_path / "run"
    command = ["run", "self_instruct", "--n", "110", "--model", model, "--out", str(out)]
    with pytest.raises(SystemExit) as ended:
        main([*command, "--config", str(config), "--anchor", anchor])
    assert ended.value.code == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert "lost the breadth of the anchor" in line and "--allow-collapse" in line
    assert len(records(out)) == 100
    assert CliRunner().invoke(cli, ["verify", str(out)]).exit_code == 0
