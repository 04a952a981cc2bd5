"""The warm interpreters: none is worn out, none is missed, none is left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from elsewhere import find_elsewhere

from proofset.errors import SandboxUnavailableError
from proofset.tools.sandbox import ExitKind, Job, Limits, Profile, Result
from proofset.tools.sandbox.pool import Kind, Pool
from proofset.tools.sandbox.turnstile import Turnstile
from proofset.tools.sandbox.warm import WarmInterpreter
from proofset.tools.sandbox.zygote import ZygoteSandbox

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")

PLAIN = Kind("plain", 0)
MARK = "proofset_warm_test_job"
WAITS = Job(f"print({MARK!r}, flush=True)\nimport time; time.sleep(1.5)\nprint('done')")


@pytest.fixture
async def sandbox() -> AsyncIterator[ZygoteSandbox]:
    backend = ZygoteSandbox(namespaces=True, concurrency=2)
    yield backend
    await backend.close()


def children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for task in listed for pid in task.read_text().split()]


async def kill_interpreters(times: int) -> None:
    """Kill that many interpreters, each while it has a job that runs."""
    killed: set[int] = set()
    for _ in range(5000):
        # Bubblewrap, its first process, the interpreter, the program.
        busy = {pid for pid in children(os.getpid()) if depth_of(pid) == 4} - killed
        for pid in busy:
            (first,) = children(pid)
            (interpreter,) = children(first)
            os.kill(interpreter, signal.SIGKILL)
        killed |= busy
        if len(killed) == times:
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(f"only {len(killed)} interpreters were seen at work")


def depth_of(pid: int) -> int:
    try:
        return 1 + max(map(depth_of, children(pid)), default=0)
    except OSError:
        return 0


async def test_a_job_whose_interpreter_is_killed_runs_once_more(sandbox: ZygoteSandbox) -> None:
    job = asyncio.create_task(sandbox.run(WAITS))
    await kill_interpreters(1)
    result = await job
    assert result.ok, result
    assert result.stdout == f"{MARK}\ndone\n"


async def test_a_job_that_loses_two_interpreters_is_given_up(sandbox: ZygoteSandbox) -> None:
    job = asyncio.create_task(sandbox.run(WAITS))
    await kill_interpreters(2)
    result = await job
    assert result.kind is ExitKind.FAILED
    assert "ended under the job" in result.stderr
    assert (await sandbox.run(Job("print(1)"))).stdout == "1\n"


async def test_an_idle_interpreter_that_died_is_not_used(sandbox: ZygoteSandbox) -> None:
    await sandbox.run(Job(""))
    for pid in children(os.getpid()):
        os.kill(pid, signal.SIGKILL)
    assert (await sandbox.run(Job("print(1)"))).stdout == "1\n"


def test_it_serves_any_thread_and_any_loop() -> None:
    sandbox = ZygoteSandbox(namespaces=True, concurrency=2)
    results: list[Result] = []

    def work(number: int) -> None:
        async def some() -> None:
            results.extend(await asyncio.gather(*(sandbox.run(Job(f"print({number})")) for _ in range(3))))

        asyncio.run(some())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(sandbox.close())
    assert sorted(r.stdout for r in results) == sorted(f"{n}\n" for n in range(4) for _ in range(3))


@pytest.mark.parametrize(
    ("source", "profile"),
    [
        ("import random; print(random.random())", "plain"),
        ("import random; random.seed(); print(random.random())", "plain"),
        ("import uuid; print(uuid.uuid4())", "plain"),
        ("import os; print(os.urandom(8))", "plain"),
        ("import numpy; print(numpy.random.random())", "math"),
        ("import sympy; print(sympy.Dummy('x') is not None, sympy.randprime(1, 10**30))", "math"),
    ],
)
async def test_chance_is_not_the_same_in_every_job(
    sandbox: ZygoteSandbox, source: str, profile: Profile
) -> None:
    """What a warm interpreter once drew, all its forks would share."""
    if profile == "math":
        pytest.importorskip("numpy")
    jobs = [sandbox.run(Job(source, profile=profile)) for _ in range(6)]
    results = await asyncio.gather(*jobs)
    assert all(r.ok for r in results), results[0]
    assert len({r.stdout for r in results}) == 6


async def test_a_program_changes_nothing_for_the_next(sandbox: ZygoteSandbox) -> None:
    poison = (
        "import builtins, json, sys, math, os\n"
        "builtins.print = json.dumps = lambda *a, **k: 'poison'\n"
        "math.pi = 3; sys.modules['re'] = None; sys.path.clear(); os.environ['LEFT'] = '1'\n"
        "sys.setrecursionlimit(50)"
    )
    clean = (
        "import json, math, os, re, sys\n"
        "print(json.dumps([1]), math.pi > 3.1, bool(sys.path), 'LEFT' in os.environ, sys.getrecursionlimit())"
    )
    for _ in range(4):
        assert (await sandbox.run(Job(poison))).ok
        assert (await sandbox.run(Job(clean))).stdout == "[1] True True False 1000\n"


async def test_a_limit_is_beyond_what_the_interpreter_has(sandbox: ZygoteSandbox) -> None:
    """A preloaded library does not count against the program."""
    fits = "held = bytearray(50 * 2**20); print(len(held))"
    limits = Limits(memory_bytes=80 * 2**20)
    for job in (Job(fits, limits=limits), Job(fits, profile="math", limits=limits)):
        assert (await sandbox.run(job)).stdout == "52428800\n"
    too_much = await sandbox.run(Job(fits.replace("50", "90"), limits=limits))
    assert too_much.kind is ExitKind.MEMORY_LIMIT


class Plain:
    """A stand-in for an interpreter: it counts, and it can die."""

    def __init__(self) -> None:
        self.jobs = 0
        self.alive = True
        self.ended = 0

    def close(self) -> str:
        self.ended += 1
        self.alive = False
        return ""

    kill = close


class Factory:
    """Starts stand-ins and keeps count of what they lease."""

    def __init__(self) -> None:
        self.made: list[Plain] = []
        self.leased = 0

    def __call__(self, kind: Kind, leases: ExitStack) -> WarmInterpreter:
        self.leased += 1
        leases.callback(self._give_back)
        if kind.hash_seed == 99:
            raise SandboxUnavailableError("no")
        self.made.append(Plain())
        return cast(WarmInterpreter, self.made[-1])

    def _give_back(self) -> None:
        self.leased -= 1


def use(pool: Pool, kind: Kind = PLAIN) -> None:
    with pool.take(kind) as interpreter:
        interpreter.jobs += 1


def test_a_worn_interpreter_is_replaced() -> None:
    factory = Factory()
    pool = Pool(factory, idle=4, jobs_each=3)
    for _ in range(7):
        use(pool)
    assert [plain.jobs for plain in factory.made] == [3, 3, 1]
    assert [plain.ended for plain in factory.made] == [1, 1, 0]
    pool.close()
    assert factory.leased == 0
    assert all(not plain.alive for plain in factory.made)


def test_the_longest_idle_makes_room() -> None:
    factory = Factory()
    pool = Pool(factory, idle=2)
    for seed in (0, 1, 2, 1):
        use(pool, Kind("plain", seed))
    assert [plain.alive for plain in factory.made] == [False, True, True]
    use(pool, Kind("math", 1))
    assert [plain.alive for plain in factory.made] == [False, True, False, True]
    pool.close()
    assert factory.leased == 0


def test_what_fails_is_not_kept() -> None:
    factory = Factory()
    pool = Pool(factory, idle=2)
    with pytest.raises(SandboxUnavailableError):
        use(pool, Kind("plain", 99))
    with pytest.raises(ZeroDivisionError), pool.take(PLAIN):
        raise ZeroDivisionError
    assert factory.leased == 0
    use(pool)
    pool.close()
    use(pool)
    assert factory.leased == 0


def test_one_alone_is_never_beside_others() -> None:
    turnstile = Turnstile()
    inside: list[str] = []
    seen: list[list[str]] = []

    def together() -> None:
        for _ in range(50):
            with turnstile.together():
                inside.append("many")
                seen.append(list(inside))
                inside.remove("many")

    def alone() -> None:
        for _ in range(20):
            with turnstile.alone():
                inside.append("one")
                seen.append(list(inside))
                inside.remove("one")

    threads = [threading.Thread(target=target) for target in (together, together, alone, alone)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum("one" in state for state in seen) == 40
    assert all(state == ["one"] for state in seen if "one" in state)


HOST = """
import asyncio, sys
from proofset.tools.sandbox import Job, Limits
from proofset.tools.sandbox.zygote import ZygoteSandbox
sandbox = ZygoteSandbox(namespaces=sys.argv[1:] == ["ns"], concurrency=2)
job = Job("print('up', flush=True)\\nimport time; time.sleep(600)", limits=Limits(wall_s=600))
async def main():
    await sandbox.run(Job(""))
    print("ready", flush=True)
    await asyncio.gather(sandbox.run(job), sandbox.run(job))
asyncio.run(main())
"""


@pytest.mark.parametrize("tier", ["ns", "landlock"])
def test_nothing_is_left_when_the_host_is_killed(
    tier: str, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    elsewhere = find_elsewhere(tmp_path_factory)
    tmp_path.chmod(0o777)
    command = [*elsewhere.command(HOST, root=True), tier]
    environment = {**elsewhere.environment, "TMPDIR": str(tmp_path)}
    host = subprocess.Popen(command, env=environment, cwd="/", stdout=subprocess.PIPE, text=True)
    assert host.stdout and host.stdout.readline() == "ready\n"
    deadline = time.monotonic() + 60
    least = 8 if tier == "ns" else 4
    while len(family := descendants(host.pid)) < least and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(family) >= least
    host.kill()
    host.wait()
    while (left := [pid for pid in family if running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left
    while (files := list(tmp_path.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not files


def descendants(pid: int) -> list[int]:
    below = children(pid)
    return below + [deeper for child in below for deeper in descendants(child)]


def running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
