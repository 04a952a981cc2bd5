"""Namespaces of its own for a job that has a virtual machine to itself, shared with whatever serves it.

The machine runs servers of its maker next to the job, as root or as a user that may become root. The job is
kept from them: other processes, the network with its loopback, and every directory but its scratch.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from typing import NamedTuple

from . import kernel

_CLONE_NEWUTS, _CLONE_NEWNET = 0x04000000, 0x40000000
_NAMESPACES = (kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC) | (
    _CLONE_NEWUTS | _CLONE_NEWNET
)
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _RDONLY, _MS_PRIVATE = 442, -100, 0x8000, 1, 1 << 18
_MS_NOSUID_NODEV_NOEXEC = 2 | 4 | 8
_NOBODY = 65534
_ENOUGH_IDS = 65536


class Place(NamedTuple):
    """Where process 1 stands."""

    user: int | None
    """Uid and gid for the program to become; None to stay."""
    uncounted: int
    """Processes that count against the program's limit without being the program's."""


CONTAINED = Place(None, 1)


def seclude(scratch_bytes: int) -> Place:
    """Go into fresh namespaces; returns in process 1 of them, and ends the processes before it.

    Raises:
        OSError: the kernel or a security module refuses.
    """
    uid, gid = os.geteuid(), os.getegid()
    as_root = uid == 0
    entered, enter = os.pipe()
    mapped, map_done = os.pipe()
    inner = os.fork()
    if inner:
        os.close(enter)
        os.close(mapped)
        if os.read(entered, 1):
            maps = {"uid_map": f"0 0 {_ENOUGH_IDS}", "gid_map": f"0 0 {_ENOUGH_IDS}"}
            if not as_root:
                maps = {"setgroups": "deny", "uid_map": f"{_NOBODY} {uid} 1", "gid_map": f"{_NOBODY} {gid} 1"}
            # From outside: in the new namespace nobody may map more than one id.
            for name, text in maps.items():
                _write(f"/proc/{inner}/{name}", text)
            os.write(map_done, b"x")
        _outlast(inner)
    os.close(entered)
    os.close(map_done)
    kernel.die_with_parent()
    kernel.unshare(_NAMESPACES)
    os.write(enter, b"x")
    os.close(enter)
    if not os.read(mapped, 1):
        raise PermissionError("no user ids could be mapped")
    os.close(mapped)
    first = os.fork()
    if first:
        _outlast(first)
    kernel.die_with_parent()
    _furnish(scratch_bytes)
    return Place(_NOBODY if as_root else None, 0 if as_root else 2)


def _furnish(scratch_bytes: int) -> None:
    socket.sethostname("sandbox")
    # A namespace within would give a program capabilities again.
    _write("/proc/sys/user/max_user_namespaces", "0")
    attributes = struct.pack("=QQQQ", _RDONLY, 0, _MS_PRIVATE, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    size = ctypes.c_size_t(len(attributes))
    if libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, attributes, size) != 0:
        raise OSError(ctypes.get_errno(), "the file system could not be made read-only")
    if libc.mount(b"proc", b"/proc", b"proc", ctypes.c_ulong(_MS_NOSUID_NODEV_NOEXEC), None) != 0:
        kernel.mount_tmpfs("/proc", "size=4k", read_only=True)
    kernel.mount_tmpfs("/tmp", f"size={scratch_bytes},nr_inodes=4096,mode=0777")
    if os.path.isdir("/dev/shm"):
        kernel.mount_tmpfs("/dev/shm", "size=1m,mode=0777")


def _outlast(child: int) -> None:
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)


def _write(path: str, text: str) -> None:
    with open(path, "w") as out:
        out.write(text)
