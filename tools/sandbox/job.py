"""What goes into a sandbox and what comes out: Job, Limits, Result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Literal

from ...errors import UsageError

MIB = 1024 * 1024
PROGRAM_NAME = "main.py"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")

LINK_FD = 3
"""Where each of two joined jobs has its end of the stream between them."""

Profile = Literal["plain", "math", "pytest"]
"""`plain` is the standard library alone; `math` adds sympy, mpmath and, where installed, numpy; `pytest`
adds pytest."""


class ExitKind(StrEnum):
    """How a job ended. Every limit is a kind of its own."""

    OK = "ok"
    """Ran to its end with exit code 0."""
    ERROR = "error"
    """Ended by itself with another exit code: an exception, `sys.exit(3)`."""
    SIGNAL = "signal"
    """Killed by a signal of its own making, e.g. a segmentation fault or a forbidden system call."""
    CPU_LIMIT = "cpu_limit"
    WALL_LIMIT = "wall_limit"
    """Out of wall-clock time having used its share of CPU, or asleep: conclusive."""
    STARVED = "starved"
    """Out of wall-clock time with little CPU on a busy machine, also when tried alone: inconclusive."""
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    FAILED = "failed"
    """The sandbox itself could not run the job; `stderr` says why. Says nothing about the program."""


INCONCLUSIVE = frozenset({ExitKind.STARVED, ExitKind.FAILED})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use. CPU seconds decide; the wall clock is a backstop."""

    cpu_s: float = 4.0
    wall_s: float = 30.0
    memory_bytes: int = 768 * MIB
    """Address space of each process."""
    output_bytes: int = 64 * 1024
    """Per stream; a longer stream is cut and the job killed."""
    file_bytes: int = 16 * MIB
    """Size of one written file, and of the scratch directory in all."""
    processes: int = 16
    """Processes and threads alive at once, the first one included."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            if getattr(self, limit.name) <= 0:
                raise UsageError(f"limit {limit.name} is {getattr(self, limit.name)}: give more than 0")


@dataclass(frozen=True, slots=True)
class Job:
    """One Python program to run isolated.

    Attributes:
        source: the program's text; it runs as `__main__` from the file main.py.
        stdin: what it reads from standard input.
        files: extra files for its working directory, plain file name to text.
        profile: which libraries it may import.
        limits: what it may use.
        hash_seed: value of PYTHONHASHSEED, 0..4294967295.

    Raises:
        UsageError: a file name that is not plain or is main.py, or a hash seed out of range.
    """

    source: str
    stdin: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    profile: Profile = "plain"
    limits: Limits = Limits()
    hash_seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.hash_seed < 2**32:
            raise UsageError(f"hash_seed is {self.hash_seed}: give 0..4294967295")
        for name in self.files:
            if not _PLAIN_NAME.fullmatch(name) or name == PROGRAM_NAME:
                raise UsageError(
                    f"job file name {name!r} cannot be used: give 1..100 letters, digits, '_', '-' or '.', "
                    f"the first one not '.', and not {PROGRAM_NAME}"
                )


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job. Streams are text, undecodable bytes replaced.

    Attributes:
        exit_code: the program's own; minus a signal's number where one ended it; None where the sandbox did.
        cpu_s: CPU seconds of the program and the processes it waited for; with the start of the
            interpreter where the sandbox had to end it.
    """

    kind: ExitKind
    exit_code: int | None
    stdout: str
    stderr: str
    cpu_s: float
    wall_s: float
    backend: str
    layers: tuple[str, ...]
    """The isolation that was active, e.g. `("namespaces", "rlimits", "no-new-privileges")`."""
    reason: str = ""
    """Why this backend, and what the stronger ones lack here; empty where it was not chosen but made."""

    @property
    def ok(self) -> bool:
        return self.kind is ExitKind.OK

    @property
    def conclusive(self) -> bool:
        """False when the outcome says something about the machine and not about the program."""
        return self.kind not in INCONCLUSIVE
