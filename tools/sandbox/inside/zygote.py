"""The warm interpreter: gets ready once, then forks for every job that comes down its control socket.

It never reads what a job holds: the texts lie in a file that only the fork opens. How the program ended is
told by this process over a socket that the program closed before any of its text was read. In a pid
namespace process 1 is one that does nothing: with its end the kernel ends all that the program started.

    host ──order, descriptors──▶ zygote ──fork──▶ program: confine, then run
    host ◀──"begun" + pidfd─────────────────────────┘
    host ◀──"ended" status, CPU seconds─┘
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import marshal
import os
import random
import resource
import select
import shutil
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

from . import kernel
from .confine import Base, confine
from .program import PROGRAM_NAME, run_program
from .settings import ORDER_BYTES, Order, Settings, unpack_order
from .warming import warm_up

LINK_FD = 3
_MAX_FDS = 6
_INSIDE_ID = 1000
_WAIT_FOR_ALL = 0x40000000


def main(settings: Settings, control_fd: int) -> None:
    """Serve until the other end of the control socket is closed."""
    # Never is a descriptor of ours where a job will find its link.
    control_fd = fcntl.fcntl(control_fd, fcntl.F_DUPFD_CLOEXEC, LINK_FD + 1)
    os.dup2(os.open("/dev/null", os.O_RDONLY), LINK_FD)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if settings.user:
        kernel.become(*settings.user)
    kernel.no_new_privileges()
    own_pids = _enter_namespaces(control_fd) if settings.namespaces else None
    memory, maps = (os.open(f"/proc/self/{name}", os.O_RDONLY) for name in ("statm", "maps"))
    if settings.namespaces:
        # Nothing of /proc is for a job to see.
        kernel.mount_tmpfs("/proc", "size=4k", read_only=True)
    search_path = [settings.directory, *sys.path, *settings.search_path]
    sys.path[:] = [*search_path, *settings.preload_path]
    for name in settings.preload:
        importlib.import_module(name)
    warm_up()
    sys.path[:] = search_path
    version = kernel.landlock_version()
    layers = tuple(each for each in settings.layers if each != "landlock" or version)
    base = Base(
        _landlock_rules(settings) if version else -1,
        int(os.pread(memory, 100, 0).split()[0]) * os.sysconf("SC_PAGESIZE"),
        3 if settings.namespaces else 1 if settings.user else -1,
        tuple(each for each in gc.get_objects() if isinstance(each, random.Random)),
    )
    kernel.be_unreadable()
    if "seccomp" in layers:
        kernel.load_filter(settings.shared_filter)
    gc.collect()
    gc.freeze()
    with open(maps) as told:
        kernel.use_large_pages(told.read())
    with socket.socket(fileno=control_fd) as control:
        handle = os.pidfd_open(os.getpid())
        socket.send_fds(control, [",".join(layers).encode()], [handle])
        os.close(handle)
        try:
            _serve(settings._replace(layers=layers), base, control, own_pids)
        finally:
            if own_pids is None:
                _clear(settings.directory)
                # The host does it too, if it is still there; here it may not be allowed.
                with suppress(OSError):
                    os.rmdir(settings.directory)


def _serve(settings: Settings, base: Base, control: socket.socket, own_pids: int | None) -> None:
    used = 0.0
    while True:
        data, fds, _, _ = socket.recv_fds(control, ORDER_BYTES, _MAX_FDS)
        if not data:
            return
        order = unpack_order(data)
        init = 0
        if own_pids is not None:
            kernel.unshare(kernel.CLONE_NEWPID)
            init = kernel.start_init()
        program = os.fork()
        if not program:
            _become_program(settings, base, order, fds, control)
        if own_pids is not None:
            # The kernel gives a process one new pid namespace for its children, until it takes that back.
            kernel.enter_namespace(own_pids, kernel.CLONE_NEWPID)
        *streams, report_fd = fds
        for fd in streams:
            os.close(fd)
        with socket.socket(fileno=report_fd) as report:
            status = _wait(program, control)
            if status is None:
                return
            if init:
                os.kill(init, signal.SIGKILL)
                # Init does not end before all in its namespace are waited for, and some may be ours.
                while os.waitpid(-1, _WAIT_FOR_ALL)[0] != init:
                    pass
            before, used = used, _cpu_of_children()
            report.send(b"ended %d %.6f" % (status, used - before))
        if own_pids is None:
            _clear(settings.directory)


def _cpu_of_children() -> float:
    """CPU seconds of all forks that have ended, and of what they had started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait(program: int, control: socket.socket) -> int | None:
    """Wait for a job's end; its wait status, or None if the host went away before."""
    ended = _until_end(program, control.fileno())
    if not ended:
        os.kill(program, signal.SIGKILL)
    status = os.waitpid(program, 0)[1]
    return status if ended else None


