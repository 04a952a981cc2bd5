"""The embedded model server: how it fails, how it is shared, and that it never outlives us."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from proofset.errors import ModelError, UsageError
from proofset.models.catalogue import blob_path, find
from proofset.models.child import Child
from proofset.models.local import LocalServer, close_shared_servers, shared_server
from proofset.models.pull import ensure_model

needs_runtime = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="the extra `local` is not installed"
)
SMOKE = "smollm2-135m"
DEADLINE_S = 60.0

WATCHER = (
    "import os, threading; from proofset.models.local_server import end_with_parent\n"
    "threading.Thread(target=end_with_parent, args=(os.getppid(),)).start()\n"
    "print('watching', flush=True)"
)
PARENT_OF_WATCHER = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
holder = os.fork() if sys.argv[2] == "fork" else 0
if holder or sys.argv[2] == "alone":
    print(child.pid, holder, flush=True)
time.sleep(600)
"""
PARENT_OF_SERVER = """
import asyncio, sys
from pathlib import Path
from proofset.models.local import LocalServer

async def main():
    server = await LocalServer.start(Path(sys.argv[1]), slots=1, context_tokens=512)
    print(server.pid, server.base_url, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
def cache_with_a_wrong_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache where the smoke model has its right size and nothing but zeros inside."""
    monkeypatch.setenv("PROOFSET_CACHE", str(tmp_path))
    path = blob_path(find(SMOKE))
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(find(SMOKE).size_bytes)


@pytest.fixture(autouse=True)
async def no_server_stays() -> AsyncIterator[None]:
    yield
    await close_shared_servers()


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not _gone(pid):
        assert time.monotonic() < deadline, f"process {pid} outlived its parent"
        time.sleep(0.05)


async def test_what_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFSET_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="not downloaded: proofset models pull smollm2-135m"):
        await LocalServer.start(find(SMOKE))
    with pytest.raises(ModelError, match="no model file at"):
        await LocalServer.start(tmp_path / "none.gguf")
    with pytest.raises(UsageError, match="no embedded model 'none'"):
        await shared_server("none")


async def test_without_the_runtime_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    (tmp_path / "model.gguf").write_bytes(b"")
    with pytest.raises(ModelError, match=r"pip install 'proofset\[local\]'"):
        await LocalServer.start(tmp_path / "model.gguf")


@needs_runtime
async def test_a_file_that_is_no_model_fails_with_the_servers_own_words(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"not a model")
    with pytest.raises(
        ModelError, match=r"bad\.gguf: the model server ended .*Failed to init server"
    ) as caught:
        await LocalServer.start(tmp_path / "bad.gguf")
    assert "\n" not in str(caught.value)


@needs_runtime
@pytest.mark.usefixtures("cache_with_a_wrong_file")
async def test_a_shared_start_that_fails_tells_all_who_wait_and_is_tried_anew() -> None:
    cancelled, *waiting = [asyncio.create_task(shared_server(SMOKE)) for _ in range(3)]
    await asyncio.sleep(0)
    cancelled.cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(outcomes[0], ModelError) and outcomes[0] is outcomes[1]

    with pytest.raises(ModelError) as again:
        await shared_server(SMOKE)
    assert again.value is not outcomes[0]


def test_a_child_is_heard_and_ended() -> None:
    script = 'print(\'{"base_url": "here"}\', flush=True); import sys; sys.stderr.write("a\\nb\\n"); input()'
    child = Child(["-c", script])
    deadline = time.monotonic() + DEADLINE_S
    while child.announced("base_url") is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert child.announced("base_url") == "here" and child.announced("other") is None
    assert child.exit_code() is None
    child.end()
    child.end()
    assert child.exit_code() is not None
    assert child.last_lines().startswith("a | b")


def test_of_a_talkative_child_the_end_is_shown() -> None:
    child = Child(["-c", "import sys; print('no json'); sys.stderr.write('x' * 2_000_000 + '\\nthe end\\n')"])
    deadline = time.monotonic() + DEADLINE_S
    while child.exit_code() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.end()
    assert child.announced("base_url") is None
    assert len(child.last_lines()) <= 600 and child.last_lines().endswith("the end")


@pytest.mark.parametrize("pipe", ["alone", "fork"])
def test_the_watcher_ends_with_a_killed_parent_also_where_a_fork_holds_the_pipe(pipe: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT_OF_WATCHER, WATCHER, pipe], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    watcher, holder = map(int, parent.stdout.readline().split())
    try:
        assert not _gone(watcher)
        parent.kill()
        parent.wait()
        _wait_until_gone(watcher)
    finally:
        if holder:
            os.kill(holder, signal.SIGKILL)
        parent.stdout.close()


def test_the_watcher_ends_when_its_pipe_closes_though_the_parent_lives() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WATCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as watcher:
        assert watcher.stdin is not None and watcher.stdout is not None
        watcher.stdout.readline()
        watcher.stdin.close()
        try:
            assert watcher.wait(DEADLINE_S) == 0
        finally:
            watcher.kill()


@needs_runtime
@pytest.mark.local_model
def test_a_real_server_answers_by_schema_and_ends_with_a_killed_parent() -> None:
    path = ensure_model(SMOKE)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT_OF_SERVER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    server, base_url = parent.stdout.readline().split()
    try:
        schema = {
            "type": "object",
            "properties": {"colour": {"enum": ["red", "green"]}, "count": {"type": "integer"}},
            "required": ["colour", "count"],
            "additionalProperties": False,
        }
        body = {
            "messages": [{"role": "user", "content": "Name a colour and a small number."}],
            "temperature": 0,
            "max_tokens": 64,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": schema, "strict": True},
            },
        }
        answer = httpx.post(f"{base_url}/chat/completions", json=body, timeout=120, trust_env=False)
        found = json.loads(answer.raise_for_status().json()["choices"][0]["message"]["content"])
        assert found["colour"] in ("red", "green") and isinstance(found["count"], int)
        assert not _gone(int(server))
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    _wait_until_gone(int(server))


@needs_runtime
@pytest.mark.local_model
async def test_many_tasks_share_one_server_and_a_dead_one_is_replaced() -> None:
    first, *others = await asyncio.gather(*(shared_server(SMOKE) for _ in range(5)))
    assert all(other is first for other in others) and first.alive
    assert first.base_url.endswith("/v1") and first.slots == 4

    os.kill(first.pid, signal.SIGKILL)
    # Its first thread is seen to be dead before the last one is: only then can it be reaped.
    deadline = time.monotonic() + DEADLINE_S
    while first.alive:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    second = await shared_server(SMOKE)
    assert second is not first and second.alive

    await close_shared_servers()
    assert not second.alive
