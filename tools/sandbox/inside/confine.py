"""The program's side of isolation: what a fork gives up, in order, before any of the job's text runs."""

from __future__ import annotations

import os
import random
import resource
import struct
from typing import NamedTuple

from . import kernel
from .settings import Order, Settings

MIB = 1024 * 1024
# What a program that ran out of memory gets back, so that its traceback can still be printed.
RESERVE = 8 * MIB


class Base(NamedTuple):
    """What was found once, when the warm interpreter started, and holds for all its forks."""

    rules: int
    """Descriptor of the Landlock rules."""
    memory_bytes: int
    """Address space of the warm interpreter."""
    processes: int
    """Processes that count against the program's limit without being the program's; -1: not countable."""
    generators: tuple[random.Random, ...]
    """Generators of random numbers that modules hold."""


def confine(settings: Settings, base: Base, order: Order) -> None:
    """Give up everything. The order matters: each step needs what a later one takes away."""
    if "rlimits" in settings.layers:
        set_limits(order, held_bytes=base.memory_bytes, uncounted=base.processes)
    if "landlock" in settings.layers:
        kernel.landlock(base.rules)
    if "no-capabilities" in settings.layers:
        kernel.drop_capabilities()
    if "seccomp" in settings.layers:
        code = settings.own_filter
        for place in settings.own_pid_at:
            code = code[:place] + struct.pack("=I", os.getpid()) + code[place + 4 :]
        kernel.load_filter(code)


def set_limits(order: Order, *, held_bytes: int, uncounted: int) -> None:
    """Hold this process, and each that it starts, to the limits of an order.

    Args:
        held_bytes: address space that is not the program's.
        uncounted: processes that are not its; -1 where strangers are counted with them: then no limit is set.
    """

    def cap(what: int, soft: int, hard: int | None = None) -> None:
        resource.setrlimit(what, (soft, soft if hard is None else hard))

    memory = held_bytes + order.memory_bytes
    # The hard limit ends a program that catches SIGXCPU.
    cap(resource.RLIMIT_CPU, order.cpu_s, order.cpu_s + 1)
    cap(resource.RLIMIT_AS, memory - min(RESERVE, order.memory_bytes - 1), memory)
    cap(resource.RLIMIT_FSIZE, order.file_bytes)
    if uncounted >= 0:
        cap(resource.RLIMIT_NPROC, order.processes + uncounted)
    cap(resource.RLIMIT_NOFILE, 128)
    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_STACK, 8 * MIB)
    cap(resource.RLIMIT_MEMLOCK, 0)
    cap(resource.RLIMIT_MSGQUEUE, 0)
