"""A warm interpreter, seen from the host: start it, give it one job at a time, end it.

Everything here blocks and belongs into a thread that outlives the interpreter: the kernel ends it with the
thread that started it.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from importlib.abc import InspectLoader
from types import CodeType

from ...errors import SandboxUnavailableError
from .cgroups import Cgroup, Delegated
from .ending import EndedBy, Ending, Stream, descendants_of
from .inside.settings import Order, Settings
from .watch import InterpreterLostError, Watch

_MODULES = ("settings", "kernel", "confine", "program", "warming", "zygote")
_BOOT = """\
import marshal, sys
def boot():
    with open(int(sys.argv[1]), 'rb') as held: modules, settings = marshal.load(held)
    package = type(sys)('inside'); package.__path__ = []
    sys.modules['inside'] = package
    for name, code in modules:
        module = type(sys)('inside.' + name); module.__package__ = 'inside'
        sys.modules['inside.' + name] = module
        setattr(package, name, module)
        exec(code, module.__dict__)
    names = [name for name in sys.modules if name.split('.')[0] == 'inside']
    loaded = {name: sys.modules.pop(name) for name in names}
    del sys.argv[1:]
    return loaded['inside.zygote'].main, loaded['inside.settings'].Settings(*settings)
main, settings = boot()
main(settings, {control})
"""
_START_S = 120.0
_CLOSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Start:
    """How to start an interpreter: `command` is followed by the arguments of Python itself."""

    command: Sequence[str]
    environment: dict[str, str]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Work:
    """One job in the form in which it goes down the socket."""

    order: Order
    payload: bytes
    stdin: bytes
    wall_s: float
    output_bytes: int


class Stop:
    """A flag that one thread raises and another one polls."""

    def __init__(self) -> None:
        self.fd = os.eventfd(0)

    def set(self) -> None:
        os.eventfd_write(self.fd, 1)

    def close(self) -> None:
        os.close(self.fd)


class WarmInterpreter:
    """One running interpreter; used by one thread at a time.

    Raises:
        SandboxUnavailableError: it did not get ready; the message holds what it said.
    """

    def __init__(self, start: Start) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        log_end, log = os.pipe()
        with ExitStack() as held:
            held.callback(theirs.close)
            held.callback(os.close, log)
            payload = _memory_file(held, marshal.dumps((_modules(), tuple(start.settings))))
            boot = _BOOT.replace("{control}", str(theirs.fileno()))
            flags = ("-s", "-S", "-P", "-B", "-X", "utf8", "-X", "frozen_modules=on")
            self._process = subprocess.Popen(
                [*start.command, *flags, "-c", boot, str(payload)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(theirs.fileno(), payload),
                env=start.environment,
            )
        self._control = ours
        self._log = log_end
        self.jobs = 0
        self._handle = -1
        self._cgroup: Cgroup | None = None
        ours.settimeout(_START_S)
        try:
            said, handles, _, _ = socket.recv_fds(ours, 4096, 1)
        except OSError:
            said, handles = b"", []
        ours.settimeout(None)
        if not handles:
            self._process.kill()
            raise SandboxUnavailableError(
                self.close() or "the interpreter inside the sandbox ended without a word"
            )
        (self._handle,) = handles
        self.layers = tuple(said.decode().split(","))

    def limit_memory(self, place: Delegated) -> Cgroup:
        """Have each job's memory counted in all from now on.

        Raises:
            OSError: the kernel refuses.
        """
        self._cgroup = place.new([self._process.pid, *descendants_of(self._process.pid)])
        return self._cgroup

    @property
    def alive(self) -> bool:
        return self._log >= 0 and self._process.poll() is None

    def kill(self) -> None:
        """End it at once, with the job that it runs."""
        if self._handle >= 0:
            # Bubblewrap started by root gave up the right to kill what it started.
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        self._process.kill()
        self.close()

    def close(self) -> str:
        """End it when its job has ended; what it said on its own behalf. May be called twice."""
        if self._log < 0:
            return ""
        self._control.close()
        try:
            self._process.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.set_blocking(self._log, False)
        said = Stream(self._log, 8192).drain().decode("utf-8", "replace").strip()
        os.close(self._log)
        self._log = -1
        if self._handle >= 0:
            # Bubblewrap may end before what it started.
            select.select([self._handle], [], [], _CLOSE_S)
            os.close(self._handle)
            self._handle = -1
        return said

    def run(self, work: Work, stop: Stop, link: int | None = None) -> Ending:
        """Run one job to its end, or until the wall clock, an overlong stream or `stop` ends it.

        Args:
            link: a descriptor for the program to have as LINK_FD; closed here in any case.

        Raises:
            InterpreterLostError: use another one.
        """
        self.jobs += 1
        kills = 0
        if self._cgroup:
            kills = self._cgroup.kills()
            self._cgroup.allow(work.order.memory_bytes + work.order.file_bytes)
        with ExitStack() as held:
            with ExitStack() as theirs:
                if link is not None:
                    theirs.callback(os.close, link)
                out, their_out = _pipe(held, theirs)
                err, their_err = _pipe(held, theirs)
                report, their_report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                held.callback(report.close)
                theirs.callback(their_report.close)
                fds = [_memory_file(theirs, work.payload), _memory_file(theirs, work.stdin)]
                fds += [their_out, their_err, *([] if link is None else [link]), their_report.fileno()]
                began = time.monotonic()
                try:
                    socket.send_fds(self._control, [work.order.pack()], fds)
                except OSError as error:
                    raise InterpreterLostError(str(error)) from error
            watch = Watch(report, Stream(out, work.output_bytes), Stream(err, work.output_bytes))
            held.callback(watch.close)
            by = watch.until_end(stop.fd, began + work.wall_s)
            if not watch.ended:
                self.kill()
            wall_s = time.monotonic() - began
            stdout, stderr = watch.out.drain(), watch.err.drain()
            if watch.out.over or watch.err.over:
                by = EndedBy.OUTPUT
            return Ending(
                by,
                stdout,
                stderr,
                watch.begun,
                watch.status,
                watch.failure,
                watch.cpu_s,
                wall_s,
                self._cgroup is not None and self._cgroup.kills() > kills,
                watch.queue,
            )


@cache
def _modules() -> list[tuple[str, CodeType]]:
    """The code of what runs inside, without the path where it lies."""
    found = []
    for name in _MODULES:
        whole = f"{__package__}.inside.{name}"
        spec = importlib.util.find_spec(whole)
        loader = spec.loader if spec else None
        source = loader.get_source(whole) if isinstance(loader, InspectLoader) else None
        if source is None:
            raise SandboxUnavailableError(f"{whole} is missing: install proofset again")
        found.append((name, compile(source, f"<{name}>", "exec", dont_inherit=True)))
    return found


def _pipe(ours: ExitStack, theirs: ExitStack) -> tuple[int, int]:
    reader, writer = os.pipe()
    ours.callback(os.close, reader)
    theirs.callback(os.close, writer)
    os.set_blocking(reader, False)
    return reader, writer


def _memory_file(held: ExitStack, content: bytes) -> int:
    """A file without a name, at its start."""
    fd = os.memfd_create("proofset", os.MFD_CLOEXEC)
    held.callback(os.close, fd)
    with open(fd, "wb", closefd=False) as out:
        out.write(content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
