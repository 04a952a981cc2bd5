"""Process 1 of a container, or of namespaces in a virtual machine: runs one job and reports how it ended.

    host ──order, one line of JSON──▶ supervisor ─fork─▶ program: confine, then run
    host ◀──report, one line of JSON── supervisor ◀─stdout, stderr, cut at their limit

The program never holds the supervisor's own streams, so it cannot write a report. It has the supervisor's
user id in a container; it is kept from it by being no parent, no tracer (the supervisor is not dumpable) and
no killer: from within, nobody ends process 1 of a pid namespace.
"""

from __future__ import annotations

import base64
import importlib.machinery
import json
import os
import resource
import select
import signal
import site
import sys
import time
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

from ..ending import UNSEEN, EndedBy, Queue, Stream, queue_of
from . import kernel
from .confine import set_limits
from .machine import CONTAINED, Place, seclude
from .program import PROGRAM_NAME, run_program
from .settings import Order

DIRECTORY = "/tmp"
_NOT_FOR_PROGRAMS = "/proc/self/oom_score_adj"
_OOM_COUNTERS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")


class _Watched(NamedTuple):
    by: EndedBy
    queue: Queue
    wall_s: float


def main(order: dict[str, Any]) -> NoReturn:
    """Run the job of `order` and print its report, once this is process 1 of a pid namespace."""
    try:
        place = seclude(order["limits"]["file_bytes"]) if order["namespaces"] else CONTAINED
    except OSError as error:
        refuse(f"this machine refuses namespaces: {error}")
    if os.getpid() != 1:
        # What ends a job ends every process that this one may signal.
        refuse("the supervisor is not process 1 here")
    places = order.get("packages") or site.getsitepackages()
    packages = [path for path in places if os.path.isdir(path)] if order["needs"] else []
    for name in order["needs"]:
        if importlib.machinery.PathFinder.find_spec(name, packages) is None:
            refuse(name, kind="missing")
    # A handler of ours could be triggered by the program; without one the kernel drops the signal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kernel.be_unreadable()
    limits = order["limits"]
    out, their_out = _pipe()
    err, their_err = _pipe()
    told, tell = os.pipe()
    kills_before = _oom_kills()
    program = os.fork()
    if not program:
        _become_program(order, place, packages, their_out, their_err, tell)
    for fd in (their_out, their_err, tell):
        os.close(fd)
    streams = Stream(out, limits["output_bytes"]), Stream(err, limits["output_bytes"])
    watched = _watch(program, *streams, limits["wall_s"], tied=order["tied"])
    status = _end_all(program)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    stdout, stderr = (stream.drain() for stream in streams)
    word = os.read(told, 2000)
    report(
        by=EndedBy.OUTPUT if streams[0].over or streams[1].over else watched.by,
        stdout=base64.b64encode(stdout).decode(),
        stderr=base64.b64encode(stderr).decode(),
        begun=word == b"begun",
        failure="" if word == b"begun" else word.decode("utf-8", "replace"),
        status=status,
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=watched.wall_s,
        queue=list(watched.queue),
        out_of_memory=_oom_kills() > kills_before,
        layers=_offered(order),
    )


def refuse(reason: str, *, kind: str = "refused") -> NoReturn:
    report(**{kind: reason})


def report(**what: Any) -> NoReturn:
    """Print the one line that the host reads, and end."""
    line = json.dumps(what).encode() + b"\n"
    while line:
        line = line[os.write(1, line) :]
    os._exit(0)


def _watch(program: int, out: Stream, err: Stream, wall_s: float, *, tied: bool) -> _Watched:
    """Wait until the program ends, or has to be ended; `tied` to the host it ends with the host's stream."""
    handle = os.pidfd_open(program)
    poll = select.poll()
    for fd in (handle, out.fd, err.fd, *((0,) if tied else ())):
        poll.register(fd, select.POLLIN)
    began = time.monotonic()
    while True:
        ready = [fd for fd, _ in poll.poll(max(began + wall_s - time.monotonic(), 0) * 1000 + 1)]
        now = time.monotonic() - began
        for stream in (out, err):
            if stream.fd in ready and not stream.pump():
                poll.unregister(stream.fd)
        if out.over or err.over:
            return _Watched(EndedBy.OUTPUT, UNSEEN, now)
        if handle in ready:
            return _Watched(EndedBy.ITSELF, UNSEEN, now)
        if 0 in ready:
            return _Watched(EndedBy.STOP, UNSEEN, now)
        if now >= wall_s:
            return _Watched(EndedBy.WALL, queue_of(program), now)


def _end_all(program: int) -> int | None:
    """Kill what is left of the job and see it end; the program's wait status, None if it was killed here."""
    done, status = os.waitpid(program, os.WNOHANG)
    while True:
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return status if done else None


def _become_program(
    order: dict[str, Any], place: Place, packages: list[str], out: int, err: int, tell: int
) -> NoReturn:
    try:
        os.setsid()
        # Where a container's memory runs out the kernel ends the program first, not the supervisor.
        with suppress(OSError), open(_NOT_FOR_PROGRAMS, "w") as score:
            score.write("1000")
        if place.user is not None:
            kernel.become(place.user, place.user)
        os.chdir(DIRECTORY)
        source = order["source"].encode("utf-8", "surrogatepass")
        texts = {name: text.encode("utf-8", "surrogatepass") for name, text in order["files"].items()}
        for name, content in {PROGRAM_NAME: source, **texts}.items():
            with open(name, "wb") as file:
                file.write(content)
        os.dup2(_stdin(order["stdin"].encode("utf-8", "surrogatepass")), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        kept = dict(order["environment"])
        os.environ.clear()
        os.environ.update(kept)
        sys.path[:] = [DIRECTORY, *(place for place in sys.path if place), *packages]
        readable = [*_LIBRARIES, *_DEVICES[1:], os.path.realpath(sys.executable), *sys.path[1:]]
        opened = [
            [os.open(place, os.O_PATH) for place in places if os.path.exists(place)]
            for places in (readable, (DIRECTORY, "/dev/shm", "/dev/null"))
        ]
        given = order["limits"]
        limits = Order(*(given[name] for name in Order._fields))
        set_limits(limits, held_bytes=0, uncounted=place.uncounted)
        kernel.drop_capabilities()
        kernel.no_new_privileges()
        kernel.be_dumpable()
        offered = _offered(order)
        if "landlock" in offered:
            kernel.landlock(kernel.landlock_rules(kernel.landlock_version(), *opened))
        for code in order["filters"][os.uname().machine] if "seccomp" in offered else ():
            kernel.load_filter(base64.b64decode(code))
        os.write(tell, b"begun")
    except BaseException as error:
        os.write(tell, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:2000])
        os._exit(1)
    os.closerange(3, 2**31 - 1)
    run_program(source, DIRECTORY)


def _offered(order: dict[str, Any]) -> list[str]:
    """Layers that depend on the kernel, which need not be the host's."""
    here = {"landlock": kernel.landlock_version() > 0, "seccomp": os.uname().machine in order["filters"]}
    return [layer for layer, active in here.items() if active]


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    return reader, writer


def _stdin(content: bytes) -> int:
    fd = os.memfd_create("stdin")
    with open(fd, "wb", closefd=False) as out:
        out.write(content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _oom_kills() -> int:
    """How often the kernel has killed in this container for want of memory, where it tells."""
    for path in _OOM_COUNTERS:
        try:
            with open(path) as file:
                words = file.read().split()
        except OSError:
            continue
        if "oom_kill" in words:
            return int(words[words.index("oom_kill") + 1])
    return 0
