"""What a warm interpreter is told when it starts, and what it is told of each job."""

from __future__ import annotations

import struct
from typing import NamedTuple


class Settings(NamedTuple):
    """How all jobs of one warm interpreter are run."""

    namespaces: bool
    user: tuple[int, int] | None
    """Host uid and gid to become, where root starts it."""
    layers: tuple[str, ...]
    shared_filter: bytes
    own_filter: bytes
    own_pid_at: tuple[int, ...]
    """Where in `own_filter` the program's process id belongs."""
    directory: str
    """Working directory of the jobs."""
    mount_point: str
    """Where it is mounted for each job, if there are namespaces."""
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    preload: tuple[str, ...]
    """Modules that every job finds imported."""
    preload_path: tuple[str, ...]
    """Where they are found; not for the jobs."""
    search_path: tuple[str, ...]
    """What follows the standard library on a job's `sys.path`."""


class Order(NamedTuple):
    """The limits of one job. Its texts come in a file of their own, which only the fork reads."""

    cpu_s: int
    memory_bytes: int
    file_bytes: int
    processes: int

    def pack(self) -> bytes:
        return _ORDER.pack(*self)


_ORDER = struct.Struct("=4q")
ORDER_BYTES = _ORDER.size


def unpack_order(data: bytes) -> Order:
    return Order(*_ORDER.unpack(data))
