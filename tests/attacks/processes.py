"""Attacks on other processes, by other programs and through terminals. Only the canary's own are aimed at."""

from __future__ import annotations

import os
import signal

from proofset.tools.sandbox.layers import Layer

from .inside import CANARY, Attempt, call, holds_secret, libc, passed, worked
from .table import FRESH, attack

# Files are opened the short way: the text of a program runs elsewhere, alone.
# ruff: noqa: PTH110, PTH123

_NS, _UID, _CAP = Layer.NAMESPACES, Layer.THROW_AWAY_UID, Layer.NO_CAPABILITIES
_NNP = Layer.NO_NEW_PRIVILEGES
_LANDLOCK, _SECCOMP, _RLIMITS, _CGROUP = Layer.LANDLOCK, Layer.SECCOMP, Layer.RLIMITS, Layer.CGROUP


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def kill() -> Attempt:
    """A signal ends a process of the host."""
    os.kill(CANARY["victim_pid"], signal.SIGTERM)
    return Attempt(True, "sent")


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def stop() -> Attempt:
    """A signal stops a process of the host."""
    os.kill(CANARY["victim_pid"], signal.SIGSTOP)
    return Attempt(True, "sent")


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def killpg() -> Attempt:
    """A signal ends a process group of the host."""
    os.killpg(CANARY["victim_pid"], signal.SIGTERM)
    return Attempt(True, "sent")


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def tkill() -> Attempt:
    """A signal ends a process of the host (tkill)."""
    return passed(call("tkill", CANARY["victim_pid"], signal.SIGTERM))


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def tgkill() -> Attempt:
    """A signal ends a process of the host (tgkill)."""
    return passed(call("tgkill", CANARY["victim_pid"], CANARY["victim_pid"], signal.SIGTERM))


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def pidfd_send_signal() -> Attempt:
    """A signal ends a process of the host (by a descriptor of it)."""
    handle = worked(call("pidfd_open", CANARY["victim_pid"], 0))
    return passed(call("pidfd_send_signal", handle, signal.SIGTERM, None, 0))


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def signal_by_owner() -> Attempt:
    """The kernel signals a process of the host that was made the owner of a descriptor (fcntl)."""
    import fcntl
    import socket

    one, other = socket.socketpair()
    fcntl.fcntl(one, fcntl.F_SETOWN, CANARY["victim_pid"])
    fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    other.send(b"x")
    return Attempt(fcntl.fcntl(one, fcntl.F_GETOWN) == CANARY["victim_pid"], "owner set")


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def signal_by_owner_ioctl() -> Attempt:
    """The kernel signals a process of the host that was made the owner of a socket (ioctl)."""
    import fcntl
    import socket
    import struct

    one, other = socket.socketpair()
    fcntl.ioctl(one, 0x8901, struct.pack("=i", CANARY["victim_pid"]))
    fcntl.ioctl(one, 0x5452, struct.pack("=i", 1))
    other.send(b"x")
    return Attempt(True, "owner set")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP))
def signal_parent() -> Attempt:
    """A signal is taken by who started the job; it is number 0, which does nothing."""
    parent = os.getppid()
    if parent <= 1:
        return Attempt(False, f"parent is {parent}")
    os.kill(parent, 0)
    return Attempt(True, "taken")


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True)
def pidfd_getfd() -> Attempt:
    """An open file of a process of the host."""
    handle = worked(call("pidfd_open", CANARY["victim_pid"], 0))
    taken = worked(call("pidfd_getfd", handle, CANARY["victim_fd"], 0))
    return Attempt(holds_secret(os.pread(taken, 100, 0)), "read")


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True)
def ptrace() -> Attempt:
    """A process of the host is traced (seized without stopping it)."""
    return passed(call("ptrace", 0x4206, CANARY["victim_pid"], 0, 0))


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True)
def read_memory() -> Attempt:
    """The memory of a process of the host."""
    import ctypes

    buffer = ctypes.create_string_buffer(64)
    local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
    remote = (ctypes.c_void_p * 2)(CANARY["victim_address"], 64)
    worked(call("process_vm_readv", CANARY["victim_pid"], local, 1, remote, 1, 0))
    return Attempt(holds_secret(buffer.raw), "read")


