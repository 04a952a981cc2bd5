"""The system-call filter of a job, as classic BPF that bubblewrap loads before it starts the interpreter.

It denies what a namespace does not cover: ways to look into or steer another process of the same uid
(the supervisor is one where there is a single uid to give), new namespaces, kernel interfaces with a
long record of holes, socket families that pass a network namespace by, and memory that no limit counts.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import NamedTuple

_DENIED: dict[str, tuple[int, int]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "personality": (135, 92),
}
"""Name to number on (x86_64, aarch64); refused with EPERM."""


class _Machine(NamedTuple):
    audit_arch: int
    column: int
    clone: int
    clone3: int
    socket: int
    prlimit64: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 0, clone=56, clone3=435, socket=41, prlimit64=302),
    "aarch64": _Machine(0xC00000B7, 1, clone=220, clone3=435, socket=198, prlimit64=261),
}

_X32_BIT = 0x40000000
# CLONE_NEWTIME | NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
_NEW_NAMESPACE = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET and AF_INET6: these a network namespace isolates. AF_VSOCK reaches a VM's host."""

_LOAD, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NR, _ARCH, _ARG0 = 0, 4, 16
_ALLOW, _KILL = 0x7FFF0000, 0x80000000


def _fail(number: int) -> int:
    return 0x00050000 | number


def _op(code: int, operand: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, operand)


def supported() -> bool:
    """Whether the numbers of this machine's system calls are known."""
    return platform.machine() in _MACHINES


def build_filter(machine: str | None = None) -> bytes:
    """The filter for `machine` (default: this one) as an array of `struct sock_filter`.

    Raises:
        KeyError: the machine is neither x86_64 nor aarch64.
    """
    m = _MACHINES[machine or platform.machine()]
    ops = [
        _op(_LOAD, _ARCH),
        _op(_JUMP_EQ, m.audit_arch, yes=1),
        # Another ABI has other numbers, under which all that follows would mean nothing.
        _op(_RETURN, _KILL),
        _op(_LOAD, _NR),
        _op(_JUMP_GE, _X32_BIT, no=1),
        _op(_RETURN, _KILL),
    ]
    for numbers in _DENIED.values():
        ops += [_op(_JUMP_EQ, numbers[m.column], no=1), _op(_RETURN, _fail(errno.EPERM))]
    ops += [
        # Its flags lie in memory where no filter sees them; libc falls back to clone on ENOSYS.
        _op(_JUMP_EQ, m.clone3, no=1),
        _op(_RETURN, _fail(errno.ENOSYS)),
        _op(_JUMP_EQ, m.clone, no=4),
        _op(_LOAD, _ARG0),
        _op(_JUMP_SET, _NEW_NAMESPACE, no=1),
        _op(_RETURN, _fail(errno.EPERM)),
        _op(_RETURN, _ALLOW),
        # Limits of oneself (pid 0) only: those of the supervisor are a way to make it fail.
        _op(_JUMP_EQ, m.prlimit64, no=4),
        _op(_LOAD, _ARG0),
        _op(_JUMP_EQ, 0, yes=1),
        _op(_RETURN, _fail(errno.EPERM)),
        _op(_RETURN, _ALLOW),
        _op(_JUMP_EQ, m.socket, yes=1),
        _op(_RETURN, _ALLOW),
        _op(_LOAD, _ARG0),
    ]
    ops += [_op(_JUMP_EQ, family, yes=len(_FAMILIES) - i) for i, family in enumerate(_FAMILIES)]
    ops += [_op(_RETURN, _fail(errno.EAFNOSUPPORT)), _op(_RETURN, _ALLOW)]
    return b"".join(ops)
