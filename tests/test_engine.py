"""The engine: exact after kill -9, deterministic whatever the timing, and never ended by one bad slot."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from engine_child import SPEC, calls_of, fate, make, repeated, run_child
from scripted_math import TrustingVerifier, always, replies

import proofset
from proofset.engine import Event, Funnel, Summary, execute, order, resumed
from proofset.engine.events import CallDone, RunStarted, SlotDone, funnel_of
from proofset.engine.rundir import open_ledger
from proofset.errors import ModelError, RequestFailedError
from proofset.memory import StageCount
from proofset.models import Call
from proofset.models.scripted import ScriptedChat
from proofset.records import Record, Rejection

HERE = Path(__file__).parent
IN_FLIGHT = 8


pytestmark = pytest.mark.usefixtures("needs_sandbox")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def go(out: Path, respond: Any = None, **options: Any) -> Summary:
    chat = ScriptedChat(respond=respond or replies())
    options = {"n": 10, "agents": {"verifier": TrustingVerifier()}, **options}
    return await execute(order("verified_math", model=chat, out=out, **options), lambda event: None)


async def test_a_run_writes_what_it_kept_and_why_it_did_not(tmp_path: Path) -> None:
    respond = replies(lambda slot, attempt: "malformed" if slot in (2, 5) else "good")
    summary = await go(tmp_path / "run", respond, settings={"n_attempts": 2})
    assert (summary.status, summary.slots, summary.kept, summary.rejected) == ("finished", 10, 8, 4)
    assert summary.funnel == Funnel(proposed=8, novel=8, solved=8, verified=8, kept=8)
    assert summary.reasons == {"proposer: malformed": 4}
    assert summary.usage.calls == summary.paid.calls == 8 * 3 + 4 * 2
    assert summary.usd_per_kept is None
    records = [Record.model_validate(row) for row in lines(tmp_path / "run/records.jsonl")]
    assert [r.lineage.slot for r in records] == [0, 1, 3, 4, 6, 7, 8, 9]
    rejections = [Rejection.model_validate(row) for row in lines(tmp_path / "run/rejected.jsonl")]
    assert [(r.slot, r.attempt) for r in rejections] == [(2, 1), (2, 2), (5, 1), (5, 2)]


class Jittery(ScriptedChat):
    """Answers in another order every time."""

    async def _agenerate(self, *args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(random.random() / 200)
        return await super()._agenerate(*args, **kwargs)


async def test_timing_changes_nothing(tmp_path: Path) -> None:
    kept = set()
    for number in range(3):
        out = tmp_path / str(number)
        chat = Jittery(respond=replies(fate))
        await execute(
            order(
                "verified_math",
                n=40,
                model={"default": chat},
                out=out,
                window=8,
                concurrency=1 + 3 * number,
                agents={"verifier": TrustingVerifier()},
                settings={"n_attempts": 2},
            ),
            lambda event: None,
        )
        names = (out / "records.jsonl", out / "rejected.jsonl")
        kept.add("".join(path.read_text().replace("Jittery", "ScriptedChat") for path in names))
    assert len(kept) == 1


async def test_twins_in_one_window_are_settled_once(tmp_path: Path) -> None:
    summary = await go(tmp_path / "run", replies(always("twin")), n=6, window=6, settings={"n_attempts": 1})
    assert summary.kept == 1
    assert summary.reasons == {"commit: duplicate": 5}


async def test_it_stops_when_enough_is_kept_and_goes_on_when_more_is_asked(tmp_path: Path) -> None:
    out = tmp_path / "run"
    summary = await go(out, n=50, keep=4)
    assert (summary.status, summary.kept, summary.slots) == ("kept_enough", 4, 4)
    again = resumed(out, keep=6)
    again.chats, again.agents = {SPEC: ScriptedChat(respond=replies())}, {"verifier": TrustingVerifier()}
    summary = await execute(again, lambda event: None)
    assert (summary.kept, summary.slots) == (6, 6)
    assert [row["lineage"]["slot"] for row in lines(out / "records.jsonl")] == list(range(6))


async def test_a_poison_slot_is_quarantined_and_the_run_goes_on(tmp_path: Path) -> None:
    class Fragile(TrustingVerifier):
        async def __call__(self, state: Any) -> dict[str, Any]:
            if state["slot"] == 3:
                raise ZeroDivisionError("division by zero")
            return await super().__call__(state)

    summary = await go(tmp_path / "run", agents={"verifier": Fragile()})
    assert (summary.kept, summary.reasons) == (9, {"run: quarantined": 1})
    (row,) = lines(tmp_path / "run/rejected.jsonl")
    assert row["reason"] == "ZeroDivisionError: division by zero"


async def test_a_refused_request_ends_its_slot_but_a_dead_endpoint_ends_the_run(tmp_path: Path) -> None:
    good = replies()

    def refuse_some(call: Call, prompt: str) -> str:
        if call.slot % 5 == 2:
            raise RequestFailedError("too long")
        return good(call, prompt)

    summary = await go(tmp_path / "some", refuse_some)
    assert (summary.kept, summary.reasons) == (8, {"run: quarantined": 2})

    def refuse_all(call: Call, prompt: str) -> str:
        raise RequestFailedError("too long")

    with pytest.raises(ModelError, match="slots in a row failed"):
        await go(tmp_path / "all", refuse_all, n=100)

    def dead(call: Call, prompt: str) -> str:
        if call.slot == 4:
            raise ModelError("nobody there")
        return good(call, prompt)

    with pytest.raises(ModelError, match="nobody there"):
        await go(tmp_path / "dead", dead)
    # What was done before is there, and can be resumed.
    assert lines(tmp_path / "dead/records.jsonl") is not None
    assert resumed(tmp_path / "dead").config.n == 10


def test_a_full_disk_ends_the_run_with_what_is_done_safe(tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = [sys.executable, str(HERE / "engine_child.py"), str(out), "300", "full"]
    child = subprocess.run(arguments, cwd=HERE, capture_output=True, text=True)
    assert child.returncode == 1
    last = [line for line in child.stderr.splitlines() if line.startswith("proofset.errors.")][-1]
    assert last.startswith("proofset.errors.ProofsetError: ")
    assert "cannot be" in last
    done = make(out, 300, resume=True, calls=None)
    summary = asyncio.run(execute(done, lambda event: None))
    assert (summary.status, summary.slots) == ("finished", 300)
    assert summary.usage.calls > summary.paid.calls > 0
    whole = tmp_path / "whole"
    asyncio.run(execute(make(whole, 300, resume=False, calls=None), lambda event: None))
    assert (out / "records.jsonl").read_text() == (whole / "records.jsonl").read_text()


async def test_objects_given_from_python_must_be_given_again(tmp_path: Path) -> None:
    out = tmp_path / "run"
    await go(out, n=2)
    with pytest.raises(proofset.UsageError, match="its verifier was an object given from Python"):
        await proofset.aresume(out, n=4)
    with pytest.raises(proofset.UsageError, match="its default was an object given from Python"):
        await proofset.aresume(out, n=4, agents={"verifier": TrustingVerifier()})
    chat = ScriptedChat(respond=replies())
    summary = await proofset.aresume(out, n=4, model=chat, agents={"verifier": TrustingVerifier()})
    assert (summary.slots, summary.kept, summary.usage.calls) == (4, 4, 12)


@pytest.mark.parametrize("after", [1, 40, 90, 150])
def test_kill_9_loses_nothing_and_doubles_nothing(tmp_path: Path, after: int) -> None:
    n, whole, killed = 60, tmp_path / "whole", tmp_path / "killed"
    asyncio.run(execute(make(whole, n, resume=False, calls=None), lambda event: None))

    child = run_child(killed, n, "run")
    deadline = time.monotonic() + 120
    while len(calls_of(killed)) < after and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    paid_before = len(calls_of(killed))
    assert paid_before >= after

    if not (killed / "ledger.db").exists():
        pytest.fail("the first call came before the ledger")
    assert run_child(killed, n, "resume").wait(120) == 0
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (killed / name).read_text() == (whole / name).read_text()
    assert repeated(killed) <= IN_FLIGHT


@pytest.mark.parametrize("commit", [2, 9, 30])
def test_kill_9_in_the_middle_of_a_commit(tmp_path: Path, commit: int) -> None:
    n, whole, killed = 60, tmp_path / "whole", tmp_path / "killed"
    asyncio.run(execute(make(whole, n, resume=False, calls=None), lambda event: None))
    assert run_child(killed, n, f"commit:{commit}").wait(120) == -signal.SIGKILL
    # Before the run stands in the ledger, nothing is paid, and it begins anew.
    with closing(open_ledger(killed)) as ledger:
        mode = "resume" if ledger.runs() else "run"
    assert run_child(killed, n, mode).wait(120) == 0
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (killed / name).read_text() == (whole / name).read_text()
    assert repeated(killed) <= IN_FLIGHT


async def test_draining_leaves_a_run_that_resumes_for_free(tmp_path: Path) -> None:
    out, stop, settled = tmp_path / "run", asyncio.Event(), list[int]()
    first = make(out, 40, resume=False, calls=tmp_path / "run.calls")

    def tell(event: Event) -> None:
        if isinstance(event, SlotDone):
            settled.append(event.slot)
            if len(settled) == 10:
                stop.set()

    summary = await execute(first, tell, stop=stop)
    assert summary.status == "drained"
    assert 10 <= summary.slots < 40
    assert len(lines(out / "records.jsonl")) == summary.kept
    paid = len(calls_of(out))
    summary = await execute(make(out, 40, resume=True, calls=tmp_path / "run.calls"), lambda event: None)
    assert summary.status == "finished"
    assert summary.usage.calls == len(calls_of(out)) == paid + summary.paid.calls
    # Nothing in flight was lost: a drained run repeats no call at all.
    whole = tmp_path / "whole"
    await execute(make(whole, 40, resume=False, calls=tmp_path / "whole.calls"), lambda event: None)
    assert len(calls_of(out)) == len(calls_of(whole))
    assert paid < len(calls_of(whole))
    assert (out / "records.jsonl").read_text() == (whole / "records.jsonl").read_text()


async def test_a_second_process_is_kept_out(tmp_path: Path) -> None:
    out = tmp_path / "run"
    hold, inside = asyncio.Event(), asyncio.Event()

    class Waits(TrustingVerifier):
        async def __call__(self, state: Any) -> dict[str, Any]:
            inside.set()
            await hold.wait()
            return await super().__call__(state)

    task = asyncio.create_task(go(out, n=1, agents={"verifier": Waits()}))
    await inside.wait()
    with pytest.raises(proofset.ProofsetError, match="another process is running it"):
        resumed(out)
    hold.set()
    assert (await task).kept == 1


async def test_the_stream_tells_what_happens_and_ends_with_the_summary(tmp_path: Path) -> None:
    events = [
        event
        async for event in proofset.stream(
            "verified_math",
            n=3,
            model=ScriptedChat(respond=replies()),
            out=tmp_path / "run",
            agents={"verifier": TrustingVerifier()},
        )
    ]
    kinds = Counter(type(event) for event in events)
    assert (kinds[RunStarted], kinds[CallDone], kinds[SlotDone]) == (1, 9, 3)
    assert isinstance(events[-1], Summary)
    json.dumps([event.as_json() for event in events])


async def test_leaving_the_stream_early_drains_the_run(tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = {"model": ScriptedChat(respond=replies()), "agents": {"verifier": TrustingVerifier()}}
    stream = proofset.stream("verified_math", n=500, out=out, **options)
    async for event in stream:
        if isinstance(event, SlotDone):
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert 0 < len(lines(out / "records.jsonl")) < 500


def test_run_refuses_inside_a_running_loop(tmp_path: Path) -> None:
    async def inside() -> None:
        proofset.run("verified_math", n=1, model=ScriptedChat(respond=replies()), out=tmp_path / "x")

    with pytest.raises(proofset.UsageError, match=r"await proofset\.arun"):
        asyncio.run(inside())

    async def resuming() -> None:
        proofset.resume(tmp_path / "x")

    with pytest.raises(proofset.UsageError, match=r"await proofset\.aresume"):
        asyncio.run(resuming())


def test_the_funnel_counts_each_attempt_where_it_ended() -> None:
    counts = (
        StageCount("commit", "duplicate", 1),
        StageCount("judge", "judged_low", 2),
        StageCount("novelty_gate", "not_new", 4),
        StageCount("proposer", "malformed", 8),
        StageCount("solver", "malformed", 16),
        StageCount("verifier", "solver_disagrees", 32),
    )
    assert funnel_of(counts, kept=100) == Funnel(proposed=155, novel=151, solved=135, verified=103, kept=100)


async def test_garbage_is_collected_as_before_when_the_last_run_ends(tmp_path: Path) -> None:
    during: list[tuple[int, int, int]] = []

    def tell(event: Event) -> None:
        during.append(gc.get_threshold())

    before = gc.get_threshold()
    orders = (make(tmp_path / name, 3, resume=False, calls=None) for name in "ab")
    await asyncio.gather(*(execute(one, tell) for one in orders))
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    assert any(threshold[0] > before[0] for threshold in during)