@attack(_NS, _LANDLOCK, _SECCOMP, _UID, victim=True, canary=True)
def write_memory() -> Attempt:
    """The memory of a process of the host is changed."""
    import ctypes

    buffer = ctypes.create_string_buffer(b"overwritten", 64)
    local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
    remote = (ctypes.c_void_p * 2)(CANARY["victim_address"], 64)
    return passed(call("process_vm_writev", CANARY["victim_pid"], local, 1, remote, 1, 0))


@attack(_NS, _LANDLOCK, _UID, victim=True)
def memory_by_proc() -> Attempt:
    """The memory of a process of the host, as a file."""
    with open(f"/proc/{CANARY['victim_pid']}/mem", "rb", buffering=0) as memory:
        memory.seek(CANARY["victim_address"])
        return Attempt(holds_secret(memory.read(64)), "read")


@attack(_NS, _LANDLOCK, _UID, victim=True)
def environment_by_proc() -> Attempt:
    """The environment of a process of the host."""
    failure: OSError = FileNotFoundError(2, "")
    for pid in (CANARY["victim_pid"], CANARY["host_pid"]):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                return Attempt(holds_secret(file.read()), str(pid))
        except OSError as error:
            failure = error
    raise failure


@attack(_NS, _LANDLOCK, victim=True)
def command_line_by_proc() -> Attempt:
    """The command line of a process of the host."""
    with open(f"/proc/{CANARY['victim_pid']}/cmdline", "rb") as file:
        return Attempt(bool(file.read()), "read")


@attack(_NS, victim=True)
def process_numbers() -> Attempt:
    """Whether a process of the host exists."""
    try:
        os.getpgid(CANARY["victim_pid"])
    except ProcessLookupError:
        return Attempt(os.path.exists(f"/proc/{CANARY['victim_pid']}"), "in /proc")
    return Attempt(True, "getpgid")


@attack(_NS, _SECCOMP, _UID, victim=True, canary=True)
def limits_of_another() -> Attempt:
    """The limits of a process of the host are changed."""
    import ctypes

    pair = (ctypes.c_ulong * 2)(64, 64)
    return passed(call("prlimit64", CANARY["victim_pid"], 7, pair, None))


@attack(_NS, _SECCOMP, _UID, victim=True, canary=True)
def priority_of_another() -> Attempt:
    """A process of the host gets the lowest priority."""
    os.setpriority(os.PRIO_PROCESS, CANARY["victim_pid"], 19)
    return Attempt(True, "set")


@attack(_NS, _SECCOMP, _UID, victim=True)
def cores_of_another() -> Attempt:
    """A process of the host is bound to other cores: the ones that it has already."""
    os.sched_setaffinity(CANARY["victim_pid"], range(os.cpu_count() or 1))
    return Attempt(True, "set")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP))
def popen() -> Attempt:
    """A program of the host runs as a child (subprocess)."""
    import subprocess

    for path in ("/bin/sh", "/usr/bin/sh", "/bin/busybox"):
        try:
            done = subprocess.run([path, "-c", "echo ran"], capture_output=True, timeout=2, check=False)
        except OSError as error:
            failure = error
        else:
            return Attempt(done.stdout == b"ran\n", path)
    raise failure


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP))
def posix_spawn() -> Attempt:
    """A program of the host runs as a child (posix_spawn)."""
    reader, writer = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, writer, 1)]
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "echo ran"], {}, file_actions=actions)
    os.close(writer)
    os.waitpid(child, 0)
    return Attempt(os.read(reader, 10) == b"ran\n", "/bin/sh")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP))
def execute() -> Attempt:
    """A program of the host takes the place of the job."""
    line = '{"reached": true, "how": "/bin/sh"}'
    os.execv("/bin/sh", ["sh", "-c", f"echo '{line}'"])
    return Attempt(False, "came back")


@attack(_NS, _LANDLOCK, _NNP, stopped_in_b=(_LANDLOCK, _SECCOMP, _NNP))
def set_uid_program() -> Attempt:
    """A set-uid program of root runs with root's rights."""
    import subprocess

    if not CANARY["set_uid"]:
        return Attempt(None, "none could be planted")
    # The control is root: it must become somebody else first for this to tell anything.
    become = (lambda: os.setresuid(65534, 65534, 65534)) if os.geteuid() == 0 else None
    done = subprocess.run(
        [CANARY["set_uid"], "-u"], capture_output=True, timeout=2, check=False, preexec_fn=become
    )
    return Attempt(done.stdout == b"0\n", f"id -u: {done.stdout.decode().strip()}")


