"""What is seen of a job from outside: its streams, its place in the queue for a CPU, its end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

_CHUNK = 64 * 1024


class EndedBy(StrEnum):
    """Who ended a job."""

    ITSELF = "itself"
    WALL = "wall"
    OUTPUT = "output"
    STOP = "stop"


class Queue(NamedTuple):
    """How a job stood in line for a CPU."""

    waited_s: float | None
    """Seconds its threads were ready to run without a CPU; None where the kernel does not tell. The wait
    that goes on is not in it: the kernel adds it when it ends."""
    ready: bool
    """Whether one of its threads was running or ready to run at that moment."""


UNSEEN = Queue(None, ready=False)


class Ending(NamedTuple):
    """How a job ended and what was measured from outside."""

    by: EndedBy
    stdout: bytes
    stderr: bytes
    begun: bool
    """Whether the program was about to run when last heard of."""
    status: int | None
    """The program's wait status by the supervisor's word; None if it could not tell."""
    failure: str
    """Why the program could not be started."""
    cpu_s: float
    wall_s: float
    out_of_memory: bool
    """Whether the kernel ended one of its processes for want of memory."""
    queue: Queue
    """As the job stood when its wall clock ran out."""


@dataclass(slots=True)
class Stream:
    """The reading end of a job's pipe: holds a little more than `limit` bytes and drops the rest."""

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


def queue_of(top: int) -> Queue:
    """How the threads of process `top` and all below it stand in line."""
    waited: float | None = None
    ready = False
    for pid in (top, *descendants_of(top)):
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                waited = (waited or 0.0) + int((task / "schedstat").read_text().split()[1]) / 1e9
            except (OSError, IndexError, ValueError):
                continue
            ready = ready or _state_of(task) == "R"
    return Queue(waited, ready)


def descendants_of(top: int) -> list[int]:
    """All processes below `top` that this process can see."""
    parents = {int(p.name): _parent_of(int(p.name)) for p in Path("/proc").iterdir() if p.name.isdigit()}
    found = []
    for pid in parents:
        above = parents[pid]
        while above is not None and above != top:
            above = parents.get(above)
        if above is not None:
            found.append(pid)
    return found


def _parent_of(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The command's name comes second and may hold spaces and brackets.
    return int(stat.rpartition(")")[2].split()[1])


def _state_of(task: Path) -> str:
    try:
        stat = (task / "stat").read_text(errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
