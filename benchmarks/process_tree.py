"""What this process and all its descendants take, read from /proc: CPU time, memory, descriptors, mounts."""

from __future__ import annotations

import ctypes
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PR_SET_CHILD_SUBREAPER = 36


class Cpu(NamedTuple):
    """CPU seconds so far.

    `tree` is the sum over all living processes of their own time and that of the children they waited for;
    orphans are adopted and waited for here, so none is lost. `machine` is all time in which the cores were
    not idle: an upper bound, with whatever else runs in it.
    """

    tree: float
    machine: float

    def since(self, before: Cpu) -> Cpu:
        return Cpu(self.tree - before.tree, self.machine - before.machine)


class Footprint(NamedTuple):
    """What the tree holds. Memory is PSS in bytes, or RSS where the kernel does not let PSS be read."""

    host: int
    descendants: int
    processes: int
    descriptors: int
    threads: int
    mounts: int


class _Stat(NamedTuple):
    pid: int
    parent: int
    dead: bool
    cpu_s: float


def adopt_orphans() -> None:
    """From now on a descendant whose parent dies becomes our child, and so neither it nor its time is lost.

    bubblewrap, for one, does not wait for the process that it starts in a new pid namespace.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cpu_now() -> Cpu:
    """CPU time of the tree and of the machine; to be asked for when nobody is about to wait for a child."""
    _wait_for_dead()
    with Path("/proc/stat").open() as file:
        user, nice, system, _idle, _iowait, irq, softirq, steal, *_ = map(int, file.readline().split()[1:])
    busy = user + nice + system + irq + softirq + steal
    return Cpu(sum(stat.cpu_s for stat in _tree()), busy * _TICK_S)


def footprint_now() -> Footprint:
    """What the tree holds at this moment; to be asked for when no job runs."""
    _wait_for_dead()
    own = os.getpid()
    others = [stat.pid for stat in _tree() if stat.pid != own]
    with Path("/proc/self/mountinfo").open() as file:
        mounts = sum(1 for _ in file)
    return Footprint(
        host=_memory(own),
        descendants=sum(_memory(pid) for pid in others),
        processes=len(others),
        # The list of descriptors has itself among them.
        descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()) - 1,
        threads=sum(1 for _ in Path("/proc/self/task").iterdir()),
        mounts=mounts,
    )


def _tree() -> list[_Stat]:
    children: dict[int, list[_Stat]] = defaultdict(list)
    found: list[_Stat] = []
    own = os.getpid()
    for stat in _all():
        children[stat.parent].append(stat)
        if stat.pid == own:
            found.append(stat)
    for stat in found:
        found += children[stat.pid]
    return found


def _all() -> Iterator[_Stat]:
    for path in Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            text = (path / "stat").read_text()
        except OSError:
            continue
        # The name in brackets may hold blanks and brackets itself.
        fields = text.rpartition(")")[2].split()
        ticks = sum(map(int, fields[11:15]))
        yield _Stat(int(path.name), int(fields[1]), fields[0] == "Z", ticks * _TICK_S)


def _wait_for_dead() -> None:
    """Of the dead the kernel tells whole ticks only, of those waited for it sums up nanoseconds."""
    own = os.getpid()
    for stat in _all():
        if stat.dead and stat.parent == own:
            with suppress(ChildProcessError):
                os.waitpid(stat.pid, os.WNOHANG)


def _memory(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0
