"""The system-call filter of a job, as classic BPF: a list of what is allowed.

What is not on the list fails with EPERM, or with ENOSYS where it is so new that a C library may try it and
fall back. Some calls are allowed by argument only: a socket pair but no socket, threads and, where a job's
processes end with it, processes, but no namespaces, and limits of nobody but oneself.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .syscalls import BY_ARGUMENT, CLEARING, COMMON, ENCLOSED, SCRATCH, ZYGOTE, Numbers

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_NEW_CALLS = 424
"""From here on numbers are the same on all machines, and C libraries expect not to find them."""

# CLONE_NEWTIME | NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
_NEW_NAMESPACE = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_CLONE_PARENT = 0x8000
"""Makes a child that is one's parent's: of the warm interpreter, which would have to wait for it."""
_CLONE_THREAD = 0x00010000
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK = 1, 1, 0xF
# PR_SET_PDEATHSIG, GET_DUMPABLE, SET_NAME, GET_NAME, CAPBSET_READ, GET_NO_NEW_PRIVS, SET_VMA
_PRCTL = (1, 3, 15, 16, 23, 39, 0x53564D41)
_PR_SET_SECCOMP = 22
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# F_SETSIG, F_SETOWN, F_SETOWN_EX: to have the kernel send a signal to somebody else; F_NOTIFY watches.
_FCNTL_DENIED = (8, 10, 15, 1026)

_LOAD, _AND, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NR, _ARCH = 0, 4
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_INSTRUCTION = 8
_OPERAND_AT = 4
_PLACEHOLDER = 0x7FFFFFFF


class Filters(NamedTuple):
    """Two arrays of `struct sock_filter`, both in force for a job.

    Loading a long filter takes the kernel as long as starting a process; so the warm interpreter loads the
    list once, with the few calls in it that it needs itself, and each job a short one that takes these away.
    """

    shared: bytes
    own: bytes
    own_pid_at: tuple[int, ...]
    """Where in `own` the job's process id has to be written."""


def supported() -> bool:
    """Whether the numbers of this machine's system calls are known."""
    return platform.machine() in _AUDIT_ARCH


def build_filters(machine: str | None = None, *, contained: bool) -> Filters:
    """The filters for `machine` (default: this one).

    Args:
        contained: the job has namespaces of its own, so it may write to its files, start processes and
            send signals; else it may do none of that, but for signals to itself.

    Raises:
        KeyError: the machine is neither x86_64 nor aarch64.
    """
    machine = machine or platform.machine()
    own = _own(machine, contained=contained)
    pid = _op(_JUMP_EQ, _PLACEHOLDER, no=1)
    places = tuple(i * _INSTRUCTION + _OPERAND_AT for i, op in enumerate(own) if op == pid)
    return Filters(b"".join(_shared(machine, contained=contained)), b"".join(own), places)


def _shared(machine: str, *, contained: bool) -> list[bytes]:
    column = list(_AUDIT_ARCH).index(machine)
    tables = [COMMON, ZYGOTE, SCRATCH, ENCLOSED] if contained else [COMMON, ZYGOTE, CLEARING]
    ops = [
        _op(_LOAD, _ARCH),
        _op(_JUMP_EQ, _AUDIT_ARCH[machine], yes=1),
        # Another ABI has other numbers, under which all that follows would mean nothing.
        _op(_RETURN, _KILL),
        _op(_LOAD, _NR),
        _op(_JUMP_GE, _X32_BIT, no=1),
        _op(_RETURN, _KILL),
    ]
    for first, last in _ranges(_column((row for table in tables for row in table.values()), column)):
        ops += [_op(_JUMP_GE, first, no=2), _op(_JUMP_GE, last + 1, yes=1), _op(_RETURN, _ALLOW)]
    for name, body in _by_argument(contained=contained).items():
        for number in _column([BY_ARGUMENT[name]], column):
            ops += [_op(_JUMP_EQ, number, no=len(body)), *body]
    ops += [_op(_JUMP_GE, _NEW_CALLS, yes=1), _op(_RETURN, _fail(errno.EPERM))]
    return [*ops, _op(_RETURN, _fail(errno.ENOSYS))]


def _by_argument(*, contained: bool) -> dict[str, list[bytes]]:
    allow, refuse = _op(_RETURN, _ALLOW), _op(_RETURN, _fail(errno.EPERM))
    return {
        "kill": [allow],
        "tgkill": [allow],
        "clone": [_argument(0), _op(_JUMP_SET, _NEW_NAMESPACE | _CLONE_PARENT, no=1), refuse, allow],
        # Its flags lie in memory where no filter sees them; libc falls back to clone on ENOSYS.
        "clone3": [_op(_RETURN, _fail(errno.ENOSYS))],
        # Of a stream: a pair of datagram sockets can be turned towards any other one.
        "socketpair": [
            _argument(0),
            _op(_JUMP_EQ, _AF_UNIX, no=4),
            _argument(1),
            _op(_AND, _SOCK_TYPE_MASK),
            _op(_JUMP_EQ, _SOCK_STREAM, no=1),
            allow,
            refuse,
        ],
        "prctl": _one_of(0, (*_PRCTL, _PR_SET_SECCOMP), allow, refuse),
        "ioctl": _one_of(1, _IOCTL, allow, _op(_RETURN, _fail(errno.ENOTTY))),
        "fcntl": _one_of(1, _FCNTL_DENIED, refuse, allow),
        # Limits of oneself (pid 0) only: there are others of the same user.
        "prlimit64": _one_of(0, (0,), allow, refuse),
    }


def _own(machine: str, *, contained: bool) -> list[bytes]:
    column = list(_AUDIT_ARCH).index(machine)
    allow, refuse = _op(_RETURN, _ALLOW), _op(_RETURN, _fail(errno.EPERM))
    ops = [_op(_LOAD, _NR)]
    denied = [ZYGOTE] if contained else [ZYGOTE, CLEARING]
    for number in _column((row for table in denied for row in table.values()), column):
        ops += [_op(_JUMP_EQ, number, no=1), refuse]
    bodies = {"prctl": _one_of(0, (_PR_SET_SECCOMP,), refuse, allow)}
    if not contained:
        itself = [_argument(0), _op(_JUMP_EQ, _PLACEHOLDER, no=1), allow, refuse]
        bodies |= {
            "kill": itself,
            "tgkill": itself,
            "clone": [_argument(0), _op(_JUMP_SET, _CLONE_THREAD, yes=1), refuse, allow],
        }
    for name, body in bodies.items():
        for number in _column([BY_ARGUMENT[name]], column):
            ops += [_op(_JUMP_EQ, number, no=len(body)), *body]
    return [*ops, allow]


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The numbers as runs from first to last: a filter costs by its length."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _one_of(argument: int, values: Sequence[int], then: bytes, otherwise: bytes) -> list[bytes]:
    tests = [_op(_JUMP_EQ, value, yes=len(values) - i) for i, value in enumerate(values)]
    return [_argument(argument), *tests, otherwise, then]


def _argument(index: int) -> bytes:
    """Load the lower half of an argument; those looked at here have no upper one."""
    return _op(_LOAD, 16 + 8 * index)


def _column(rows: Iterable[Numbers], column: int) -> list[int]:
    return [number for row in rows if (number := row[column]) is not None]


def _fail(number: int) -> int:
    return 0x00050000 | number


def _op(code: int, operand: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, operand)
