"""Memory limits for a job in all, where a cgroup of the second version has been delegated to proofset.

    systemd-run --user --scope -p Delegate=yes proofset run …

The kernel lets no cgroup have both processes and children with limits, so this process moves into a child
of its own first. Where that is refused, nothing is changed and the limits hold per process only.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_PREFIX = "proofset"


class Cgroup:
    """The cgroup of one interpreter and its jobs.

    Raises:
        OSError: the kernel refuses.
    """

    def __init__(self, path: Path, pids: list[int]) -> None:
        self._path = path
        path.mkdir()
        try:
            for pid in pids:
                (path / "cgroup.procs").write_text(str(pid))
            # What the interpreter holds itself is no job's.
            self._base = int((path / "memory.current").read_text())
        except OSError:
            self.remove()
            raise

    def allow(self, memory_bytes: int) -> None:
        """Limit the next job, with all its processes and files, to this much."""
        (self._path / "memory.max").write_text(str(self._base + memory_bytes))

    def kills(self) -> int:
        """How many processes the kernel has ended here for want of memory."""
        for line in (self._path / "memory.events").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
        return 0

    def remove(self) -> None:
        # Not before the last process is gone; an empty cgroup that stays harms nobody.
        with suppress(OSError):
            self._path.rmdir()


class Delegated:
    """A cgroup in which this process may make others."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made = 0

    def new(self, pids: list[int]) -> Cgroup:
        """Raises:
        OSError: the kernel refuses.
        """
        self._made += 1
        return Cgroup(self._path / f"{_PREFIX}-{os.getpid()}-{self._made}", pids)


def find_delegated(
    membership: Path = Path("/proc/self/cgroup"), mounts: Path = Path("/proc/self/mountinfo")
) -> Delegated | None:
    """The cgroup that this process is in, if it may limit the memory of children there."""
    place = _own_cgroup(membership, mounts)
    if place is None or not os.access(place, os.W_OK):
        return None
    try:
        if place.name == f"{_PREFIX}-{os.getpid()}":
            # Another sandbox of this process has been here before.
            return Delegated(place.parent)
        if "memory" not in (place / "cgroup.controllers").read_text().split():
            return None
        home = place / f"{_PREFIX}-{os.getpid()}"
        home.mkdir()
        (home / "cgroup.procs").write_text(str(os.getpid()))
        try:
            (place / "cgroup.subtree_control").write_text("+memory")
        except OSError:
            (place / "cgroup.procs").write_text(str(os.getpid()))
            home.rmdir()
            raise
    except OSError:
        return None
    return Delegated(place)


def _own_cgroup(membership: Path, mounts: Path) -> Path | None:
    try:
        lines = membership.read_text().splitlines()
        roots = [line.split() for line in mounts.read_text().splitlines() if " - cgroup2 " in line]
    except OSError:
        return None
    own = [line.removeprefix("0::") for line in lines if line.startswith("0::")]
    if not own or not roots:
        return None
    # Fields 4 and 5 of mountinfo: what of the hierarchy is mounted, and where.
    _, _, _, root, where, *_ = roots[0]
    return Path(where, os.path.relpath(own[0], root))
