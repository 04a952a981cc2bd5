"""Runs that share a memory, compare with data files, or compare by meaning."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from engine_child import fate
from scripted_file import AGENTS, SETTINGS, write_script
from scripted_math import TrustingVerifier, problem, replies, words

from proofset.cli import cli
from proofset.engine import Event, Notice, Summary, aresume, execute, order
from proofset.engine.events import SlotDone
from proofset.errors import UsageError
from proofset.memory import Pool
from proofset.models.scripted import ScriptedChat

pytestmark = pytest.mark.usefixtures("needs_sandbox")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def go(out: Path, respond: Any = None, **options: Any) -> tuple[Summary, list[Event]]:
    events: list[Event] = []
    given: dict[str, Any] = {
        "n": 4,
        "model": ScriptedChat(respond=respond or replies()),
        "agents": {"verifier": TrustingVerifier()},
        "settings": {"n_attempts": 1, **options.pop("settings", {})},
        **options,
    }
    return await execute(order("verified_math", out=out, **given), events.append), events


async def test_a_later_run_keeps_nothing_that_an_earlier_one_kept(tmp_path: Path) -> None:
    memory = str(tmp_path / "memory")
    first, _ = await go(tmp_path / "a", memory=memory)
    second, _ = await go(tmp_path / "b", memory=memory, n=6)
    assert (first.kept, second.kept) == (4, 2)
    assert second.reasons == {"novelty_gate: not_new": 4}
    known = lines(tmp_path / "a/records.jsonl")[0]["id"]
    assert lines(tmp_path / "b/rejected.jsonl")[0]["reason"].endswith(f"/{known}")
    pool = Pool(Path(memory))
    assert len(pool) == 6
    pool.close()


async def test_a_run_sees_the_memory_as_it_was_when_it_was_started(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    Pool(memory).close()
    whole, _ = await go(tmp_path / "whole", memory=str(tmp_path / "other"))

    stop = asyncio.Event()

    def stop_after_the_second(event: Event) -> None:
        if isinstance(event, SlotDone) and event.slot == 1:
            stop.set()

    agents: dict[str, Any] = {"verifier": TrustingVerifier()}
    begun = order(
        "verified_math",
        n=4,
        model=ScriptedChat(respond=replies()),
        agents=agents,
        out=tmp_path / "run",
        memory=str(memory),
        window=1,
        settings={"n_attempts": 1},
    )
    stopped = await execute(begun, stop_after_the_second, stop=stop)
    assert (stopped.status, stopped.slots) == ("drained", 2)
    pool = Pool(memory)
    assert pool.admit("elsewhere", problem(3)["problem"], kind="math") is None
    pool.close()
    summary = await aresume(
        tmp_path / "run",
        model=ScriptedChat(respond=replies()),
        agents=agents,
    )
    # The gate does not see what came later, and the settlement does.
    assert (whole.kept, summary.kept) == (4, 3)
    assert summary.reasons == {"commit: duplicate": 1}
    assert lines(tmp_path / "run/rejected.jsonl")[0]["reason"] == "ROUGE-L 1.000 > 0.7 to elsewhere"


async def test_a_memory_that_is_gone_is_told(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    await go(tmp_path / "run", memory=str(memory))
    shutil.rmtree(memory)
    with pytest.raises(UsageError, match="is gone; put it back"):
        await aresume(
            tmp_path / "run",
            n=5,
            model=ScriptedChat(respond=replies()),
            agents={"verifier": TrustingVerifier()},
        )


async def test_what_repeats_a_data_file_is_not_kept(tmp_path: Path) -> None:
    mine = tmp_path / "mine.jsonl"
    mine.write_text(
        json.dumps({"instruction": problem(1)["problem"], "input": "none"}) + "\n{broken\n"
        + json.dumps({"messages": [{"role": "user", "content": problem(3)["problem"]}]}) + "\n"
    )  # fmt: skip
    summary, events = await go(tmp_path / "run", against=[str(mine)])
    assert summary.kept == 2 and summary.reasons == {"novelty_gate: not_new": 2}
    reasons = [row["reason"] for row in lines(tmp_path / "run/rejected.jsonl")]
    assert reasons == [f"ROUGE-L 1.000 > 0.7 to {mine}:{row}" for row in (1, 3)]
    told = [event.message for event in events if isinstance(event, Notice)]
    assert len(told) == 1 and told[0].startswith(f"{mine} line 2 is not compared with: ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"against": ["none.jsonl"]}, "none.jsonl: cannot read it"),
        ({"settings": {"novelty_embedder": "word2vec"}}, "embedder 'word2vec': write wordllama"),
        ({"chroma": "localhost:8000"}, "chroma: String should match pattern"),
    ],
)
async def test_what_cannot_be_had_is_told_before_anything_starts(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        await go(tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


async def test_a_file_is_no_memory(tmp_path: Path) -> None:
    (tmp_path / "memory").write_text("")
    with pytest.raises(UsageError, match="it is a file; name a directory"):
        await go(tmp_path / "run", memory=str(tmp_path / "memory"))


def retold(slot: int) -> dict[str, Any]:
    """One of two tellings of one task, by turns: alike in meaning, and by wording new."""
    a, b = 11, 4
    told = (
        f"A baker sets out {a} trays with {b} loaves of bread on each. How many loaves of bread are there?",
        f"There are {a} trays, and on every one of them the baker puts {b} bread loaves. What is the number "
        "of loaves in total?",
    )
    return {**problem(0), "problem": told[slot % 2], "answer": str(a * b)}


def retelling(call: Any, prompt: str) -> str:
    if call.role == "proposer":
        return json.dumps(retold(call.slot) if call.slot < 2 else problem(call.slot))
    return replies()(call, prompt)


async def test_by_meaning_a_problem_told_otherwise_is_known(tmp_path: Path) -> None:
    pytest.importorskip("wordllama")
    worded, _ = await go(tmp_path / "worded", retelling, n=3)
    assert worded.kept == 3
    meant, _ = await go(tmp_path / "meant", retelling, n=3, settings={"novelty_embedder": "wordllama"})
    assert meant.kept == 2 and meant.reasons == {"commit: duplicate": 1}
    (refused,) = lines(tmp_path / "meant/rejected.jsonl")
    assert refused["reason"].startswith("told otherwise, cosine 0.")
    assert refused["reason"].endswith(lines(tmp_path / "meant/records.jsonl")[0]["id"])


async def test_a_memory_compares_by_meaning_and_keeps_the_vectors(tmp_path: Path) -> None:
    pytest.importorskip("wordllama")
    settings = {"novelty_embedder": "wordllama"}
    memory = tmp_path / "memory"

    def first(call: Any, prompt: str) -> str:
        return json.dumps(retold(0)) if call.role == "proposer" else replies()(call, prompt)

    def second(call: Any, prompt: str) -> str:
        return json.dumps(retold(1)) if call.role == "proposer" else replies()(call, prompt)

    # By wording only: the memory learns no vectors, and whoever needs them makes them.
    kept, _ = await go(tmp_path / "a", first, n=1, memory=str(memory))
    worded, _ = await go(tmp_path / "b", second, n=1, memory=str(tmp_path / "other"), settings=settings)
    meant, _ = await go(tmp_path / "c", second, n=1, memory=str(memory), settings=settings)
    assert (kept.kept, worded.kept, meant.kept) == (1, 1, 0)
    (refused,) = lines(tmp_path / "c/rejected.jsonl")
    assert refused["reason"].startswith("told otherwise, cosine 0.")
    assert refused["reason"].endswith(lines(tmp_path / "a/records.jsonl")[0]["id"])


def test_a_killed_run_and_its_memory_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    n = 24
    spec = write_script(tmp_path / "script.jsonl", n, fate)
    values = {"n": n, "models": {"default": spec}, "agents": AGENTS, "settings": SETTINGS, "window": 8}
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps(values))

    def command(out: str, memory: str) -> list[str]:
        paths = ["--out", str(tmp_path / out), "--memory", str(tmp_path / memory), "--config", str(config)]
        return [sys.executable, "-m", "proofset", "run", "verified_math", "--json", *paths]

    subprocess.run(command("whole", "other"), check=True, stdout=subprocess.DEVNULL)
    for number, after in enumerate((0, 3, 11, 19)):
        with subprocess.Popen(command(f"run{number}", f"memory{number}"), stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            done = -1
            for line in run.stdout:
                done += b'"slot_done"' in line
                if done == after:
                    break
            run.kill()
        asyncio.run(aresume(tmp_path / f"run{number}"))
        kept = lines(tmp_path / f"run{number}/records.jsonl")
        assert kept == lines(tmp_path / "whole/records.jsonl") and len(kept) > 15
        pool = Pool(tmp_path / f"memory{number}")
        assert len(pool) == len(kept)
        assert all(pool.find(row["instruction"]) for row in kept)
        pool.close()


def test_the_flags(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text('{"reply": "no problem at all"}\n')
    known = tmp_path / "known.jsonl"
    known.write_text(json.dumps({"text": words(1)}) + "\n")
    done = CliRunner().invoke(
        cli,
        ["run", "verified_math", "--n", "1", "--model", f"scripted:{script}", "--out", str(tmp_path / "out"),
         "--memory", str(tmp_path / "memory"), "--against", str(known)],
    )  # fmt: skip
    assert done.exception is None, done.output
    assert (tmp_path / "memory/memory.db").is_file()