def _until_end(child: int, control_fd: int) -> bool:
    """Wait for a child's end, or for the host's; whether it was the child's."""
    handle = os.pidfd_open(child)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        # For its end alone: the next order may be there already.
        poll.register(control_fd, 0)
        return handle in [fd for fd, _ in poll.poll()]
    finally:
        os.close(handle)


def _clear(directory: str) -> None:
    """Remove what a job was given; where it has a file system of its own, that ends with it."""
    for name in os.listdir(directory):
        path = f"{directory}/{name}"
        try:
            os.unlink(path)
        except IsADirectoryError:
            shutil.rmtree(path, ignore_errors=True)


def _become_program(
    settings: Settings, base: Base, order: Order, fds: list[int], control: socket.socket
) -> NoReturn:
    payload, *streams, report_fd = fds
    report = socket.socket(fileno=report_fd)
    try:
        control.close()
        os.setsid()
        if settings.namespaces:
            kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
            kernel.mount_tmpfs(settings.mount_point, f"size={order.file_bytes},nr_inodes=4096,mode=0777")
        else:
            kernel.die_with_parent()
        # Now: with namespaces it is the new one, not what that covers.
        os.chdir(settings.directory)
        with open(payload, "rb") as held:
            source, files = marshal.load(held)
        for name, content in {PROGRAM_NAME: source, **files}.items():
            with open(name, "wb") as out:
                out.write(content)
        for target, fd in enumerate(streams):
            os.dup2(fd, target, inheritable=True)
        handle = os.pidfd_open(os.getpid())
        _reseed(base.generators)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        confine(settings, base, order)
        socket.send_fds(report, [b"begun"], [handle])
    except BaseException as error:
        report.send(f"failed {type(error).__name__}: {error}".encode("utf-8", "replace")[:2000])
        os._exit(1)
    os.closerange(len(streams), 2**31 - 1)
    run_program(source, settings.directory)


def _reseed(generators: tuple[random.Random, ...]) -> None:
    """Python's own generator is seeded anew by a fork; libraries' would repeat themselves in every job."""
    for each in generators:
        each.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _landlock_rules(settings: Settings) -> int:
    """One set for all jobs. A scratch directory is in it by its parent: it is another one each time."""
    version = kernel.landlock_version()
    readable = [os.open(path, os.O_PATH) for path in settings.readable]
    writable = [os.open(path, os.O_PATH) for path in settings.writable]
    rules = kernel.landlock_rules(version, readable, writable)
    for fd in (*readable, *writable):
        os.close(fd)
    return rules


def _enter_namespaces(control_fd: int) -> int:
    """Go into namespaces that belong to this user alone; a handle on the new pid namespace.

    A pid namespace is entered by a child only, so what returns is one. The process that came waits for it,
    and ends it, with all that it started, when the host goes away.
    """
    uid, gid = os.getuid(), os.getgid()
    kernel.be_dumpable()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_INSIDE_ID} {uid} 1"),
        ("gid_map", f"{_INSIDE_ID} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as out:
            out.write(text)
    child = os.fork()
    if child:
        _until_end(child, control_fd)
        os.kill(child, signal.SIGKILL)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    return os.open("/proc/self/ns/pid", os.O_RDONLY)
