"""From what was measured to the kind of a Result."""

from __future__ import annotations

import os
import re
import signal
from typing import NamedTuple

from .ending import EndedBy, Ending
from .job import ExitKind, Limits

_OUT_OF_MEMORY = re.compile(rb"(?:\w+\.)*MemoryError\b")


class Outcome(NamedTuple):
    kind: ExitKind
    exit_code: int | None
    """The program's own exit code; minus the number of the signal that ended it; None if we ended it."""
    cpu_s: float


def judge(ending: Ending, limits: Limits) -> Outcome:
    """How a job ended.

    - Too much output is OUTPUT_LIMIT, however the program ended.
    - As much CPU time as the limit is CPU_LIMIT, however it ended: the kernel stops a process at whole
      seconds only, and counts the processes of a job one by one. So is an end by the kernel's signals for it.
    - At the wall clock's end, see `starved`.
    - MEMORY_LIMIT is exit code 1 with a MemoryError as the last line on stderr. That is the one kind that
      a program can choose for itself; it gains nothing, being no success. Native code that crashes for
      want of memory is SIGNAL. Where a cgroup counts memory, the kernel's own word makes it one too.
    - Without the supervisor's word on its end, or if it never began, the job FAILED.
    """
    if ending.by is EndedBy.OUTPUT:
        return Outcome(ExitKind.OUTPUT_LIMIT, None, ending.cpu_s)
    if ending.begun and ending.cpu_s >= limits.cpu_s:
        code = None
        if ending.by is EndedBy.ITSELF and ending.status is not None:
            code = os.waitstatus_to_exitcode(ending.status)
        return Outcome(ExitKind.CPU_LIMIT, code, ending.cpu_s)
    if ending.by is EndedBy.WALL and ending.status in (None, signal.SIGKILL):
        kind = ExitKind.STARVED if starved(ending, limits) else ExitKind.WALL_LIMIT
        return Outcome(kind, None, ending.cpu_s)
    if ending.by is EndedBy.STOP or not ending.begun or ending.status is None:
        return Outcome(ExitKind.FAILED, None, ending.cpu_s)
    if ending.out_of_memory and ending.status != 0:
        return Outcome(ExitKind.MEMORY_LIMIT, None, ending.cpu_s)
    return _ended(ending.status, ending.cpu_s, ending.stderr, limits)


def starved(ending: Ending, limits: Limits) -> bool:
    """Whether a job that ran out of wall-clock time says something about the machine only.

    It does if the program had not begun; or if it used less than half of its CPU time and of its wall
    time, and either stood ready to run, without a CPU, for at least half of the time that it did not run,
    or stood so at the end: a wait that goes on is in no account yet. A program that sleeps or waits for
    something is not ready to run. Where the kernel does not tell, little CPU time is inconclusive.
    """
    if not ending.begun:
        return True
    if ending.cpu_s >= min(limits.cpu_s, ending.wall_s) / 2:
        return False
    waited_s, ready = ending.queue
    return waited_s is None or ready or waited_s >= (ending.wall_s - ending.cpu_s) / 2


def _ended(status: int, cpu_s: float, stderr: bytes, limits: Limits) -> Outcome:
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return Outcome(ExitKind.OK, code, cpu_s)
    if code < 0:
        # For the limit the kernel counts clock ticks, seen to be a third above its own accounting.
        at_limit = -code == signal.SIGXCPU or (-code == signal.SIGKILL and cpu_s >= limits.cpu_s / 2)
        return Outcome(ExitKind.CPU_LIMIT if at_limit else ExitKind.SIGNAL, code, cpu_s)
    last = stderr.rstrip().rpartition(b"\n")[2]
    if code == 1 and _OUT_OF_MEMORY.match(last):
        return Outcome(ExitKind.MEMORY_LIMIT, code, cpu_s)
    return Outcome(ExitKind.ERROR, code, cpu_s)
