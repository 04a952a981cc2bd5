"""The few kernel interfaces that Python has no words for, through the C library."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
# Version 3 and pid 0, this process; native byte order.
_CAPABILITY_HEADER = (0x20080522).to_bytes(4, sys.byteorder) + bytes(4)

_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE = 1 << 14
# What each version of the kernel's interface can govern beyond the one before: files, network, signals.
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: 1 << 15}
_NETWORK = {4: 3}
_SCOPES = {6: 3}
# Of a file that is no directory, the kernel takes a rule about these alone.
_ON_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE

_CLONE_VM, _SIGCHLD = 0x100, 17
_INIT_STACK = 64 * 1024
_LARGE_PAGE = 2 * 1024 * 1024
_MADV_COLLAPSE = 25

_libc = ctypes.CDLL(None, use_errno=True)
_init_stack = ctypes.create_string_buffer(_INIT_STACK)


def _check(result: int, doing: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{doing}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def enter_namespace(fd: int, kind: int) -> None:
    _check(_libc.setns(fd, kind), "setns")


def mount_tmpfs(place: str, options: str, *, read_only: bool = False) -> None:
    flags = _MS_NOSUID | _MS_NODEV | (_MS_RDONLY | _MS_NOEXEC if read_only else 0)
    made = _libc.mount(b"tmpfs", place.encode(), b"tmpfs", ctypes.c_ulong(flags), options.encode())
    _check(made, f"mount a tmpfs on {place}")


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")


def be_dumpable() -> None:
    """Own one's files in /proc again, which a change of user id takes away."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")


def be_unreadable() -> None:
    """Let no process look into this one's memory, be it of the same user."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")


def use_large_pages(maps: str) -> None:
    """Gather this process's memory in large pages where the kernel can: a fork copies one entry for each.

    Args:
        maps: the text of /proc/self/maps.
    """
    for line in maps.splitlines():
        span, permissions, _, _, inode, *name = line.split()
        if inode != "0" or "w" not in permissions or name not in ([], ["[heap]"]):
            continue
        first, last = (int(end, 16) for end in span.split("-"))
        first = -(-first // _LARGE_PAGE) * _LARGE_PAGE
        length = (last - first) // _LARGE_PAGE * _LARGE_PAGE
        if length > 0:
            # Refused by older kernels and where memory is short: then pages stay small.
            _libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(length), _MADV_COLLAPSE)


def start_init() -> int:
    """Start a process that does nothing, to be process 1 of a new pid namespace; its process id.

    It shares this process's memory, which makes it next to free, and its signal handlers: there must be
    none, so that nothing that a job sends to it has any effect.
    """
    # A stack grows downwards.
    top = ctypes.c_void_p(ctypes.addressof(_init_stack) + _INIT_STACK)
    return _check(_libc.clone(_libc.pause, top, _CLONE_VM | _SIGCHLD, None), "clone")


def no_new_privileges() -> None:
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


def drop_capabilities() -> None:
    _check(_libc.capset(_CAPABILITY_HEADER, bytes(24)), "capset")


def become(uid: int, gid: int) -> None:
    """Turn from root into somebody else, for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # The inheritable set survives that.
    drop_capabilities()


def load_filter(code: bytes) -> None:
    """Install a seccomp filter, an array of `struct sock_filter`."""
    held = ctypes.create_string_buffer(code)
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(held))
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0), "seccomp")


def landlock_version() -> int:
    """Version of the kernel's Landlock, 0 where there is none."""
    version: int = _libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    return max(version, 0)


def landlock_rules(version: int, readable: Iterable[int], writable: Iterable[int]) -> int:
    """A descriptor of rules that close the file system but for what lies beneath the given ones."""

    def rights(table: dict[int, int]) -> int:
        return sum(bits for since, bits in table.items() if since <= version)

    files = rights(_FILES)
    governed = struct.pack("=QQQ", files, rights(_NETWORK), rights(_SCOPES))
    size = 24 if version >= min(_SCOPES) else 16 if version >= min(_NETWORK) else 8
    made = _libc.syscall(_LANDLOCK_CREATE, governed, ctypes.c_size_t(size), 0)
    ruleset = _check(made, "landlock_create_ruleset")
    allowed = [(fd, _EXECUTE | _READ_FILE | _READ_DIR) for fd in readable] + [(fd, files) for fd in writable]
    for fd, access in allowed:
        if not _is_directory(fd):
            access &= _ON_A_FILE & files
        rule = struct.pack("=Qi", access, fd)
        _check(_libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0), "landlock_add_rule")
    return ruleset


def landlock(ruleset: int) -> None:
    """Hold to the rules, for good, and all children too."""
    _check(_libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0), "landlock_restrict_self")


def _is_directory(fd: int) -> bool:
    return os.fstat(fd).st_mode & 0o170000 == 0o040000
