"""Evaluation sets in runs: what holds their text is turned down at the gate, or before it is settled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scripted_code import replies as code_replies
from scripted_math import TrustingVerifier, problem, replies

from proofset.cli import cli
from proofset.engine import Event, Funnel, Notice, Summary, execute, order
from proofset.errors import UsageError
from proofset.models.scripted import ScriptedChat
from proofset.records import Record, Rejection

pytestmark = pytest.mark.usefixtures("needs_sandbox")


def write(path: Path, *questions: str) -> Path:
    path.write_text("".join(json.dumps({"question": each}) + "\n" for each in questions))
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def go(out: Path, evaluation: Path, respond: Any, **settings: Any) -> tuple[Summary, list[Event]]:
    events: list[Event] = []
    options: dict[str, Any] = {
        "n": 4,
        "model": ScriptedChat(respond=respond),
        "agents": {"verifier": TrustingVerifier()},
        "settings": {"n_attempts": 1, "evaluation_sets": (str(evaluation),), **settings},
    }
    summary = await execute(order("verified_math", out=out, **options), events.append)
    return summary, events


async def test_a_contaminated_proposal_is_turned_down_at_the_gate(tmp_path: Path) -> None:
    text = problem(2)["problem"]
    evaluation = write(
        tmp_path / "eval.jsonl", "What is the sum of all numbers below a hundred?", text.upper()
    )
    summary, _ = await go(tmp_path / "run", evaluation, replies())
    assert summary.reasons == {"decontamination: contaminated": 1}
    assert summary.funnel == Funnel(proposed=4, novel=3, solved=3, verified=3, kept=3)
    (rejection,) = [Rejection.model_validate(row) for row in lines(tmp_path / "run/rejected.jsonl")]
    assert rejection.slot == 2
    assert rejection.reason == f"problem holds all of {evaluation}:2 (question): {text.rstrip('?')!r}"
    assert rejection.candidate["problem"] == text


async def test_a_contaminated_proposal_may_be_tried_again(tmp_path: Path) -> None:
    evaluation = write(tmp_path / "eval.jsonl", problem(2)["problem"])
    summary, _ = await go(tmp_path / "run", evaluation, replies(), n_attempts=2)
    assert (summary.kept, summary.reasons) == (4, {"decontamination: contaminated": 1})
    records = [Record.model_validate(row) for row in lines(tmp_path / "run/records.jsonl")]
    assert [record.lineage.attempt for record in records] == [1, 1, 2, 1]


STOLEN = "First put all the rows beside each other and then count every single one of them with care"


async def test_a_contaminated_solution_is_turned_down_before_it_is_settled(tmp_path: Path) -> None:
    evaluation = write(tmp_path / "eval.jsonl", f"{STOLEN}.")
    plain = replies()

    def respond(call: Any, prompt: str) -> str:
        reply = plain(call, prompt)
        if call.role == "solver" and call.slot == 1 and "reasoning" in reply:
            return json.dumps(json.loads(reply) | {"reasoning": f"{STOLEN}: 12 * 4 = 48."})
        return reply

    summary, _ = await go(tmp_path / "run", evaluation, respond)
    assert summary.reasons == {"commit: contaminated": 1}
    assert summary.funnel == Funnel(proposed=4, novel=4, solved=4, verified=4, kept=3)
    (rejection,) = [Rejection.model_validate(row) for row in lines(tmp_path / "run/rejected.jsonl")]
    assert (rejection.slot, rejection.attempt) == (1, 1)
    assert rejection.reason == f"output holds all of {evaluation}:1 (question): {STOLEN!r}"
    assert rejection.verdict is not None and rejection.verdict.accepted


async def test_a_contaminated_seed_is_told(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.jsonl"
    rows = [
        {"id": f"s{k}", "topic": "rows", **problem(90 + k), "reasoning": "It is so.", "program": "print(1)"}
        for k in range(3)
    ]
    seeds.write_text("".join(json.dumps(row) + "\n" for row in rows))
    evaluation = write(tmp_path / "eval.jsonl", problem(91)["problem"])
    summary, events = await go(tmp_path / "run", evaluation, replies(), seeds=str(seeds), exemplars=1)
    told = [event.message for event in events if isinstance(event, Notice)]
    assert told[0].startswith(f"seed s1 is contaminated: problem holds all of {evaluation}:1 (question)")
    assert told[1].startswith("proposals are made after seeds")
    assert summary.kept == 4


async def test_a_missing_set_is_an_error_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl: cannot read it"):
        await go(tmp_path / "run", tmp_path / "none.jsonl", replies())
    assert not (tmp_path / "run").exists()


async def test_code_is_checked_too(tmp_path: Path) -> None:
    chat = ScriptedChat(respond=code_replies())
    settings = {"n_attempts": 1}
    first = await execute(
        order("verified_code", n=1, model=chat, out=tmp_path / "a", settings=settings), lambda event: None
    )
    assert first.kept == 1
    (record,) = lines(tmp_path / "a/records.jsonl")
    evaluation = write(tmp_path / "eval.jsonl", record["instruction"].split("\n\n```")[0])
    again = await execute(
        order(
            "verified_code",
            n=1,
            model=ScriptedChat(respond=code_replies()),
            out=tmp_path / "b",
            settings={**settings, "evaluation_sets": [str(evaluation)]},
        ),
        lambda event: None,
    )
    assert again.reasons == {"decontamination: contaminated": 1}


def test_the_flag(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli,
        ["run", "verified_math", "--n", "1", "--model", "scripted:x.jsonl", "--out", str(tmp_path / "out"),
         "--evaluation-set", str(tmp_path / "none.jsonl")],
    )  # fmt: skip
    assert isinstance(done.exception, UsageError)
    assert "none.jsonl: cannot read it" in str(done.exception)
