"""The default backends: every job a fork of a warm interpreter, isolated before the job's text is read.

Tier A, `zygote-ns`: bubblewrap makes a container with nothing but read-only files, in which each job gets
pid, mount and IPC namespaces and a scratch directory of its own. Tier B, `zygote-landlock`: for containers
that may not make namespaces; Landlock and the system-call filter carry it, so a job can change nothing and
start no process, and it sees the names, not the contents, of the host's files.

What is not capped without cgroups: the memory of a job in all. `Limits.memory_bytes` holds per process.
"""

from __future__ import annotations

import asyncio
import marshal
import math
import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

from ...errors import SandboxUnavailableError
from .cgroups import find_delegated
from .ending import EndedBy, Ending
from .identity import find_spare, lease
from .inside.kernel import landlock_version
from .inside.settings import Order
from .interface import Joined
from .job import ExitKind, Job, Result
from .layers import SWITCHABLE, Layer
from .outcome import judge
from .pool import Kind, Pool
from .runtime import find_bwrap, find_runtime
from .seccomp import supported
from .tiers import contained, uncontained
from .turnstile import Turnstile
from .warm import Start, Stop, WarmInterpreter, Work
from .watch import InterpreterLostError

_MAX_CONCURRENCY = 256
T = TypeVar("T")


