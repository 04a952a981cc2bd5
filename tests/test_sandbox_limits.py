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
from proofset.tools.sandbox.bubblewrap import BubblewrapSandbox
from proofset.tools.sandbox.identity import Spare, lease, spare_ids
from proofset.tools.sandbox.outcome import judge
from proofset.tools.sandbox.process import EndedBy, Ending, Queue
from proofset.tools.sandbox.runtime import Bind, Runtime
from proofset.tools.sandbox.seccomp import build_filter

needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
LIMITS = Limits(cpu_s=4.0, wall_s=30.0)
SLEEPER = Job("import time; time.sleep(600)", limits=Limits(wall_s=600))


@pytest.fixture
async def sandbox() -> AsyncIterator[BubblewrapSandbox]:
    backend = BubblewrapSandbox(concurrency=2)
    yield backend
    await backend.close()


def ending(
    by: EndedBy = EndedBy.ITSELF,
    *,
    report: bytes = b"",
    stderr: bytes = b"",
    cpu_s: float = 0.1,
    wall_s: float = 30.0,
    waited_s: float | None = 0.0,
    ready: bool = False,
) -> Ending:
    return Ending(by, b"", stderr, report, cpu_s, wall_s, Queue(waited_s, ready))


def report(status: int, cpu_s: float = 0.1) -> bytes:
    return b"begun\nended %d %.6f\n" % (status, cpu_s)


BEGUN = b"begun\n"


@pytest.mark.parametrize(
    ("what", "kind", "exit_code"),
    [
        (ending(report=report(0)), ExitKind.OK, 0),
        (ending(report=report(3 << 8)), ExitKind.ERROR, 3),
        (ending(report=report(137 << 8)), ExitKind.ERROR, 137),
        (ending(report=report(signal.SIGSEGV)), ExitKind.SIGNAL, -11),
        (ending(report=report(signal.SIGSEGV | 0x80)), ExitKind.SIGNAL, -11),
        (ending(report=report(signal.SIGKILL, 3.9)), ExitKind.CPU_LIMIT, -9),
        (ending(report=report(signal.SIGXCPU, 3.99)), ExitKind.CPU_LIMIT, -24),
        (ending(report=report(signal.SIGXCPU, 2.8)), ExitKind.CPU_LIMIT, -24),
        (ending(report=report(signal.SIGKILL, 0.1)), ExitKind.SIGNAL, -9),
        (ending(report=report(0, 4.0)), ExitKind.CPU_LIMIT, 0),
        (ending(report=report(1 << 8), stderr=b"Trace\nMemoryError\n"), ExitKind.MEMORY_LIMIT, 1),
        (ending(report=report(1 << 8), stderr=b"Trace\nMemoryError: 3 GiB"), ExitKind.MEMORY_LIMIT, 1),
        (ending(report=report(1 << 8), stderr=b"MemoryError\nValueError: x"), ExitKind.ERROR, 1),
        (ending(report=report(2 << 8), stderr=b"MemoryError"), ExitKind.ERROR, 2),
        (ending(report=report(0), stderr=b"MemoryError"), ExitKind.OK, 0),
        (ending(EndedBy.OUTPUT, report=report(0)), ExitKind.OUTPUT_LIMIT, None),
        (ending(EndedBy.WALL, report=report(0)), ExitKind.OK, 0),
        (ending(EndedBy.WALL, report=BEGUN, waited_s=0.2), ExitKind.WALL_LIMIT, None),
        (ending(EndedBy.WALL, report=BEGUN, waited_s=20.0), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, report=BEGUN, waited_s=None), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, report=BEGUN, ready=True), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, report=BEGUN, ready=True, cpu_s=1.6, wall_s=3.0), ExitKind.WALL_LIMIT, None),
        (ending(EndedBy.WALL, report=BEGUN, ready=True, cpu_s=1.4, wall_s=3.0), ExitKind.STARVED, None),
        (ending(EndedBy.WALL, report=BEGUN, waited_s=20.0, cpu_s=2.5), ExitKind.WALL_LIMIT, None),
        (ending(EndedBy.WALL, report=BEGUN, cpu_s=4.5), ExitKind.CPU_LIMIT, None),
        (ending(EndedBy.WALL, report=b""), ExitKind.STARVED, None),
        (ending(EndedBy.STOP, report=BEGUN), ExitKind.FAILED, None),
        (ending(report=BEGUN), ExitKind.FAILED, None),
        (ending(report=b""), ExitKind.FAILED, None),
    ],
)
def test_endings_become_kinds(what: Ending, kind: ExitKind, exit_code: int | None) -> None:
    outcome = judge(what, LIMITS)
    assert (outcome.kind, outcome.exit_code) == (kind, exit_code)


@given(st.binary(max_size=60), st.sampled_from(EndedBy), st.binary(max_size=30))
def test_only_a_whole_report_makes_a_success(text: bytes, by: EndedBy, stderr: bytes) -> None:
    for damaged in (text, BEGUN + text, report(0) + b"x" + text, b"x" + report(0), report(0)[:-1]):
        assert judge(ending(by, report=damaged, stderr=stderr), LIMITS).kind is not ExitKind.OK


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
    sandbox = BubblewrapSandbox(concurrency=2)
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


async def wait_until_gone(pids: set[int]) -> None:
    for _ in range(6000):
        if not alive(pids):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(f"{alive(pids)} still run after a minute")


