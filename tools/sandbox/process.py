"""One bubblewrap process from start to reaping: feed it, read it, stop it, measure it.

It blocks and belongs into a thread. A thread, because only `wait4` gives the CPU time of a job that had
to be killed, and because starting a process and reading /proc block in any case.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

_CHUNK = 64 * 1024
_GRACE_S = 5.0
"""After this long without an end, bubblewrap itself is killed too."""


class EndedBy(StrEnum):
    """Who ended the process."""

    ITSELF = "itself"
    WALL = "wall"
    OUTPUT = "output"
    STOP = "stop"


class Fds(NamedTuple):
    """Numbers of the descriptors that bubblewrap inherits."""

    payload: int
    filter: int
    status: int
    report: int


class Queue(NamedTuple):
    """How a job stood in line for a CPU."""

    waited_s: float | None
    """Seconds its threads were ready to run without a CPU; None where the kernel does not tell. The wait
    that goes on is not in it: the kernel adds it when it ends."""
    ready: bool
    """Whether one of its threads was running or ready to run at that moment."""


_UNSEEN = Queue(None, ready=False)


class Ending(NamedTuple):
    """How a process ended and what was measured from outside."""

    by: EndedBy
    stdout: bytes
    stderr: bytes
    report: bytes
    """What the supervisor inside wrote; the program cannot write there."""
    cpu_s: float
    """All processes of the job together, with the start of the interpreter."""
    wall_s: float
    queue: Queue
    """As the job stood when its wall clock ran out."""


@dataclass(frozen=True, slots=True)
class Start:
    """What to start: `command` makes the argument list once the descriptors are known."""

    command: Callable[[Fds], list[str]]
    payload: bytes
    stdin: bytes
    filter: bytes
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


@dataclass(slots=True)
class _Stream:
    fd: int
    limit: int
    data: bytearray = field(default_factory=bytearray)

    @property
    def over(self) -> bool:
        return len(self.data) > self.limit

    def pump(self) -> bool:
        """Read what is there; False at the end of the stream."""
        try:
            chunk = os.read(self.fd, _CHUNK)
        except BlockingIOError:
            return True
        if not self.over:
            self.data += chunk
        return bool(chunk)

    def drain(self) -> bytes:
        """Read the rest once all writers are dead, and cut."""
        while not self.over:
            before = len(self.data)
            if not self.pump() or len(self.data) == before:
                break
        return bytes(self.data[: self.limit])


def run_process(start: Start, stop: Stop) -> Ending:
    """Run to the end, or until the wall clock, an overlong stream or `stop` ends it.

    Raises:
        OSError: bubblewrap could not be started at all.
    """
    with ExitStack() as held:
        with ExitStack() as theirs:
            out, their_out = _pipe(held, theirs)
            err, their_err = _pipe(held, theirs)
            status, their_status = _pipe(held, theirs)
            report, their_report = _pipe(held, theirs)
            fds = Fds(
                _memory_file(theirs, start.payload),
                _memory_file(theirs, start.filter),
                their_status,
                their_report,
            )
            began = time.monotonic()
            process = subprocess.Popen(
                start.command(fds),
                stdin=_memory_file(theirs, start.stdin),
                stdout=their_out,
                stderr=their_err,
                pass_fds=fds,
                env={},
            )
        watch = _Watch(
            process.pid, _Stream(out, start.output_bytes), _Stream(err, start.output_bytes), status
        )
        try:
            exit_fd = os.pidfd_open(process.pid)
            held.callback(os.close, exit_fd)
            by = watch.until_exit(exit_fd, stop.fd, began + start.wall_s)
        except BaseException:
            process.kill()
            raise
        finally:
            _, code, used = os.wait4(process.pid, 0)
            # Popen would wait for the process a second time.
            process.returncode = os.waitstatus_to_exitcode(code)
        wall_s = time.monotonic() - began
        stdout, stderr = watch.out.drain(), watch.err.drain()
        if watch.out.over or watch.err.over:
            by = EndedBy.OUTPUT
        return Ending(
            by,
            stdout,
            stderr,
            _Stream(report, 4096).drain(),
            used.ru_utime + used.ru_stime,
            wall_s,
            watch.queue,
        )


@dataclass(slots=True)
class _Watch:
    pid: int
    out: _Stream
    err: _Stream
    status: int
    queue: Queue = _UNSEEN
    _status_text: bytes = b""

    def until_exit(self, exit_fd: int, stop_fd: int, deadline: float) -> EndedBy:
        poll = select.poll()
        for fd in (exit_fd, stop_fd, self.out.fd, self.err.fd, self.status):
            poll.register(fd, select.POLLIN)
        by: EndedBy | None = None
        ended_at = 0.0
        killed = False
        while True:
            timeout_s = deadline - time.monotonic() if by is None else 0.05 if not killed else 1.0
            ready = [fd for fd, _ in poll.poll(max(timeout_s, 0) * 1000 + 1)]
            for stream in (self.out, self.err):
                if stream.fd in ready and not stream.pump():
                    poll.unregister(stream.fd)
            if self.status in ready and not self._read_status():
                poll.unregister(self.status)
            if exit_fd in ready:
                return by or EndedBy.ITSELF
            now = time.monotonic()
            if by is None:
                if stop_fd in ready:
                    by = EndedBy.STOP
                    poll.unregister(stop_fd)
                elif self.out.over or self.err.over:
                    by = EndedBy.OUTPUT
                elif now >= deadline:
                    by = EndedBy.WALL
                    self.queue = _queue_of(self.pid)
                ended_at = now
            if by is not None and not killed:
                killed = self._kill_first()
            if by is not None and now > ended_at + _GRACE_S:
                os.kill(self.pid, signal.SIGKILL)

    def _read_status(self) -> bool:
        try:
            chunk = os.read(self.status, 4096)
        except BlockingIOError:
            return True
        self._status_text += chunk
        return bool(chunk)

    def _first_pid(self) -> int | None:
        line, ended, _ = self._status_text.partition(b"\n")
        return int(json.loads(line)["child-pid"]) if ended else None

    def _kill_first(self) -> bool:
        """Kill the namespace's first process, and with it all others; False if it is not known yet.

        Bubblewrap lives on to reap it: were it killed instead, the job's CPU time would be lost.
        """
        first = self._first_pid()
        if first is None:
            return False
        try:
            handle = os.pidfd_open(first)
        except ProcessLookupError:
            return True
        try:
            # The number may belong to a stranger by now, unless it is bubblewrap's child still.
            if _parent_of(first) == self.pid:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        except ProcessLookupError:
            return True
        finally:
            os.close(handle)
        return True


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


def _parent_of(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The command's name comes second and may hold spaces and brackets.
    return int(stat.rpartition(")")[2].split()[1])


def _queue_of(top: int) -> Queue:
    """How the threads of `top` and all below it stand in line.

    From bubblewrap on, since a job may starve before its program has begun.
    """
    parents = {int(p.name): _parent_of(int(p.name)) for p in Path("/proc").iterdir() if p.name.isdigit()}
    waited: float | None = None
    ready = False
    for pid in parents:
        above: int | None = pid
        while above is not None and above != top:
            above = parents.get(above)
        if above is None:
            continue
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                waited = (waited or 0.0) + int((task / "schedstat").read_text().split()[1]) / 1e9
            except (OSError, IndexError, ValueError):
                continue
            ready = ready or _state_of(task) == "R"
    return Queue(waited, ready)


def _state_of(task: Path) -> str:
    try:
        stat = (task / "stat").read_text(errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
