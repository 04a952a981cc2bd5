"""Workers: the same files as without them, whatever is killed, and errors in one line."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engine_child import fate
from scripted_file import SETTINGS, files, scripted_order, write_script
from scripted_math import TrustingVerifier, replies

from proofset.engine import Event, Order, Summary, execute, order, resumed
from proofset.engine.events import CallDone, NodeDone, SlotDone
from proofset.errors import ProofsetError, UsageError
from proofset.memory import Pool
from proofset.models.scripted import ScriptedChat

pytestmark = pytest.mark.usefixtures("scripted_run")
HERE = Path(__file__).parent
N = 30


def made(tmp_path: Path, name: str, **options: Any) -> Order:
    return scripted_order(tmp_path / "script.jsonl", tmp_path / name, N, fate, **options)


async def go(order: Order, **options: Any) -> tuple[Summary, list[Event]]:
    events: list[Event] = []
    return await execute(order, events.append, **options), events


async def test_workers_make_the_same_files(tmp_path: Path) -> None:
    alone, told_alone = await go(made(tmp_path, "alone"))
    shared, told = await go(made(tmp_path, "shared", workers=2))
    assert files(tmp_path / "shared") == files(tmp_path / "alone")
    assert (shared.kept, shared.slots, shared.paid) == (alone.kept, alone.slots, alone.paid)
    for kind in (CallDone, NodeDone, SlotDone):
        counts = [sum(isinstance(event, kind) for event in events) for events in (told, told_alone)]
        assert counts[0] == counts[1] > 0


async def test_slots_of_a_killed_worker_go_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    monkeypatch.setenv("DYING_MARKS", str(marks))
    alone, _ = await go(made(tmp_path, "alone"))
    shared, _ = await go(made(tmp_path, "shared", workers=2, agents={"verifier": "dying_agents:DiesOnce"}))
    assert len(list(marks.iterdir())) >= 4
    assert files(tmp_path / "shared") == files(tmp_path / "alone")
    # A call that was in flight when its worker died is asked again, and nothing else.
    assert shared.usage == alone.usage


async def test_a_slot_that_kills_every_worker_is_quarantined(tmp_path: Path) -> None:
    summary, _ = await go(made(tmp_path, "run", workers=2, agents={"verifier": "dying_agents:DiesAlways"}))
    assert summary.slots == N and summary.reasons["run: quarantined"] == 1
    rejected = [json.loads(line) for line in (tmp_path / "run/rejected.jsonl").read_text().splitlines()]
    (poison,) = [row for row in rejected if row["code"] == "quarantined"]
    assert (poison["slot"], poison["reason"]) == (7, "its worker was lost 3 times")


async def test_a_defect_in_a_worker_ends_its_slot_only(tmp_path: Path) -> None:
    agents = {"verifier": "dying_agents:Defective"}
    alone, _ = await go(made(tmp_path, "alone", agents=agents))
    shared, _ = await go(made(tmp_path, "shared", agents=agents, workers=2))
    assert alone.reasons == shared.reasons and shared.reasons["run: quarantined"] == 1
    assert files(tmp_path / "shared") == files(tmp_path / "alone")


async def test_stopping_drains_and_a_resume_goes_on_alone(tmp_path: Path) -> None:
    stop = asyncio.Event()
    await go(made(tmp_path, "alone"))

    def after_ten(event: Event) -> None:
        if isinstance(event, SlotDone) and event.slot == 9:
            stop.set()

    stopped = await execute(made(tmp_path, "run", workers=2), after_ten, stop=stop)
    assert stopped.status == "drained" and 10 <= stopped.slots < N
    summary, _ = await go(resumed(tmp_path / "run", workers=1))
    assert summary.status == "finished" and files(tmp_path / "run") == files(tmp_path / "alone")


async def test_workers_share_a_memory(tmp_path: Path) -> None:
    memory = str(tmp_path / "memory")
    settings = {**SETTINGS, "n_attempts": 1}
    first, _ = await go(made(tmp_path, "a", workers=2, memory=memory, settings=settings))
    second, _ = await go(made(tmp_path, "b", workers=2, memory=memory, settings=settings))
    assert first.kept > 20 and second.kept == 0
    pool = Pool(Path(memory))
    assert len(pool) == first.kept
    pool.close()


async def test_objects_cannot_go_to_workers(tmp_path: Path) -> None:
    chat = ScriptedChat(respond=replies())
    given = order("verified_math", n=2, model=chat, out=tmp_path / "run", workers=2)
    with pytest.raises(UsageError, match="cannot have objects of this one"):
        await go(given)
    made_here = {"verifier": TrustingVerifier()}
    given = order("verified_math", n=2, model="local:x", agents=made_here, out=tmp_path / "run", workers=2)
    with pytest.raises(UsageError, match="cannot have objects of this one"):
        await go(given)
    assert not (tmp_path / "run").exists()


async def test_a_script_without_a_reply_ends_the_run_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProofsetError, match="the script has no reply for"):
        await go(made(tmp_path, "run", n=N + 5, workers=2))


def test_workers_end_with_their_owner(tmp_path: Path) -> None:
    write_script(tmp_path / "script.jsonl", N, fate)
    config = made(tmp_path, "run", workers=2).config
    (tmp_path / "config.yaml").write_text(json.dumps(config.model_dump(mode="json", exclude={"chroma"})))
    command = [sys.executable, "-m", "proofset", "run", "verified_math", "--json"]
    paths = ["--out", str(tmp_path / "run"), "--config", str(tmp_path / "config.yaml")]
    with subprocess.Popen(
        [*command, *paths],
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE,
    ) as owner:
        assert owner.stdout is not None
        for line in owner.stdout:
            if json.loads(line)["event"] == "slot_done":
                break
        family = _descendants(owner.pid)
        assert len(family) >= 3
        owner.send_signal(signal.SIGKILL)
    _wait_until_gone(family)
    summary = asyncio.run(execute(resumed(tmp_path / "run"), lambda event: None))
    assert summary.status == "finished"
    asyncio.run(execute(made(tmp_path, "alone"), lambda event: None))
    assert files(tmp_path / "run") == files(tmp_path / "alone")


def _descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        for each in child.read_text().split():
            found |= {int(each)} | _descendants(int(each))
    return found


def _wait_until_gone(family: set[int]) -> None:
    for pid in family:
        while _is_there(pid):
            os.sched_yield()


def _is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
