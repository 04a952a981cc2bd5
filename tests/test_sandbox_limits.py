"""How endings become kinds, and that nothing of a job outlives it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.tools.sandbox import ExitKind, Job, Limits
from proofset.tools.sandbox.ending import EndedBy, Ending, Queue
from proofset.tools.sandbox.identity import Spare, lease, spare_ids
from proofset.tools.sandbox.outcome import judge
from proofset.tools.sandbox.runtime import Runtime
from proofset.tools.sandbox.seccomp import Filters, build_filters
from proofset.tools.sandbox.zygote import ZygoteSandbox

needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
LIMITS = Limits(cpu_s=4.0, wall_s=30.0)
SLEEPER = Job("import time; time.sleep(600)", limits=Limits(wall_s=600))
SEEN_SLEEPER = Job(
    "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
    limits=Limits(wall_s=600),
)
"""Its second thread shows from outside that the program, not only its process, has begun."""


@pytest.fixture
async def sandbox() -> AsyncIterator[ZygoteSandbox]:
    backend = ZygoteSandbox(namespaces=True, concurrency=2)
    yield backend
    await backend.close()


def ending(
    by: EndedBy = EndedBy.ITSELF,
    *,
    begun: bool = True,
    status: int | None = None,
    stderr: bytes = b"",
    cpu_s: float = 0.1,
    wall_s: float = 30.0,
    waited_s: float | None = 0.0,
    ready: bool = False,
    oom: bool = False,
) -> Ending:
    return Ending(by, b"", stderr, begun, status, "", cpu_s, wall_s, oom, Queue(waited_s, ready))


@pytest.mark.parametrize(
    ("what", "kind", "exit_code"),
    [
        (ending(status=0), ExitKind.OK, 0),
        (ending(status=3 << 8), ExitKind.ERROR, 3),
        (ending(status=137 << 8), ExitKind.ERROR, 137),
        (ending(status=signal.SIGSEGV), ExitKind.SIGNAL, -11),
        (ending(status=signal.SIGSEGV | 0x80), ExitKind.SIGNAL, -11),
        (ending(status=signal.SIGKILL, cpu_s=3.9), ExitKind.CPU_LIMIT, -9),
        (ending(status=signal.SIGXCPU, cpu_s=3.99), ExitKind.CPU_LIMIT, -24),
        (ending(status=signal.SIGXCPU, cpu_s=2.8), ExitKind.CPU_LIMIT, -24),
        (ending(status=signal.SIGKILL, cpu_s=0.1), ExitKind.SIGNAL, -9),
        (ending(status=0, cpu_s=4.0), ExitKind.CPU_LIMIT, 0),
        (ending(status=1 << 8, stderr=b"Trace\nMemoryError\n"), ExitKind.MEMORY_LIMIT, 1),
        (ending(status=1 << 8, stderr=b"Trace\nMemoryError: 3 GiB"), ExitKind.MEMORY_LIMIT, 1),
        (ending(status=1 << 8, stderr=b"MemoryError\nValueError: x"), ExitKind.ERROR, 1),
        (ending(status=2 << 8, stderr=b"MemoryError"), ExitKind.ERROR, 2),
        (ending(status=0, stderr=b"MemoryError"), ExitKind.OK, 0),
        (ending(status=signal.SIGKILL, oom=True), ExitKind.MEMORY_LIMIT, None),
        (ending(status=1 << 8, oom=True), ExitKind.MEMORY_LIMIT, None),
        (ending(status=0, oom=True), ExitKind.OK, 0),
        (ending(EndedBy.OUTPUT, status=0), ExitKind.OUTPUT_LIMIT, None),
        (ending(EndedBy.WALL, status=0), ExitKind.OK, 0),
        (ending(EndedBy.WALL, status=9, waited_s=0.2), ExitKind.WALL_LIMIT, None),
        (ending(EndedBy.WALL, status=9, waited_s=20.0), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, status=9, waited_s=None), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, status=9, ready=True), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, status=9, ready=True, cpu_s=1.6, wall_s=3.0), ExitKind.WALL_LIMIT, None),
        (ending(EndedBy.WALL, status=9, ready=True, cpu_s=1.4, wall_s=3.0), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, status=9, waited_s=20.0, cpu_s=2.5), ExitKind.WALL_LIMIT, None),
        (ending(EndedBy.WALL, status=9, cpu_s=4.5), ExitKind.CPU_LIMIT, None),
        (ending(EndedBy.WALL, begun=False), ExitKind.STARVED, None),
        (ending(EndedBy.STOP, status=9), ExitKind.FAILED, None),
        (ending(), ExitKind.FAILED, None),
        (ending(begun=False, status=1 << 8), ExitKind.FAILED, None),
    ],
)
def test_endings_become_kinds(what: Ending, kind: ExitKind, exit_code: int | None) -> None:
    outcome = judge(what, LIMITS)
    assert (outcome.kind, outcome.exit_code) == (kind, exit_code)


STATUSES = st.integers(0, 255).map(lambda code: code << 8) | st.integers(1, 64)


@given(st.booleans(), st.none() | STATUSES, st.sampled_from(EndedBy), st.binary(max_size=30))
def test_only_a_program_that_began_and_ended_well_is_a_success(
    begun: bool, status: int | None, by: EndedBy, stderr: bytes
) -> None:
    kind = judge(ending(by, begun=begun, status=status, stderr=stderr), LIMITS).kind
    may = begun and status == 0 and by in (EndedBy.ITSELF, EndedBy.WALL)
    assert (kind is ExitKind.OK) == may


@pytest.fixture
def crowded_core() -> Iterator[None]:
    """Everything on one core, with six others that want it."""
    cores = os.sched_getaffinity(0)
    core = min(cores)
    os.sched_setaffinity(0, {core})
    rivals = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(6)]
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
        for rival in rivals:
            rival.kill()
            rival.wait()


@needs_bwrap
@pytest.mark.usefixtures("crowded_core")
async def test_a_starved_job_is_inconclusive_and_was_tried_twice() -> None:
    sandbox = ZygoteSandbox(namespaces=True, concurrency=2)
    busy = Job("while True: pass", limits=Limits(cpu_s=40, wall_s=2))
    began = time.monotonic()
    result = await sandbox.run(busy)
    took_s = time.monotonic() - began
    await sandbox.close()
    assert result.kind is ExitKind.STARVED
    assert not result.conclusive
    assert took_s >= 2 * busy.limits.wall_s


def descendants(ancestor: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found: set[int] = set()
    while more := {pid for pid, parent in parents.items() if parent in found | {ancestor}} - found:
        found |= more
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def command_lines(pids: set[int]) -> list[bytes]:
    return [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids]


async def wait_for_processes(ancestor: int, number: int) -> set[int]:
    for _ in range(6000):
        if len(found := descendants(ancestor)) >= number:
            return found
        await asyncio.sleep(0.01)
    raise TimeoutError(f"{ancestor} has no {number} descendants after a minute")


async def wait_for_second_thread(pids: set[int]) -> None:
    for _ in range(6000):
        if any("\nThreads:\t2\n" in status_of(pid) for pid in pids):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(f"none of {pids} has two threads after a minute")


def status_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


async def wait_until_gone(pids: set[int]) -> None:
    for _ in range(6000):
        if not alive(pids):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(f"{alive(pids)} still run after a minute")


@needs_bwrap
async def test_cancelling_leaves_no_process(sandbox: ZygoteSandbox) -> None:
    before = descendants(os.getpid())
    task = asyncio.create_task(sandbox.run(SEEN_SLEEPER))
    # Bubblewrap, its first process, the warm interpreter, the job's first process and the program.
    job = await wait_for_processes(os.getpid(), len(before) + 5) - before
    # A job that is cancelled before it has said so takes its interpreter with it.
    await wait_for_second_thread(job)
    task.cancel()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # The interpreter stays, for the next job.
    assert len(alive(job)) == 3
    await sandbox.close()
    await wait_until_gone(job)


@needs_bwrap
async def test_a_job_cancelled_at_once_leaves_no_process(sandbox: ZygoteSandbox) -> None:
    before = descendants(os.getpid())
    for delay_s in (0.0, 0.0, 0.001, 0.002, 0.004, 0.008, 0.016):
        task = asyncio.create_task(sandbox.run(SLEEPER))
        await asyncio.sleep(delay_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await sandbox.close()
    await wait_until_gone(descendants(os.getpid()) - before)


@needs_bwrap
async def test_closing_ends_jobs_that_run_and_jobs_that_wait(sandbox: ZygoteSandbox) -> None:
    before = descendants(os.getpid())
    tasks = [asyncio.create_task(sandbox.run(SLEEPER)) for _ in range(4)]
    await wait_for_processes(os.getpid(), len(before) + 10)
    await sandbox.close()
    await sandbox.close()
    results = await asyncio.gather(*tasks)
    assert [r.kind for r in results] == [ExitKind.FAILED] * 4
    assert all("closed" in r.stderr for r in results)
    assert descendants(os.getpid()) <= before


@needs_bwrap
async def test_a_job_dies_with_a_killed_host_process() -> None:
    source = (
        "import asyncio\n"
        "from proofset.tools.sandbox import Job\n"
        "from proofset.tools.sandbox.zygote import ZygoteSandbox\n"
        "asyncio.run(ZygoteSandbox(namespaces=True).run(Job('import time; time.sleep(600)')))\n"
    )
    host = await asyncio.create_subprocess_exec(sys.executable, "-c", source)
    job = await wait_for_processes(host.pid, 5)
    host.kill()
    await host.wait()
    await wait_until_gone(job)


@needs_bwrap
async def test_the_program_is_not_on_the_command_line(sandbox: ZygoteSandbox) -> None:
    before = descendants(os.getpid())
    secret = "a_word_that_stands_nowhere_else"
    job = Job(f"{secret} = 1\nimport time; time.sleep(600)", stdin=secret, limits=Limits(wall_s=600))
    task = asyncio.create_task(sandbox.run(job))
    pids = await wait_for_processes(os.getpid(), len(before) + 5) - before
    seen = command_lines(pids)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert any(seen)
    assert not any(secret.encode() in line for line in seen)


@needs_bwrap
async def test_cpu_time_is_the_program_s_own(sandbox: ZygoteSandbox) -> None:
    source = "import time\nwhile time.process_time() < 0.5: pass"
    result = await sandbox.run(Job(source))
    assert result.ok
    assert 0.45 <= result.cpu_s <= 1.0


@needs_bwrap
async def test_less_than_a_second_of_cpu_is_a_limit_too(sandbox: ZygoteSandbox) -> None:
    source = "import time\nwhile time.process_time() < 0.5: pass\nprint('done')"
    result = await sandbox.run(Job(source, limits=Limits(cpu_s=0.3)))
    assert result.kind is ExitKind.CPU_LIMIT


@pytest.mark.parametrize(
    ("id_map", "lowest", "highest"),
    [
        ("         0          0 4294967295\n", 2**30 - 1, 2**31 - 1),
        ("0 1000 1\n1 100000 65536\n", 16385, 32769),
    ],
)
def test_spare_ids_lie_inside_the_map(id_map: str, lowest: int, highest: int) -> None:
    ids = spare_ids(id_map)
    assert lowest <= ids[0] < ids[-1] < highest


@pytest.mark.parametrize("id_map", ["", "0 1000 1\n", "0 0 1\n1 5 10\n"])
def test_a_small_map_has_none_to_spare(id_map: str) -> None:
    assert not spare_ids(id_map)


def test_jobs_at_the_same_time_are_different_users() -> None:
    spare = Spare(range(1000, 9000), range(20000, 28000))
    with lease(spare) as one, lease(spare) as other:
        assert one and other
        assert one.uid != other.uid
        assert one.gid != other.gid
        assert one.uid in spare.uids and one.gid in spare.gids
    with lease(None) as nobody:
        assert nobody is None


def test_missing_bytecode_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "hollow"
    package.mkdir()
    (package / "__init__.py").write_text("VALUE = 1\n")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    runtime = Runtime(Path(sys.executable), tmp_path, (), (), (), {"math": (package,)})
    runtime.compile_packages("math")
    assert list((package / "__pycache__").glob("__init__.*.pyc"))


class Call:
    """A system call as the kernel shows it to a filter."""

    def __init__(self, arch: int, number: int, first: int = 0, second: int = 0) -> None:
        self.words = {0: number, 4: arch, 16: first, 24: second}


def evaluate(program: bytes, call: Call) -> int:
    """The filter's return value, by the rules of classic BPF."""
    ops = list(struct.iter_unpack("=HBBI", program))
    at, accumulator = 0, 0
    while True:
        code, yes, no, operand = ops[at]
        at += 1
        if code == 0x20:
            accumulator = call.words[operand]
        elif code == 0x54:
            accumulator &= operand
        elif code == 0x06:
            return int(operand)
        else:
            holds = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: accumulator & operand}
            at += yes if holds[code] else no


