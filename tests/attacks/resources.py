"""Attacks by using too much. All of them end by themselves within three seconds where nothing stops them."""

from __future__ import annotations

import os
import signal

from proofset.tools.sandbox import ExitKind, Limits, Result
from proofset.tools.sandbox.layers import Layer

from .inside import CANARY, Attempt, remove
from .table import WATCH, attack

# Files are opened the short way: the text of a program runs elsewhere, alone.
# ruff: noqa: PTH123

_NS, _UID, _LANDLOCK = Layer.NAMESPACES, Layer.THROW_AWAY_UID, Layer.LANDLOCK
_SECCOMP, _RLIMITS, _CGROUP = Layer.SECCOMP, Layer.RLIMITS, Layer.CGROUP
_FILES = Limits(cpu_s=4.0, wall_s=8.0, file_bytes=4 * 1024 * 1024)
# The kernel counts a user's processes, so the user must be the job's alone.
_COUNTED = (f"{_RLIMITS}+{_NS}", f"{_RLIMITS}+{_UID}", _CGROUP)
_FEW = Limits(cpu_s=3.0, wall_s=6.0, processes=8)
_SMALL = Limits(cpu_s=4.0, wall_s=8.0, memory_bytes=128 * 1024 * 1024)
_CPU = Limits(cpu_s=0.5, wall_s=10.0)
_WALL = Limits(cpu_s=4.0, wall_s=0.7)
_OUTPUT = Limits(output_bytes=64 * 1024)


def lived_too_long(result: Result, limits: Limits) -> Attempt:
    """The job came to its own end, which lies far beyond its limit."""
    at_end = result.kind is ExitKind.OK and "still there" in result.stdout
    return Attempt(at_end, f"{result.kind}, limits {limits.cpu_s} s of CPU, {limits.wall_s} s of wall clock")


def wrote_too_much(result: Result, limits: Limits) -> Attempt:
    longest = max(len(result.stdout), len(result.stderr))
    return Attempt(longest > limits.output_bytes or result.ok, f"{result.kind}, {longest} characters")


