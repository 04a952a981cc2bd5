"""Budgets: no call more than allowed, a data set that is a beginning of the whole, a resume that goes on."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from engine_child import fate
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_file import scripted_order, write_script

from proofset.cli import cli
from proofset.engine import Order, Summary, execute, order, resumed
from proofset.errors import UsageError

pytestmark = pytest.mark.usefixtures("scripted_run")
HERE = Path(__file__).parent
N = 24


def made(out: Path, script: str, **options: Any) -> Order:
    path = Path(script.removeprefix("scripted:"))
    return scripted_order(path, out, N, fate, **options)


def go(order: Order) -> Summary:
    return asyncio.run(execute(order, lambda event: None))


def records(out: Path) -> bytes:
    return (out / "records.jsonl").read_bytes()


class Whole(NamedTuple):
    """The run without a budget, and its script."""

    script: str
    records: bytes
    summary: Summary

    def __repr__(self) -> str:
        return "Whole()"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    home = tmp_path_factory.mktemp("whole")
    script = write_script(home / "script.jsonl", N, fate)
    with contextlib.chdir(HERE):
        summary = go(made(home / "run", script))
    return Whole(script, records(home / "run"), summary)


@settings(max_examples=10, deadline=None)
@given(calls=st.integers(0, 90), concurrency=st.integers(1, 20))
def test_no_call_more_than_allowed(whole: Whole, calls: int, concurrency: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "run"
        summary = go(made(out, whole.script, budget={"calls": calls}, concurrency=concurrency))
        assert summary.paid.calls <= calls
        assert whole.records.startswith(records(out))
        if summary.status == "budget_spent":
            assert summary.paid.calls == calls
            assert summary.budget_spent == f"the budget of {calls} calls is used up"
        else:
            assert summary.status == "finished" and summary.paid.calls == whole.summary.paid.calls
        done = go(resumed(out, budget={"calls": 1000}))
        assert done.status == "finished" and records(out) == whole.records
        assert done.usage.calls == whole.summary.usage.calls


def test_workers_share_a_budget(tmp_path: Path, whole: Whole) -> None:
    summary = go(made(tmp_path / "run", whole.script, budget={"calls": 40}, workers=2))
    assert (summary.status, summary.paid.calls) == ("budget_spent", 40)
    assert whole.records.startswith(records(tmp_path / "run")) and summary.kept > 3


def test_a_resume_counts_what_was_paid_before(tmp_path: Path, whole: Whole) -> None:
    go(made(tmp_path / "run", whole.script, budget={"calls": 10}))
    again = go(resumed(tmp_path / "run"))
    assert (again.status, again.paid.calls) == ("budget_spent", 0)
    more = go(resumed(tmp_path / "run", budget={"calls": 25}))
    assert (more.status, more.paid.calls, more.usage.calls) == ("budget_spent", 15, 25)


def test_tokens_and_dollars_are_passed_by_calls_in_flight_only(tmp_path: Path, whole: Whole) -> None:
    one = go(made(tmp_path / "tokens", whole.script, budget={"tokens": 2000}, concurrency=1))
    spent = one.usage.input_tokens + one.usage.output_tokens
    assert one.status == "budget_spent" and 2000 <= spent < 2600
    prices = {whole.script: {"input": 1.0, "output": 2.0}}
    two = go(made(tmp_path / "usd", whole.script, budget={"usd": 0.002}, prices=prices, concurrency=1))
    assert two.status == "budget_spent" and two.usage.usd is not None and 0.002 <= two.usage.usd < 0.0026


def test_dollars_need_a_price(whole: Whole, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a budget in USD needs the price of openai:some-model"):
        go(made(tmp_path / "run", whole.script, budget={"usd": 1}, models={"default": "openai:some-model"}))
    assert not (tmp_path / "run").exists()


def test_on_the_command_line(tmp_path: Path) -> None:
    script = write_script(tmp_path / "script.jsonl", N, fate)
    command = ["run", "verified_math", "--n", "5", "--model", script, "--out", str(tmp_path / "run")]
    done = CliRunner().invoke(cli, [*command, "--budget-calls", "4"])
    assert done.exception is None, done.output
    assert "4 calls" in done.output
    assert "with a higher budget; the budget of 4 calls is used up" in done.output
    more = CliRunner().invoke(cli, ["resume", str(tmp_path / "run"), "--budget-calls", "6"])
    assert more.exception is None and "6 calls" in more.output


def test_prices_of_the_user_lie_beneath_those_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    table = tmp_path / "proofset" / "prices.yaml"
    table.parent.mkdir()
    table.write_text("mine: {input: 1, output: 2}\nother: {input: 3, output: 4}\n")
    given = {"mine": {"input": 5, "output": 6}}
    config = order("verified_math", n=2, model="openai:mine", out=tmp_path / "run", prices=given).config
    assert {name: (price.input, price.output) for name, price in config.prices.items()} == {
        "mine": (5, 6),
        "other": (3, 4),
    }
    table.write_text("mine: {input: cheap}\n")
    with pytest.raises(UsageError, match=r"prices\.yaml: mine\.input: .* write NAME: \{input"):
        order("verified_math", n=2, model="openai:mine", out=tmp_path / "run")
