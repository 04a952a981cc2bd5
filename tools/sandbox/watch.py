"""Watching one job from its start to the supervisor's last word: read it, stop it, measure it."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .ending import UNSEEN, EndedBy, Queue, Stream, queue_of

_GRACE_S = 5.0
"""A job that was killed and has not ended after this long never will."""
_ENDED = re.compile(rb"ended (?P<status>\d+) (?P<cpu_s>\d+\.\d+)")
_MESSAGE = 4096


class InterpreterLostError(Exception):
    """The warm interpreter died under a job."""


@dataclass(slots=True)
class Watch:
    """What has been heard of a job so far."""

    report: socket.socket
    out: Stream
    err: Stream
    begun: bool = False
    status: int | None = None
    failure: str = ""
    cpu_s: float = 0.0
    queue: Queue = UNSEEN
    ended: bool = False
    """Whether the supervisor said so; if not, the job may still be there."""
    _handle: int = -1

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)

    def until_end(self, stop_fd: int, deadline: float) -> EndedBy:
        """Wait for the end; bring it about after `stop`, the deadline (monotonic s) or too much output.

        Raises:
            InterpreterLostError: nobody is left to say how it ended.
        """
        poll = select.poll()
        for fd in (self.report.fileno(), stop_fd, self.out.fd, self.err.fd):
            poll.register(fd, select.POLLIN)
        by: EndedBy | None = None
        ended_at = 0.0
        while True:
            until = deadline if by is None else ended_at + _GRACE_S
            ready = [fd for fd, _ in poll.poll(max(until - time.monotonic(), 0) * 1000 + 1)]
            for stream in (self.out, self.err):
                if stream.fd in ready and not stream.pump():
                    poll.unregister(stream.fd)
            if self.report.fileno() in ready and self._hear():
                return by or EndedBy.ITSELF
            now = time.monotonic()
            if by is not None:
                if now > ended_at + _GRACE_S:
                    return by
                continue
            by = self._reason(stopped=stop_fd in ready, late=now >= deadline)
            if by is not None:
                ended_at = now
                with suppress(OSError):
                    poll.unregister(stop_fd)
                if self._handle < 0:
                    return by
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def _reason(self, *, stopped: bool, late: bool) -> EndedBy | None:
        if stopped:
            return EndedBy.STOP
        if self.out.over or self.err.over:
            return EndedBy.OUTPUT
        if late:
            if self._handle >= 0:
                self.queue = queue_of(_pid_of(self._handle))
            return EndedBy.WALL
        return None

    def _hear(self) -> bool:
        """Take one message; True if it was the last one."""
        message, fds, _, _ = socket.recv_fds(self.report, _MESSAGE, 1)
        if fds:
            self._handle = fds[0]
        if message == b"begun":
            self.begun = True
            return False
        if ended := _ENDED.fullmatch(message):
            self.status, self.cpu_s = int(ended["status"]), float(ended["cpu_s"])
        elif message.startswith(b"failed "):
            self.failure = message.removeprefix(b"failed ").decode("utf-8", "replace")
            # Of the program's side; the supervisor has yet to see it end.
            return False
        else:
            raise InterpreterLostError("the warm interpreter ended under the job")
        self.ended = True
        return True


def _pid_of(handle: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "Pid":
            return int(value)
    return -1