def decide(filters: Filters, call: Call, *, own_pid: int) -> int:
    """What both filters together make of a call: the kernel takes the stricter answer."""
    own = filters.own
    for place in filters.own_pid_at:
        own = own[:place] + struct.pack("=I", own_pid) + own[place + 4 :]
    answers = [evaluate(program, call) for program in (filters.shared, own)]
    return KILL if KILL in answers else min(answers)


ALLOW, EPERM, ENOSYS, ENOTTY, KILL = 0x7FFF0000, 0x50001, 0x50026, 0x50019, 0x80000000
X86, ARM = 0xC000003E, 0xC00000B7
ME = 4711


@pytest.mark.parametrize(
    ("machine", "contained", "call", "verdict"),
    [
        ("x86_64", True, Call(X86, 0), ALLOW),
        ("x86_64", True, Call(X86, 101), EPERM),
        ("x86_64", True, Call(X86, 272), EPERM),
        ("x86_64", True, Call(X86, 165), EPERM),
        ("x86_64", True, Call(X86, 126), EPERM),
        ("x86_64", True, Call(X86, 446), EPERM),
        ("x86_64", True, Call(X86, 434), EPERM),
        ("x86_64", True, Call(X86, 319), EPERM),
        ("x86_64", True, Call(X86, 41, 2), EPERM),
        ("x86_64", True, Call(X86, 53, 1, 1), ALLOW),
        ("x86_64", True, Call(X86, 53, 1, 0x80801), ALLOW),
        ("x86_64", True, Call(X86, 53, 1, 2), EPERM),
        ("x86_64", True, Call(X86, 53, 2, 1), EPERM),
        ("x86_64", True, Call(X86, 435), ENOSYS),
        ("x86_64", True, Call(X86, 9999), ENOSYS),
        ("x86_64", True, Call(X86, 56, 0x003D0F00), ALLOW),
        ("x86_64", True, Call(X86, 56, 17), ALLOW),
        ("x86_64", True, Call(X86, 56, 0x10000000 | 17), EPERM),
        ("x86_64", True, Call(X86, 56, 0x8000 | 17), EPERM),
        ("x86_64", True, Call(X86, 302, 0), ALLOW),
        ("x86_64", True, Call(X86, 302, 1), EPERM),
        ("x86_64", True, Call(X86, 157, 22), EPERM),
        ("x86_64", True, Call(X86, 157, 39), ALLOW),
        ("x86_64", True, Call(X86, 157, 4), EPERM),
        ("x86_64", True, Call(X86, 16, 0, 0x5412), ENOTTY),
        ("x86_64", True, Call(X86, 16, 0, 0x5401), ALLOW),
        ("x86_64", True, Call(X86, 72, 0, 8), EPERM),
        ("x86_64", True, Call(X86, 72, 0, 1030), ALLOW),
        ("x86_64", True, Call(X86, 62, 1), ALLOW),
        ("x86_64", True, Call(X86, 59), ALLOW),
        ("x86_64", True, Call(X86, 87), ALLOW),
        ("x86_64", False, Call(X86, 62, ME), ALLOW),
        ("x86_64", False, Call(X86, 62, 1), EPERM),
        ("x86_64", False, Call(X86, 234, ME), ALLOW),
        ("x86_64", False, Call(X86, 234, ME + 1), EPERM),
        ("x86_64", False, Call(X86, 59), EPERM),
        ("x86_64", False, Call(X86, 57), EPERM),
        ("x86_64", False, Call(X86, 56, 17), EPERM),
        ("x86_64", False, Call(X86, 56, 0x003D0F00), ALLOW),
        ("x86_64", False, Call(X86, 87), EPERM),
        ("x86_64", False, Call(X86, 90), EPERM),
        ("x86_64", True, Call(X86, 0x40000000 | 39), KILL),
        ("x86_64", True, Call(0x40000003, 20), KILL),
        ("aarch64", True, Call(ARM, 63), ALLOW),
        ("aarch64", True, Call(ARM, 117), EPERM),
        ("aarch64", True, Call(ARM, 101), ALLOW),
        ("aarch64", True, Call(ARM, 220, 0x40000000), EPERM),
        ("aarch64", True, Call(ARM, 198, 2), EPERM),
        ("aarch64", True, Call(ARM, 199, 1, 1), ALLOW),
        ("aarch64", True, Call(ARM, 261, 1), EPERM),
        ("aarch64", False, Call(ARM, 129, 1), EPERM),
        ("aarch64", False, Call(ARM, 221), EPERM),
        ("aarch64", True, Call(X86, 63), KILL),
    ],
)
def test_the_filters_decide(machine: str, contained: bool, call: Call, verdict: int) -> None:
    assert decide(build_filters(machine, contained=contained), call, own_pid=ME) == verdict