@attack(_RLIMITS, _CGROUP, limits=_SMALL, alone=True)
def memory_bomb() -> Attempt:
    """More memory than the limit."""
    held: list[bytearray] = []
    size = 32 * 1024 * 1024
    try:
        while len(held) * size < 2 * CANARY["memory_bytes"]:
            block = bytearray(size)
            block[::4096] = b"x" * (size // 4096)
            held.append(block)
    except MemoryError:
        pass
    amount = len(held) * size
    held.clear()
    return Attempt(amount > CANARY["memory_bytes"], f"{amount >> 20} MiB held")


@attack(_RLIMITS, _CGROUP, limits=_SMALL, alone=True)
def shared_memory_bomb() -> Attempt:
    """More memory than the limit, in mappings that children share."""
    import mmap

    held: list[mmap.mmap] = []
    size = 32 * 1024 * 1024
    try:
        while len(held) * size < 2 * CANARY["memory_bytes"]:
            block = mmap.mmap(-1, size)
            block[::4096] = b"x" * (size // 4096)
            held.append(block)
    except (MemoryError, OSError):
        pass
    return Attempt(len(held) * size > CANARY["memory_bytes"], f"{len(held) * size >> 20} MiB held")


@attack(_CGROUP, stopped_in_b=(_CGROUP, _SECCOMP), limits=_SMALL, alone=True)
def memory_in_children() -> Attempt:
    """More memory than the limit, in children of which each stays below it."""
    reader, writer = os.pipe()
    told, tell = os.pipe()
    for _ in range(4):
        if os.fork() == 0:
            os.close(writer)
            held = bytearray(CANARY["memory_bytes"] // 2)
            held[::4096] = b"x" * len(held[::4096])
            os.write(tell, b"x")
            os.read(reader, 1)
            os._exit(0)
    os.close(tell)
    holding = 0
    while holding < 4 and os.read(told, 1):
        holding += 1
    os.close(writer)
    for _ in range(4):
        os.wait()
    return Attempt(holding > 2, f"{holding} children with half of the limit each")


@attack(WATCH, _RLIMITS, limits=_CPU, judge=lived_too_long)
def spin() -> Attempt:
    """CPU time of twice the limit."""
    import time

    while time.process_time() < 1.1:
        pass
    return Attempt(True, "still there")


@attack(WATCH, stopped_in_b=(WATCH, _SECCOMP), limits=_CPU, judge=lived_too_long)
def spin_in_children() -> Attempt:
    """CPU time of twice the limit, in children of which each stays below it."""
    import time

    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            while time.process_time() < 0.3:
                pass
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return Attempt(True, "still there")


@attack(WATCH, _RLIMITS, limits=_CPU, judge=lived_too_long)
def spin_in_native_code() -> Attempt:
    """CPU time of twice the limit in native code, with the signal for that ignored."""
    import time

    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    end = time.process_time() + 1.1
    while time.process_time() < end:
        pow(7, 10**5)
    return Attempt(True, "still there")


@attack(WATCH, limits=_WALL, judge=lived_too_long)
def sleep() -> Attempt:
    """Three times the wall-clock limit, asleep."""
    import time

    time.sleep(2.1)
    return Attempt(True, "still there")


@attack(WATCH, limits=_WALL, judge=lived_too_long)
def ignore_signals() -> Attempt:
    """Three times the wall-clock limit, with every signal ignored that can be."""
    import time

    for number in signal.valid_signals():
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    end = time.monotonic() + 2.1
    while (left := end - time.monotonic()) > 0:
        time.sleep(left)
    return Attempt(True, "still there")


@attack(WATCH, limits=_OUTPUT, judge=wrote_too_much)
def flood_stdout() -> Attempt:
    """Standard output beyond the limit."""
    for _ in range(128):
        os.write(1, b"x" * 65535 + b"\n")
    return Attempt(True, "written")


@attack(WATCH, limits=_OUTPUT, judge=wrote_too_much)
def flood_stderr() -> Attempt:
    """Standard error beyond the limit."""
    for _ in range(128):
        os.write(2, b"x" * 65535 + b"\n")
    return Attempt(True, "written")


@attack(_NS, _RLIMITS, stopped_in_b=(_RLIMITS, _LANDLOCK), limits=_FILES)
def big_file() -> Attempt:
    """A file of four times the limit."""
    block = bytes(1024 * 1024)
    written = 0
    with open("big", "wb", buffering=0) as file:
        try:
            while written < 4 * CANARY["file_bytes"]:
                written += file.write(block)
        except OSError:
            pass
    remove(["big"])
    return Attempt(written > CANARY["file_bytes"], f"{written} bytes")


@attack(_NS, stopped_in_b=(_LANDLOCK,), limits=_FILES)
def full_disk() -> Attempt:
    """Files of eight times the limit in all, each of them small enough."""
    block = bytes(CANARY["file_bytes"] // 2)
    written, number = 0, 0
    try:
        while written < 8 * CANARY["file_bytes"]:
            with open(f"part{number}", "wb", buffering=0) as file:
                written += file.write(block)
            number += 1
    except OSError:
        pass
    remove(f"part{each}" for each in range(number + 1))
    return Attempt(written > CANARY["file_bytes"], f"{written} bytes")


@attack(_NS, stopped_in_b=(_LANDLOCK, _SECCOMP), limits=_FILES)
def many_names() -> Attempt:
    """More than 4,200 names of one file: they cost the kernel memory that no limit on bytes counts."""
    os.close(os.open("first", os.O_CREAT | os.O_WRONLY))
    number = 0
    try:
        while number < 4_300:
            os.link("first", f"f{number}")
            number += 1
    except OSError:
        pass
    remove(f"f{each}" for each in range(number))
    return Attempt(number > 4_200, f"{number} names")


@attack(*_COUNTED, stopped_in_b=(_SECCOMP, *_COUNTED), limits=_FEW, alone=True)
def fork_bomb() -> Attempt:
    """More processes alive than the limit allows."""
    reader, writer = os.pipe()
    children = []
    failure = ""
    for _ in range(40):
        try:
            child = os.fork()
        except OSError as error:
            failure = str(error)
            break
        if child == 0:
            os.close(writer)
            signal.alarm(3)
            os.read(reader, 1)
            os._exit(0)
        children.append(child)
    os.close(writer)
    for child in children:
        os.waitpid(child, 0)
    alive = len(children) + 1
    return Attempt(alive > CANARY["processes"], f"{alive} alive; {failure}")


@attack(*_COUNTED, limits=_FEW, alone=True)
def thread_bomb() -> Attempt:
    """More threads alive than the limit allows."""
    import threading

    threading.stack_size(256 * 1024)
    gate = threading.Event()
    try:
        for _ in range(200):
            threading.Thread(target=gate.wait, args=(3,), daemon=True).start()
    except RuntimeError:
        pass
    alive = threading.active_count()
    gate.set()
    return Attempt(alive > CANARY["processes"], f"{alive} alive")
