"""Estimates: sums by hand, and a pilot that is the beginning of the run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from engine_child import fate
from scripted_file import AGENTS, SETTINGS, scripted_order, write_script
from scripted_math import Fate

from proofset.cli import cli
from proofset.engine import Order, execute, resumed
from proofset.engine.estimate import Range, _t, estimate
from proofset.errors import ProofsetError
from proofset.records import wilson

pytestmark = pytest.mark.usefixtures("scripted_run")
N = 24


def made(tmp_path: Path, name: str, fate: Fate = fate, **options: Any) -> Order:
    return scripted_order(tmp_path / "script.jsonl", tmp_path / name, N, fate, **options)


def test_students_t() -> None:
    table = {1: 12.706, 2: 4.303, 4: 2.776, 7: 2.365, 30: 2.042}
    for freedom, value in table.items():
        assert _t(freedom) == pytest.approx(value, rel=0.04)


def test_the_forecast_is_the_pilots_slots_times_n(tmp_path: Path) -> None:
    prices = {f"scripted:{tmp_path / 'script.jsonl'}": {"input": 10.0, "output": 0.0}}
    made_up = made(tmp_path, "run", n=1000, prices=prices, fate=lambda slot, attempt: "good")
    forecast = asyncio.run(estimate(made_up, pilot=8))
    # Every slot took three calls: proposer, and two solvers.
    assert forecast.calls == Range(3000, 3000, 3000)
    share = wilson(8, 8)
    assert forecast.kept == Range(1000 * share.low, 1000, 1000 * share.high)
    tokens = forecast.pilot.input_tokens
    assert forecast.input_tokens.expected == pytest.approx(tokens / 8 * 1000)
    assert forecast.usd is not None and forecast.usd.expected is not None
    assert forecast.usd.expected == pytest.approx(tokens / 8 * 1000 * 10 / 1e6)
    assert forecast.usd_per_kept is not None
    assert forecast.usd_per_kept.expected == pytest.approx(forecast.usd.expected / 1000)
    low, expected, high = forecast.usd
    assert expected is not None and high is not None and low < expected < high


def test_a_forecast_holds_for_the_run_that_it_begins(tmp_path: Path) -> None:
    forecast = asyncio.run(estimate(made(tmp_path, "run"), pilot=8))
    summary = asyncio.run(execute(resumed(tmp_path / "run", n=N), lambda event: None))
    assert summary.replayed.calls == 0 and summary.slots == N
    whole = asyncio.run(execute(made(tmp_path, "whole"), lambda event: None))
    assert (tmp_path / "run/records.jsonl").read_bytes() == (tmp_path / "whole/records.jsonl").read_bytes()
    assert forecast.calls.low <= whole.usage.calls <= (forecast.calls.high or 0)
    assert forecast.kept.low <= whole.kept <= (forecast.kept.high or 0)


def test_where_nothing_is_kept_the_cost_has_no_upper_end(tmp_path: Path) -> None:
    prices = {f"scripted:{tmp_path / 'script.jsonl'}": {"input": 10.0, "output": 0.0}}
    nothing = made(tmp_path, "run", prices=prices, fate=lambda slot, attempt: "malformed")
    forecast = asyncio.run(estimate(nothing, pilot=4))
    assert forecast.kept.expected == 0 and forecast.usd_per_kept is not None
    assert forecast.usd_per_kept.low > 0
    assert (forecast.usd_per_kept.expected, forecast.usd_per_kept.high) == (None, None)


def test_a_budget_that_ends_the_pilot_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProofsetError, match="the pilot settled 0 slots, and two are needed; the budget of 2"):
        asyncio.run(estimate(made(tmp_path, "run", budget={"calls": 2}), pilot=8))


def test_on_the_command_line(tmp_path: Path) -> None:
    script = write_script(tmp_path / "script.jsonl", N, fate)
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"agents": AGENTS, "settings": SETTINGS, "window": 8}))
    given = ["--n", "1000", "--model", script, "--pilot", "3", "--config", str(config)]
    command = ["estimate", "verified_math", *given]
    done = CliRunner().invoke(cli, command)
    assert done.exception is None, done.output
    assert "for 1,000 slots" in done.output and "no limit known" in done.output
    assert "proofset resume" not in done.output
    kept = CliRunner().invoke(cli, [*command, "--out", str(tmp_path / "run"), "--json"])
    said = json.loads(kept.output)
    assert said["event"] == "forecast" and said["slots"] == 3 and said["calls"]["expected"] > 0
    assert (tmp_path / "run/ledger.db").exists()
