"""The bubblewrap backend: every job in a cold `bwrap` of its own, with nothing shared but read-only files.

Inside, a supervisor of ours is process 1 and the program its child (see `_launch`). How the program ended
and what CPU it used is the supervisor's word or the kernel's, never the program's.

Two ways to an unprivileged program. As an ordinary user: a user namespace, uid 1000 inside. As root: no user
namespace, and the program becomes a throw-away uid, another one for each job, because the kernel does not
count the processes of root. Either way the program has no capability and cannot gain one.

What is not capped: the memory of a job in all. `Limits.memory_bytes` holds per process, so a job that may
have 16 processes may have 16 times as much.
"""

from __future__ import annotations

import asyncio
import importlib.util
import marshal
import math
import os
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.abc import InspectLoader
from types import CodeType

from ...errors import SandboxUnavailableError
from .identity import Identity, find_spare, lease
from .job import ExitKind, Job, Result
from .outcome import judge
from .process import EndedBy, Ending, Fds, Start, Stop, run_process
from .runtime import PYTHON, find_bwrap, find_runtime
from .seccomp import build_filter, supported

_MAX_CONCURRENCY = 256
_NAMESPACES = ("pid", "net", "ipc", "uts", "cgroup")


class BubblewrapSandbox:
    """Runs each job in a new bubblewrap container on this machine.

    One instance belongs to one event loop. Making it reads files; `run` blocks nothing.

    Args:
        concurrency: jobs at once, 1..256; default is the number of cores this process may use.

    Raises:
        SandboxUnavailableError: bubblewrap is missing, or the machine or the interpreter is not supported.
    """

    name = "bubblewrap"

    def __init__(self, *, concurrency: int | None = None) -> None:
        if sys.platform != "linux":
            raise SandboxUnavailableError(
                "bubblewrap needs Linux: run proofset in a Linux machine, VM, container or WSL 2"
            )
        bwrap = find_bwrap()
        if bwrap is None:
            raise SandboxUnavailableError("bwrap is not on the PATH: apt-get install bubblewrap")
        if not supported():
            raise SandboxUnavailableError(
                f"no system-call filter for {os.uname().machine}: use an x86_64 or aarch64 machine"
            )
        self._bwrap = str(bwrap)
        self._runtime = find_runtime()
        self._filter = build_filter()
        self._launcher = marshal.dumps(_launcher_code())
        self._spare = find_spare()
        slots = min(concurrency or len(os.sched_getaffinity(0)), _MAX_CONCURRENCY)
        self._free = asyncio.Semaphore(slots)
        self._alone = asyncio.Lock()
        self._concurrency = slots
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="proofset-sandbox")
        self._running: set[Stop] = set()
        self._compiled: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def layers(self) -> tuple[str, ...]:
        identity = "throw-away-uid" if self._spare else "user-namespace"
        return ("namespaces", identity, "no-capabilities", "no-new-privileges", "seccomp", "rlimits")

    async def run(self, job: Job) -> Result:
        """Run one job. One that starved among others is run once more with all slots to itself.

        Raises:
            SandboxUnavailableError: the job's profile is not installed here.
        """
        paths = self._runtime.search_path(job.profile)
        if paths:
            await self._compile_once()
        async with self._free:
            result = await self._attempt(job, paths)
        if result.kind is ExitKind.STARVED:
            async with self._all_slots():
                result = await self._attempt(job, paths)
        return result

    async def close(self) -> None:
        self._closed = True
        for stop in self._running:
            stop.set()
        await asyncio.to_thread(self._pool.shutdown)

    @asynccontextmanager
    async def _all_slots(self) -> AsyncIterator[None]:
        held = 0
        async with self._alone:
            try:
                for _ in range(self._concurrency):
                    await self._free.acquire()
                    held += 1
                yield
            finally:
                for _ in range(held):
                    self._free.release()

    async def _compile_once(self) -> None:
        if self._compiled is None:
            self._compiled = asyncio.ensure_future(asyncio.to_thread(self._runtime.compile_packages))
        await asyncio.shield(self._compiled)

    async def _attempt(self, job: Job, paths: list[str]) -> Result:
        if self._closed:
            return self._failure("the sandbox is closed")
        with lease(self._spare) as identity:
            return await self._run_as(identity, job, paths)

    async def _run_as(self, identity: Identity, job: Job, paths: list[str]) -> Result:
        start = self._start(job, identity, paths)
        stop = Stop()
        self._running.add(stop)
        work = asyncio.get_running_loop().run_in_executor(self._pool, run_process, start, stop)
        try:
            ending = await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            while not work.done():
                # Cancelled again or not: the slot is free when the job is dead, not before.
                try:
                    await asyncio.wait([work])
                except asyncio.CancelledError:
                    continue
            raise
        except OSError as error:
            return self._failure(f"bubblewrap could not be started: {error}")
        finally:
            self._running.discard(stop)
            stop.close()
        return self._result(job, ending)

    def _result(self, job: Job, ending: Ending) -> Result:
        kind, exit_code, cpu_s = judge(ending, job.limits)
        stdout, stderr = (text.decode("utf-8", "replace") for text in (ending.stdout, ending.stderr))
        if kind is ExitKind.FAILED:
            reason = "the sandbox was closed" if ending.by is EndedBy.STOP else stderr.strip()
            return self._failure(reason or "the sandbox ended without a report", cpu_s, ending.wall_s)
        return Result(kind, exit_code, stdout, stderr, cpu_s, ending.wall_s, self.name, self.layers)

    def _failure(self, reason: str, cpu_s: float = 0.0, wall_s: float = 0.0) -> Result:
        return Result(ExitKind.FAILED, None, "", reason, cpu_s, wall_s, self.name, self.layers)

    def _start(self, job: Job, identity: Identity, paths: list[str]) -> Start:
        files = {name: _encode(text) for name, text in job.files.items()}
        return Start(
            command=lambda fds: self._command(job, identity, fds),
            payload=self._launcher + marshal.dumps((_encode(job.source), files, paths)),
            stdin=_encode(job.stdin),
            filter=self._filter,
            wall_s=job.limits.wall_s,
            output_bytes=job.limits.output_bytes,
        )

    def _command(self, job: Job, identity: Identity, fds: Fds) -> list[str]:
        limits = job.limits
        args = [self._bwrap, *(f"--unshare-{kind}" for kind in _NAMESPACES)]
        if self._spare:
            # For the supervisor, to turn the program into somebody else; nothing else is left to it.
            args += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        else:
            args += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
        args += ["--die-with-parent", "--new-session", "--as-pid-1", "--hostname", "sandbox", "--clearenv"]
        environment = {
            "HOME": "/tmp",
            "LANG": "C.UTF-8",
            # The interpreter's own shared libraries, whose recorded place is not bound.
            "LD_LIBRARY_PATH": "/py/lib",
            # An arena per thread reserves more address space than the limit on it has.
            "MALLOC_ARENA_MAX": "2",
            "PYTHONHASHSEED": str(job.hash_seed),
        }
        for name, value in environment.items():
            args += ["--setenv", name, value]
        args += self._runtime.arguments(job.profile, limits)
        args += ["--json-status-fd", str(fds.status), "--seccomp", str(fds.filter), "--", PYTHON]
        # Not -I: that would ignore PYTHONHASHSEED too. The environment is ours in any case.
        args += ["-s", "-S", "-P", "-B", "-X", "utf8", "-X", "frozen_modules=on", "-c"]
        args += [
            f"import marshal, posix; exec(marshal.loads(posix.read({fds.payload}, {len(self._launcher)})))"
        ]
        # In a user namespace the supervisor is of the same uid and counts too.
        processes = limits.processes + (0 if self._spare else 1)
        numbers = (fds.report, fds.payload, *identity, max(math.ceil(limits.cpu_s), 1))
        return [*args, *map(str, (*numbers, limits.memory_bytes, limits.file_bytes, processes))]


def _encode(text: str) -> bytes:
    """UTF-8; a lone surrogate passes and is the program's error to report, not ours."""
    return text.encode("utf-8", "surrogatepass")


def _launcher_code() -> CodeType:
    name = f"{__package__}._launch"
    spec = importlib.util.find_spec(name)
    loader = spec.loader if spec else None
    source = loader.get_source(name) if isinstance(loader, InspectLoader) else None
    if source is None:
        raise SandboxUnavailableError(f"{name} is missing: install proofset again")
    # A program sees this name in its stack; the true one would tell where proofset lies.
    return compile(source, "<launcher>", "exec", dont_inherit=True)
