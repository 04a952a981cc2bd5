"""`proofset trace`: a record's whole history out of the ledger, every prompt, answer, rejection and check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from released import rows_of
from scripted_math import TrustingVerifier, replies

import proofset
from proofset.cli import cli
from proofset.models import Call
from proofset.models.scripted import ScriptedChat
from proofset.release.history import history_of

pytestmark = pytest.mark.usefixtures("needs_sandbox")


def respond(call: Call, prompt: str) -> str:
    if call.role == "proposer" and call.slot == 1 and call.attempt == 1:
        return "\x1b[2JHere is a problem for you."
    return replies()(call, prompt)


async def run(out: Path) -> dict[str, Any]:
    """Three slots, of which the second needs a second attempt; returns its record."""
    chat, settings = ScriptedChat(respond=respond), {"n_attempts": 2}
    agents = {"verifier": TrustingVerifier()}
    await proofset.arun("verified_math", n=3, model=chat, out=out, agents=agents, settings=settings)
    return rows_of(out / "records.jsonl")[1]


def trace(*args: object) -> Result:
    return CliRunner().invoke(cli, ["trace", *map(str, args)])


async def test_every_prompt_answer_and_check_is_told(tmp_path: Path) -> None:
    record = await run(tmp_path / "run")
    steps = history_of(tmp_path / "run", record["id"])
    calls = [step for step in steps if step.event == "call"]
    # What was asked twice for a readable reply is told twice; all calls of this slot, and of no other.
    assert len(calls) == record["cost"]["calls"]
    assert {step.said["role"] for step in calls} == {"proposer", "solver"}
    assert [step.attempt for step in calls] == sorted(step.attempt for step in calls)
    assert {step.attempt for step in calls} == {1, 2}
    assert all(step.said["messages"] and step.said["answer"] for step in calls)
    (refused,) = [step for step in steps if step.event == "turned_down"]
    assert (refused.attempt, refused.said["stage"], refused.said["code"]) == (1, "proposer", "malformed")
    events = [step.event for step in steps]
    assert events[0] == "record"
    assert events.index("turned_down") < max(n for n, event in enumerate(events) if event == "call")
    checks = [step.said["check"] for step in steps if step.event == "check"]
    assert checks == ["trust"] * (1 + len(record["traces"]))


async def test_as_text_and_as_json(tmp_path: Path) -> None:
    record = await run(tmp_path / "run")
    result = trace(record["id"], tmp_path / "run")
    assert result.exit_code == 0
    assert "slot 1 of seed 0, kept at attempt 2" in result.stdout
    assert "attempt 1: turned down by proposer: malformed" in result.stdout
    assert record["output"].splitlines()[0] in result.stdout
    # A model's text is no order to a terminal.
    assert "Here is a problem for you." in result.stdout
    assert "\x1b" not in result.stdout
    lines = [json.loads(line) for line in trace(record["id"], tmp_path / "run", "--json").stdout.splitlines()]
    assert [line["event"] for line in lines] == [
        step.event for step in history_of(tmp_path / "run", record["id"])
    ]


async def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    record = await run(tmp_path / "run")
    unknown = trace("nobody", tmp_path / "run")
    assert "no record 'nobody'" in str(unknown.exception) and record["method"] in str(unknown.exception)
    nowhere = trace(record["id"], tmp_path)
    assert "no run is there" in str(nowhere.exception)
    assert [getattr(one.exception, "exit_code", None) for one in (unknown, nowhere)] == [2, 2]
