"""What goes into a container or a remote machine and what comes back: an order and a report, one line each.

For backends whose jobs run where nothing of ours is installed. `boot_line` is all that their interpreter is
started with; the code of the supervisor travels with the order (see `inside.enclosed`).
"""

from __future__ import annotations

import base64
import importlib.util
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.abc import InspectLoader
from typing import Any, NamedTuple

from ...errors import SandboxUnavailableError
from .ending import EndedBy, Ending, Queue
from .job import ExitKind, Job, Limits, Result
from .layers import Layer
from .outcome import judge
from .seccomp import build_filters

_ROOM = "sandbox"
"""What the modules' package is called inside; no program ever sees it."""
_MODULES = (
    *("ending", "inside.settings", "inside.kernel", "inside.confine"),
    *("inside.machine", "inside.program", "inside.enclosed"),
)
_NEEDS: Mapping[str, tuple[str, ...]] = {"plain": (), "math": ("sympy", "mpmath"), "pytest": ("pytest",)}
_BOOT = """\
import json, sys
def boot():
    order = json.loads(sys.stdin.buffer.readline())
    def make(name, source):
        module = type(sys)(name); module.__package__ = name.rpartition('.')[0]
        if source is None: module.__package__, module.__path__ = name, []
        sys.modules[name] = module
        code = compile(source or '', '<' + name + '>', 'exec', dont_inherit=True)
        exec(code, module.__dict__)
        above, _, last = name.rpartition('.')
        if above: setattr(sys.modules[above], last, module)
        return module
    for name, source in order['modules']: last = make(name, source)
    for name in [name for name, _ in order['modules']]: del sys.modules[name]
    last.main(order)
boot()
"""
BOOT: tuple[str, ...] = ("-s", "-S", "-B", "-X", "utf8", "-c", _BOOT)
"""Arguments of the interpreter inside, in any directory that holds no module."""
_MACHINES = ("x86_64", "aarch64")
_KERNEL_LAYERS = (Layer.LANDLOCK, Layer.SECCOMP)
# Streams come twice in base64's measure, and JSON around them.
_FRAME_BYTES = 16 * 1024


class MissingError(SandboxUnavailableError):
    """A module that the job's profile needs is not installed where the job runs."""

    def __init__(self, module: str) -> None:
        super().__init__(f"{module} is not installed where the job runs")
        self.module = module


class Order(NamedTuple):
    """How a job is run inside.

    Attributes:
        namespaces: whether the job needs namespaces of its own; a container has them.
        tied: whether the end of the order's stream ends the job too.
    """

    namespaces: bool
    tied: bool

    def pack(self, job: Job) -> bytes:
        """The order as one line of ASCII."""
        limits = {**asdict(job.limits), "cpu_s": max(math.ceil(job.limits.cpu_s), 1)}
        order = {
            **self._asdict(),
            "modules": _modules(),
            "source": job.source,
            "stdin": job.stdin,
            "files": dict(job.files),
            "needs": _NEEDS[job.profile],
            "limits": limits,
            "environment": environment(job),
            "filters": _filters(),
        }
        return json.dumps(order).encode("ascii") + b"\n"


def environment(job: Job) -> dict[str, str]:
    """All that a program finds in its environment; the interpreter is to be started with it."""
    return {
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        # An arena per thread reserves more address space than the limit on it has; so does a thread per core.
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": str(job.hash_seed),
    }


def most_bytes(limits: Limits) -> int:
    """No report is longer."""
    return 2 * (limits.output_bytes * 4 // 3 + 4) + _FRAME_BYTES


class Refusal(NamedTuple):
    """No program was run, or nothing is known of it."""

    reason: str


class Report(NamedTuple):
    """What the supervisor wrote.

    Attributes:
        layers: what else was active, as far as the kernel there has it.
    """

    ending: Ending
    layers: tuple[Layer, ...]


def read_report(line: bytes) -> Report | Refusal:
    """Read the one line that comes back.

    Raises:
        MissingError: what the profile needs is not there.
    """
    try:
        report = json.loads(line)
        if "missing" in report:
            raise MissingError(str(report["missing"]))
        if "refused" in report:
            return Refusal(str(report["refused"]))
        found = tuple(layer for layer in _KERNEL_LAYERS if layer in report["layers"])
        return Report(_ending(report), found)
    except (ValueError, KeyError, TypeError):
        return Refusal("the supervisor's report cannot be read")


def _ending(report: dict[str, Any]) -> Ending:
    status = None if report["status"] is None else _wait_status(report["status"])
    waited_s, ready = report["queue"]
    return Ending(
        by=EndedBy(report["by"]),
        stdout=base64.b64decode(report["stdout"], validate=True),
        stderr=base64.b64decode(report["stderr"], validate=True),
        begun=report["begun"] is True,
        status=status,
        failure=str(report["failure"]),
        cpu_s=float(report["cpu_s"]),
        wall_s=float(report["wall_s"]),
        out_of_memory=report["out_of_memory"] is True,
        queue=Queue(None if waited_s is None else float(waited_s), ready=ready is True),
    )


def _wait_status(value: Any) -> int:
    """Raises ValueError for what is no status of a process that has ended."""
    if type(value) is int and 0 <= value < 2**16 and (os.WIFEXITED(value) or os.WIFSIGNALED(value)):
        return value
    raise ValueError(f"{value!r} is no wait status")


def result_of(line: bytes, limits: Limits, backend: str, layers: tuple[str, ...]) -> Result:
    """The Result that a report amounts to.

    Raises:
        MissingError: what the profile needs is not there.
    """
    read = read_report(line)
    if isinstance(read, Refusal):
        return failed(read.reason, backend, layers)
    ending, found = read
    layers += found
    kind, exit_code, cpu_s = judge(ending, limits)
    if kind is ExitKind.FAILED:
        why = "the job was stopped" if ending.by is EndedBy.STOP else ending.failure
        return failed(why or "the supervisor could not tell how it ended", backend, layers)
    stdout, stderr = (stream.decode("utf-8", "replace") for stream in (ending.stdout, ending.stderr))
    return Result(kind, exit_code, stdout, stderr, cpu_s, ending.wall_s, backend, layers)


def failed(reason: str, backend: str, layers: tuple[str, ...], wall_s: float = 0.0) -> Result:
    return Result(ExitKind.FAILED, None, "", reason, 0.0, wall_s, backend, layers)


@cache
def _filters() -> dict[str, list[str]]:
    """System-call filters by machine, since the other end may be another one than this."""
    built = {machine: build_filters(machine, contained=True) for machine in _MACHINES}
    return {
        machine: [base64.b64encode(code).decode() for code in (filters.shared, filters.own)]
        for machine, filters in built.items()
    }


@cache
def _modules() -> list[tuple[str, str | None]]:
    """Name and source of what runs inside, in the order of import; a package has none."""
    found: list[tuple[str, str | None]] = [(_ROOM, None), (f"{_ROOM}.inside", None)]
    for name in _MODULES:
        whole = f"{__package__}.{name}"
        spec = importlib.util.find_spec(whole)
        loader = spec.loader if spec else None
        source = loader.get_source(whole) if isinstance(loader, InspectLoader) else None
        if source is None:
            raise SandboxUnavailableError(f"{whole} is missing: install proofset again")
        found.append((f"{_ROOM}.{name}", source))
    return found
