"""Replay: a recorded run again, byte for byte, with nothing but its journal."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from engine_child import fate
from scripted_file import AGENTS, SETTINGS, files, write_script
from scripted_math import replies

from proofset.cli import cli
from proofset.engine import Summary, execute, order, resumed
from proofset.errors import ModelError, UsageError
from proofset.memory import Pool
from proofset.models.scripted import ScriptedChat

pytestmark = pytest.mark.usefixtures("scripted_run")
N = 24


async def go(graph: str, model: Any, out: Path, **options: Any) -> Summary:
    given: dict[str, Any] = {"n": N, **options}
    return await execute(order(graph, model=model, out=out, **given), lambda event: None)


async def recorded(tmp_path: Path, **options: Any) -> Summary:
    """With a model that no longer exists afterwards."""
    script = tmp_path / "script.jsonl"
    spec = write_script(script, N, fate)
    given: dict[str, Any] = {"agents": {}, "settings": SETTINGS, "window": 8, "concurrency": 3, **options}
    made = order("verified_math", n=N, model=spec, out=tmp_path / "recorded", **given)
    made.config = made.config.model_copy(update={"agents": AGENTS})
    summary = await execute(made, lambda event: None)
    script.write_text("")
    return summary


@pytest.mark.parametrize("options", [{"concurrency": 1}, {"concurrency": 50}, {"workers": 2}])
async def test_a_replay_makes_the_same_bytes(tmp_path: Path, options: dict[str, Any]) -> None:
    first = await recorded(tmp_path)
    summary = await go("verified_math", f"scripted:{tmp_path / 'recorded'}", tmp_path / "again", **options)
    assert files(tmp_path / "again") == files(tmp_path / "recorded")
    assert summary.kept == first.kept > 15
    assert (summary.paid.calls, summary.replayed.calls) == (0, first.paid.calls)
    assert summary.usage == first.usage


@pytest.mark.parametrize("options", [{}, {"workers": 2}])
async def test_a_run_that_ended_by_its_last_record_is_replayed(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    """A replay begins more slots than the run had begun: what these ask was never recorded."""
    await recorded(tmp_path, keep=4, concurrency=1, window=16)
    replayed = f"scripted:{tmp_path / 'recorded'}"
    summary = await go("verified_math", replayed, tmp_path / "again", keep=4, **options)
    assert (summary.status, summary.kept) == ("kept_enough", 4)
    assert files(tmp_path / "again") == files(tmp_path / "recorded")


async def test_fewer_slots_are_the_first_of_them(tmp_path: Path) -> None:
    await recorded(tmp_path)
    summary = await go("verified_math", f"scripted:{tmp_path / 'recorded'}", tmp_path / "again", n=9)
    (records, _), (all_records, _) = files(tmp_path / "again"), files(tmp_path / "recorded")
    assert summary.slots == 9 and all_records.startswith(records) and records


async def test_what_was_not_recorded_ends_the_replay_and_nothing_is_lost(tmp_path: Path) -> None:
    await recorded(tmp_path)
    with pytest.raises(
        ModelError, match=r"has no answer to this \(proposer, slot 2\d, attempt 1, sample 0\)"
    ):
        await go("verified_math", f"scripted:{tmp_path / 'recorded'}", tmp_path / "again", n=N + 5)
    summary = await execute(resumed(tmp_path / "again", n=N), lambda event: None)
    assert summary.status == "finished" and files(tmp_path / "again") == files(tmp_path / "recorded")


async def test_a_run_that_remembered_is_replayed_against_its_memory_as_it_was(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    pool = Pool(memory)
    told = json.loads(replies()(_call("proposer", 4), ""))["problem"]
    pool.admit("before", told, kind="math")
    pool.close()
    first = await recorded(tmp_path, memory=str(memory))
    assert first.reasons["novelty_gate: not_new"] > 0
    await go("verified_math", f"scripted:{tmp_path / 'recorded'}", tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "recorded")
    pool = Pool(memory)
    assert len(pool) == 1 + first.kept
    pool.close()


def _call(role: str, slot: int) -> Any:
    from proofset.models import Call

    return Call(role, slot)


async def test_a_replay_is_of_one_whole_run(tmp_path: Path) -> None:
    await recorded(tmp_path)
    run = f"scripted:{tmp_path / 'recorded'}"
    with pytest.raises(UsageError, match="is a run of verified_math, not of verified_code"):
        await go("verified_code", run, tmp_path / "again")
    mixed = {"default": run, "judge": ScriptedChat(respond=replies())}
    with pytest.raises(UsageError, match="is replayed whole"):
        await go("verified_math", mixed, tmp_path / "again")
    make_empty(tmp_path)
    with pytest.raises(UsageError, match="no run to replay is in it"):
        await go("verified_math", f"scripted:{tmp_path / 'empty'}", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def make_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()


def test_on_the_command_line(tmp_path: Path) -> None:
    asyncio.run(recorded(tmp_path))
    given = ["--model", f"scripted:{tmp_path / 'recorded'}", "--out", str(tmp_path / "again")]
    done = CliRunner().invoke(cli, ["run", "verified_math", *given])
    assert done.exception is None, done.output
    assert files(tmp_path / "again") == files(tmp_path / "recorded")
