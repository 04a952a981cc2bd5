"""The example of a tool-calling solver, from the command line's `--agent` to a verified record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted_math import problem, replies

from proofset.engine import Order, Summary, execute, make_config, resumed
from proofset.errors import ModelError
from proofset.models import Call
from proofset.models.scripted import Scripted, ScriptedCall, ScriptedChat
from proofset.records import EvidenceKind, Grade, Record
from proofset.tools.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent
SPEC = "python:default:ScriptedChat"
AGENT = {"solver": "examples.tool_solver:ToolSolver"}


def python(code: str) -> Scripted:
    return Scripted("", (ScriptedCall("run_python", json.dumps({"code": code})),))


class Talker:
    """A solver's model that asks tools, the next reply decided by what the last one told."""

    def __init__(self, *, answers: int | None = None, gives_up: bool = False) -> None:
        self.answers = answers
        self.gives_up = gives_up
        self.prompts: list[str] = []
        self.others = replies()

    def __call__(self, call: Call, prompt: str) -> str | Scripted:
        if call.role != "solver":
            return self.others(call, prompt)
        if self.answers == len(self.prompts):
            raise ModelError("the endpoint is gone")
        self.prompts.append(prompt)
        a, b = call.slot + 11, call.attempt + 3
        if self.gives_up:
            return python("print(1)")
        if call.sample == 0:
            if prompt.startswith("It ended with exit code 1"):
                return python(f"print({a} * {b})")
            if prompt.startswith("It ended well."):
                product = prompt.split()[-1]
                return f"The rows hold {a} * {b} = {product} in all.\n\nAnswer: {product}"
            return python("print(rows)")
        if "no JSON object" in prompt:
            asked = json.dumps({"expression": f"{a}*{b}", "form": "expand"})
            return Scripted("", (ScriptedCall("sympy_simplify", asked),))
        if prompt.isdecimal():
            return f"{a} * {b} = {prompt}.\n**Answer: {prompt}**"
        return Scripted("", (ScriptedCall("sympy_simplify", '{"expression": '),))


def records(out: Path) -> list[Record]:
    return [Record.model_validate_json(line) for line in (out / "records.jsonl").read_text().splitlines()]


async def run(out: Path, talker: Talker, monkeypatch: pytest.MonkeyPatch, **settings: int) -> Summary:
    """A run of two slots, with the example named as `--agent` names it: found from the current directory."""
    monkeypatch.chdir(ROOT)
    config = make_config(
        {
            "graph": "verified_math",
            "n": 2,
            "models": {"default": SPEC},
            "agents": AGENT,
            "concurrency": 1,
            "settings": {"other_numbers": False, "other_words": False} | settings,
        },
        source="test",
    )
    return await execute(Order(config, out, chats={SPEC: ScriptedChat(respond=talker)}), lambda event: None)


async def test_a_tool_calling_solver_ends_in_verified_records(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker = Talker()
    summary = await run(tmp_path / "run", talker, monkeypatch)
    assert summary.kept == 2
    for record in records(tmp_path / "run"):
        slot = record.lineage.slot
        assert record.verdict.grade is Grade.CHECKED
        assert {evidence.kind for evidence in record.verdict.evidence} >= {
            EvidenceKind.EXECUTION,
            EvidenceKind.MUTATION,
            EvidenceKind.AGREEMENT,
            EvidenceKind.NUMERIC,
        }
        assert record.output.startswith(f"The rows hold {slot + 11} * 4 = {(slot + 11) * 4} in all.")
        # The proposal, and three replies of each sample.
        assert record.cost.calls == 7
        assert problem(slot)["problem"] in talker.prompts
    assert any("NameError: name 'rows' is not defined" in prompt for prompt in talker.prompts)


async def test_a_tool_calling_solver_solves_a_problem_told_in_other_words(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker = Talker()
    summary = await run(tmp_path / "run", talker, monkeypatch, other_words=True)
    assert summary.kept == 2
    for record in records(tmp_path / "run"):
        (told,) = [e for e in record.verdict.evidence if e.check == "solver_follows"]
        assert told.inputs["by"] == "answer"
        assert told.inputs["problem"] in talker.prompts


async def test_a_run_that_breaks_off_amid_tool_calls_pays_for_none_twice(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Talker()
    await run(tmp_path / "whole", whole, monkeypatch)
    broken = Talker(answers=3)
    with pytest.raises(ModelError, match="the endpoint is gone"):
        await run(tmp_path / "broken", broken, monkeypatch)
    again, mended = resumed(tmp_path / "broken"), Talker()
    again.chats = {SPEC: ScriptedChat(respond=mended)}
    summary = await execute(again, lambda event: None)
    assert summary.replayed.calls >= 3
    assert sorted(broken.prompts + mended.prompts) == sorted(whole.prompts)
    assert records(tmp_path / "broken") == records(tmp_path / "whole")


async def test_a_solver_that_never_answers_is_turned_down(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker = Talker(gives_up=True)
    summary = await run(tmp_path / "run", talker, monkeypatch, n_attempts=1)
    assert (summary.kept, summary.reasons) == (0, {"solver: malformed": 2})
    assert len(talker.prompts) == 2 * 2 * 8
    rejected = json.loads((tmp_path / "run/rejected.jsonl").read_text().splitlines()[0])
    assert rejected["reason"] == "2 of 2 solutions could not be read: no answer after 8 replies"