@attack(_NNP)
def no_new_privileges() -> Attempt:
    """The job may gain privileges by executing a program."""
    return Attempt(libc.prctl(39, 0, 0, 0, 0) == 0, "prctl")


@attack(_CAP, stopped_in_b=(_CAP, _UID))
def capabilities() -> Attempt:
    """The job holds a capability."""
    import ctypes

    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    worked(call("capget", header, data))
    bounding = [cap for cap in range(41) if libc.prctl(23, cap, 0, 0, 0) == 1]
    held = [f"{word:08x}" for word in data]
    return Attempt(any(data), f"{' '.join(held)}, {len(bounding)} in the bounding set")


@attack(_UID, _CAP, _SECCOMP)
def become_another() -> Attempt:
    """The job becomes another user."""
    before = os.getuid()
    os.setresuid(12345, 12345, 12345)
    return Attempt(os.getuid() != before, str(os.getuid()))


@attack(_UID, _CAP)
def raise_limit() -> Attempt:
    """The job raises a hard limit."""
    import resource

    # RLIMIT_NICE: others may stand at the kernel's own maximum, which nobody can raise.
    soft, hard = resource.getrlimit(13)
    try:
        resource.setrlimit(13, (soft, hard + 1))
    except ValueError:
        # There are machines whose root may not do that either.
        return Attempt(None if os.geteuid() == 0 else False, "not allowed")
    return Attempt(True, f"{hard} to {hard + 1}")


@attack(_NS, stopped_in_b=(_SECCOMP,), canary=True)
def daemon() -> Attempt:
    """A process that forked twice into a session of its own outlives the job."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            libc.prctl(15, CANARY["comm"].encode(), 0, 0, 0)
            os.closerange(0, 1024)
            libc.sleep(3)
        os._exit(0)
    os.wait()
    return Attempt(True, "forked")


@attack(_NS, stopped_in_b=(_SECCOMP,), canary=True)
def orphan() -> Attempt:
    """A child that nobody waits for outlives the job."""
    if os.fork() == 0:
        libc.prctl(15, CANARY["comm"].encode(), 0, 0, 0)
        os.closerange(0, 1024)
        libc.sleep(3)
        os._exit(0)
    return Attempt(True, "forked")


@attack(_NS, stopped_in_b=(_SECCOMP,), canary=True)
def children_of_killed() -> Attempt:
    """A child in a session of its own outlives the job that was killed."""
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 32):
            if number not in (9, 19):
                signal.signal(number, signal.SIG_IGN)
        libc.prctl(15, CANARY["comm"].encode(), 0, 0, 0)
        os.closerange(0, 1024)
        libc.sleep(3)
        os._exit(0)
    os.write(1, b'{"reached": true, "how": "forked, then died"}\n')
    os.kill(os.getpid(), signal.SIGKILL)
    return Attempt(True, "forked")


@attack(_NS, _LANDLOCK, FRESH)
def controlling_terminal() -> Attempt:
    """The terminal from which the sandbox was started."""
    os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    return Attempt(True, "/dev/tty opens")


@attack(_NS, _LANDLOCK, FRESH, canary=True)
def type_into_terminal() -> Attempt:
    """Characters are typed into a terminal of the host (TIOCSTI)."""
    import fcntl

    typed = []
    for path in ("/dev/tty", CANARY["terminal"], "/proc/self/fd/0", "/proc/self/fd/2"):
        try:
            terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
            fcntl.ioctl(terminal, 0x5412, b"X")
        except OSError as error:
            failure = error
        else:
            typed.append(path)
    if not typed:
        raise failure
    return Attempt(True, ", ".join(typed))


@attack(_NS, _LANDLOCK, _UID)
def console_selection() -> Attempt:
    """A virtual console of the host obeys (TIOCLINUX; it is only asked for the state of its shift key)."""
    import fcntl

    failure: OSError = FileNotFoundError(2, "")
    for path in ("/dev/tty0", "/dev/tty1", "/dev/console", "/dev/tty"):
        try:
            terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
            fcntl.ioctl(terminal, 0x541C, b"\x06")
        except OSError as error:
            failure = error
        else:
            return Attempt(True, path)
    return Attempt(None if failure.errno in (2, 6, 25) else False, os.strerror(failure.errno or 0))