@needs_bwrap
async def test_cancelling_leaves_no_process(sandbox: BubblewrapSandbox) -> None:
    before = descendants(os.getpid())
    task = asyncio.create_task(sandbox.run(SLEEPER))
    # Bubblewrap, the supervisor and the program.
    job = await wait_for_processes(os.getpid(), len(before) + 3) - before
    task.cancel()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not alive(job)


@needs_bwrap
async def test_a_job_cancelled_at_once_leaves_no_process(sandbox: BubblewrapSandbox) -> None:
    before = descendants(os.getpid())
    for delay_s in (0.0, 0.0, 0.001, 0.002, 0.004, 0.008, 0.016):
        task = asyncio.create_task(sandbox.run(SLEEPER))
        await asyncio.sleep(delay_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert descendants(os.getpid()) <= before


@needs_bwrap
async def test_closing_ends_jobs_that_run_and_jobs_that_wait(sandbox: BubblewrapSandbox) -> None:
    before = descendants(os.getpid())
    tasks = [asyncio.create_task(sandbox.run(SLEEPER)) for _ in range(4)]
    await wait_for_processes(os.getpid(), len(before) + 6)
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
        "from proofset.tools.sandbox.bubblewrap import BubblewrapSandbox\n"
        "asyncio.run(BubblewrapSandbox().run(Job('import time; time.sleep(600)')))\n"
    )
    host = await asyncio.create_subprocess_exec(sys.executable, "-c", source)
    job = await wait_for_processes(host.pid, 3)
    host.kill()
    await host.wait()
    await wait_until_gone(job)


@needs_bwrap
async def test_the_program_is_not_on_the_command_line(sandbox: BubblewrapSandbox) -> None:
    before = descendants(os.getpid())
    secret = "a_word_that_stands_nowhere_else"
    job = Job(f"{secret} = 1\nimport time; time.sleep(600)", stdin=secret, limits=Limits(wall_s=600))
    task = asyncio.create_task(sandbox.run(job))
    pids = await wait_for_processes(os.getpid(), len(before) + 3) - before
    seen = command_lines(pids)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert all(seen)
    assert not any(secret.encode() in line for line in seen)


@needs_bwrap
async def test_cpu_time_is_the_program_s_own(sandbox: BubblewrapSandbox) -> None:
    source = "import time\nwhile time.process_time() < 0.5: pass"
    result = await sandbox.run(Job(source))
    assert result.ok
    assert 0.45 <= result.cpu_s <= 1.0


@needs_bwrap
async def test_less_than_a_second_of_cpu_is_a_limit_too(sandbox: BubblewrapSandbox) -> None:
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
        assert one.uid != other.uid
        assert one.gid != other.gid
        assert one.uid in spare.uids and one.gid in spare.gids
    with lease(None) as nobody:
        assert nobody == (-1, -1)


def test_missing_bytecode_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "hollow"
    package.mkdir()
    (package / "__init__.py").write_text("VALUE = 1\n")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    Runtime((), (), (), (Bind(package, "/math/hollow"),)).compile_packages()
    assert list((package / "__pycache__").glob("__init__.*.pyc"))


class Call:
    """A system call as the kernel shows it to a filter."""

    def __init__(self, arch: int, number: int, argument: int = 0) -> None:
        self.words = {0: number, 4: arch, 16: argument}


def evaluate(program: bytes, call: Call) -> int:
    """The filter's return value, by the rules of classic BPF."""
    ops = list(struct.iter_unpack("=HBBI", program))
    at, accumulator = 0, 0
    while True:
        code, yes, no, operand = ops[at]
        at += 1
        if code == 0x20:
            accumulator = call.words[operand]
        elif code == 0x06:
            return int(operand)
        else:
            holds = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: accumulator & operand}
            at += yes if holds[code] else no


ALLOW, EPERM, ENOSYS, EAFNOSUPPORT, KILL = 0x7FFF0000, 0x50001, 0x50026, 0x50061, 0x80000000
X86, ARM = 0xC000003E, 0xC00000B7


@pytest.mark.parametrize(
    ("machine", "call", "verdict"),
    [
        ("x86_64", Call(X86, 0), ALLOW),
        ("x86_64", Call(X86, 101), EPERM),
        ("x86_64", Call(X86, 272), EPERM),
        ("x86_64", Call(X86, 319), EPERM),
        ("x86_64", Call(X86, 435), ENOSYS),
        ("x86_64", Call(X86, 56, 0x003D0F00), ALLOW),
        ("x86_64", Call(X86, 56, 0x10000000 | 17), EPERM),
        ("x86_64", Call(X86, 302, 0), ALLOW),
        ("x86_64", Call(X86, 302, 1), EPERM),
        *[("x86_64", Call(X86, 41, family), ALLOW) for family in (1, 2, 10)],
        *[("x86_64", Call(X86, 41, family), EAFNOSUPPORT) for family in (0, 3, 16, 17, 38, 40)],
        ("x86_64", Call(X86, 0x40000000 | 39), KILL),
        ("x86_64", Call(0x40000003, 26), KILL),
        ("aarch64", Call(ARM, 63), ALLOW),
        ("aarch64", Call(ARM, 117), EPERM),
        ("aarch64", Call(ARM, 101), ALLOW),
        ("aarch64", Call(ARM, 220, 0x40000000), EPERM),
        ("aarch64", Call(ARM, 198, 40), EAFNOSUPPORT),
        ("aarch64", Call(ARM, 198, 2), ALLOW),
        ("aarch64", Call(ARM, 261, 1), EPERM),
        ("aarch64", Call(X86, 63), KILL),
    ],
)
def test_the_filter_decides(machine: str, call: Call, verdict: int) -> None:
    assert evaluate(build_filter(machine), call) == verdict