class ZygoteSandbox:
    """Runs each job in a fork of a warm interpreter on this machine.

    It may be used from any thread and any event loop. `run` blocks nothing: its work is done in threads,
    one for each job that runs at a time; further jobs wait their turn.

    Args:
        namespaces: tier A, else tier B.
        concurrency: jobs at once, 1..256; default is the number of cores this process may use.
        without: layers to leave out. It is there to show in tests what each layer stops, and unsafe.

    Raises:
        SandboxUnavailableError: what the tier needs is missing; the message says what to install.
    """

    joins = True

    def __init__(
        self,
        *,
        namespaces: bool,
        concurrency: int | None = None,
        without: frozenset[Layer] = frozenset(),
    ) -> None:
        if sys.platform != "linux":
            raise SandboxUnavailableError(
                "it needs Linux: run proofset in a Linux machine, VM, container or WSL 2"
            )
        if not supported():
            raise SandboxUnavailableError(
                f"no system-call filter for {os.uname().machine}: use an x86_64 or aarch64 machine"
            )
        self._bwrap = find_bwrap() if namespaces else None
        if namespaces and self._bwrap is None:
            raise SandboxUnavailableError("bwrap is not on the PATH: apt-get install bubblewrap")
        if not namespaces and not landlock_version():
            raise SandboxUnavailableError("this kernel has no Landlock: use Linux 5.13 or newer with it on")
        self.scratch = namespaces
        self.name = "zygote-ns" if namespaces else "zygote-landlock"
        self._without = without & SWITCHABLE
        self._runtime = find_runtime()
        self._spare = find_spare()
        self._delegated = find_delegated()
        closed = self._runtime.closed_to_others() if self._spare and not namespaces else None
        if closed:
            raise SandboxUnavailableError(
                f"only the owner may enter {closed}, where the interpreter lies: start proofset with a "
                "python that all may use, such as /usr/bin/python3"
            )
        slots = min(concurrency or len(os.sched_getaffinity(0)), _MAX_CONCURRENCY)
        self._turnstile = Turnstile()
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="proofset-sandbox")
        # The second of two joined jobs, which needs no slot: one of the two waits for the other.
        self._seconds = ThreadPoolExecutor(slots, thread_name_prefix="proofset-sandbox-joined")
        self._pool = Pool(self._start, idle=4 * slots)
        self._compiled = threading.Lock()
        self._running: set[Stop] = set()
        self._closed = False
        self.layers = self._layers()

    async def run(self, job: Job) -> Result:
        """Run one job. One that starved among others is run once more with the machine to itself.

        Raises:
            SandboxUnavailableError: the job's profile is not installed here.
        """
        return await self._in_thread(lambda stop: self._run_twice_if_starved(job, stop))

    async def run_joined(self, first: Job, second: Job) -> Joined:
        """Run two jobs, each isolated from all but the stream between them; see the interface.

        Raises:
            SandboxUnavailableError: a job's profile is not installed here.
        """
        return await self._in_thread(lambda stop: self._join_twice_if_starved(first, second, stop))

    async def close(self) -> None:
        self._closed = True
        for stop in list(self._running):
            stop.set()
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._threads.shutdown()
        self._seconds.shutdown()
        self._pool.close()

    async def _in_thread(self, work: Callable[[Stop], T]) -> T:
        """Do `work` in a slot; when cancelled, wait until what it had begun is dead."""
        stop = Stop()
        self._running.add(stop)
        try:
            future: Future[T] = self._threads.submit(work, stop)
            waiter = asyncio.wrap_future(future)
            try:
                return await asyncio.shield(waiter)
            except asyncio.CancelledError:
                stop.set()
                future.cancel()
                while not waiter.done():
                    # Cancelled again or not: the slot is free when the job is dead, not before.
                    try:
                        await asyncio.wait([waiter])
                    except asyncio.CancelledError:
                        continue
                raise
        finally:
            self._running.discard(stop)
            stop.close()

    def _run_twice_if_starved(self, job: Job, stop: Stop) -> Result:
        with self._turnstile.together():
            result = self._attempt(job, stop)
        if result.kind is ExitKind.STARVED:
            with self._turnstile.alone():
                result = self._attempt(job, stop)
        return result

    def _join_twice_if_starved(self, first: Job, second: Job, stop: Stop) -> Joined:
        with self._turnstile.together():
            joined = self._attempt_joined(first, second, stop)
        if ExitKind.STARVED in (joined.first.kind, joined.second.kind):
            with self._turnstile.alone():
                joined = self._attempt_joined(first, second, stop)
        return joined

    def _attempt_joined(self, first: Job, second: Job, stop: Stop) -> Joined:
        ours, theirs = (end.detach() for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM))
        other = self._seconds.submit(self._attempt, second, stop, theirs)
        return Joined(self._attempt(first, stop, ours), other.result())

    def _attempt(self, job: Job, stop: Stop, link: int | None = None) -> Result:
        """Run the job; if its interpreter was lost under it, once more in another one.

        Not so with a link: what went over it is gone, and so is the other job's part in it.
        """
        with ExitStack() as unsent:
            if link is not None:
                unsent.callback(os.close, link)
            if self._closed:
                return self._failure("the sandbox is closed")
            last = 1 if link is None else 0
            for attempt in range(last + 1):
                try:
                    with self._pool.take(Kind(job.profile, job.hash_seed)) as interpreter:
                        unsent.pop_all()
                        return self._result(job, interpreter.run(_work(job), stop, link))
                except InterpreterLostError as lost:
                    if attempt == last:
                        return self._failure(str(lost))
                except SandboxUnavailableError:
                    # It may have been killed on its way up, for want of memory.
                    if attempt == last:
                        raise
            raise AssertionError("the last attempt neither returned nor raised")

    def _result(self, job: Job, ending: Ending) -> Result:
        kind, exit_code, cpu_s = judge(ending, job.limits)
        stdout, stderr = (text.decode("utf-8", "replace") for text in (ending.stdout, ending.stderr))
        if kind is ExitKind.FAILED:
            reason = "the sandbox was closed" if ending.by is EndedBy.STOP else ending.failure
            return self._failure(reason or "the sandbox ended without a report", cpu_s, ending.wall_s)
        return Result(kind, exit_code, stdout, stderr, cpu_s, ending.wall_s, self.name, self.layers)

    def _failure(self, reason: str, cpu_s: float = 0.0, wall_s: float = 0.0) -> Result:
        return Result(ExitKind.FAILED, None, "", reason, cpu_s, wall_s, self.name, self.layers)

    def _layers(self) -> tuple[Layer, ...]:
        identity = Layer.THROW_AWAY_UID if self._spare else Layer.USER_NAMESPACE
        layers = [Layer.NAMESPACES, identity] if self._bwrap else [Layer.THROW_AWAY_UID] * bool(self._spare)
        layers += [Layer.NO_CAPABILITIES, Layer.NO_NEW_PRIVILEGES]
        layers += [Layer.LANDLOCK] * bool(landlock_version()) + [Layer.SECCOMP, Layer.RLIMITS]
        layers += [Layer.CGROUP] * bool(self._delegated)
        return tuple(layer for layer in layers if layer not in self._without)

    def _start(self, kind: Kind, leases: ExitStack) -> WarmInterpreter:
        with self._compiled:
            self._runtime.compile_packages(kind.profile)
        identity = leases.enter_context(lease(self._spare))
        if self._bwrap and Layer.NAMESPACES not in self._without:
            start = contained(self._bwrap, self._runtime, kind.profile, identity, self.layers)
        else:
            start = uncontained(
                self._runtime, kind.profile, identity, self.layers, may_change=self._bwrap is not None
            )
            leases.callback(shutil.rmtree, start.settings.directory, ignore_errors=True)
        environment = {**start.environment, "PYTHONHASHSEED": str(kind.hash_seed)}
        interpreter = WarmInterpreter(Start(start.command, environment, start.settings))
        if self._delegated:
            try:
                leases.callback(interpreter.limit_memory(self._delegated).remove)
            except OSError as error:
                interpreter.kill()
                raise SandboxUnavailableError(
                    f"a cgroup that was delegated cannot be used: {error}"
                ) from error
        return interpreter


def _work(job: Job) -> Work:
    limits = job.limits
    order = Order(
        max(math.ceil(limits.cpu_s), 1), limits.memory_bytes, max(limits.file_bytes, 4096), limits.processes
    )
    files = {name: _encode(text) for name, text in job.files.items()}
    payload = marshal.dumps((_encode(job.source), files))
    return Work(order, payload, _encode(job.stdin), limits.wall_s, limits.output_bytes)


def _encode(text: str) -> bytes:
    """UTF-8; a lone surrogate passes and is the program's error to report, not ours."""
    return text.encode("utf-8", "surrogatepass")
