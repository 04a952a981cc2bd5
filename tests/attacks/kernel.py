"""Attacks on the kernel's rare interfaces.

Calls that would harm if they worked get arguments that cannot: a null pointer, a path that does not exist,
a wrong magic number. There, reached means that the kernel complains of those and not of a missing right.
"""

from __future__ import annotations

import os
import signal

from proofset.tools.sandbox import Limits
from proofset.tools.sandbox.layers import Layer

from .inside import CANARY, Attempt, NotHere, call, libc, passed, raw_call, worked
from .table import attack

# Files are opened the short way: the text of a program runs elsewhere, alone.
# ruff: noqa: PTH102, PTH123

_NS, _UID, _CAP = Layer.NAMESPACES, Layer.THROW_AWAY_UID, Layer.NO_CAPABILITIES
_LANDLOCK, _SECCOMP, _CGROUP = Layer.LANDLOCK, Layer.SECCOMP, Layer.CGROUP
_RLIMITS = Layer.RLIMITS


@attack(_UID, _CAP, _SECCOMP, _LANDLOCK)
def mount() -> Attempt:
    """A file system is mounted on a directory of the job's own, and taken down at once."""
    os.mkdir("point")
    libc.unshare(0x00020000)
    done = call("mount", b"none", b"point", b"tmpfs", 0, None)
    libc.umount2(b"point", 2)
    return passed(done)


@attack(_UID, _CAP, _SECCOMP)
def new_mount() -> Attempt:
    """A file system is prepared for mounting (fsopen)."""
    return passed(call("fsopen", b"tmpfs", 0))


@attack(_UID, _CAP, _SECCOMP)
def clone_of_mount() -> Attempt:
    """A tree of mounts is copied (open_tree)."""
    return passed(call("open_tree", -100, b"/", 1))


@attack(_UID, _CAP, _SECCOMP)
def chroot() -> Attempt:
    """The root directory changes: the first step of a classic escape."""
    os.chroot(".")
    return Attempt(True, "changed")


@attack(_UID, _CAP, _SECCOMP)
def unshare_mounts() -> Attempt:
    """A mount namespace of the job's own."""
    return passed(call("unshare", 0x00020000))


@attack(_SECCOMP)
def unshare_user() -> Attempt:
    """A user namespace, in which the job has all capabilities (unshare)."""
    return passed(call("unshare", 0x10000000))


@attack(_SECCOMP)
def clone_user() -> Attempt:
    """A user namespace, in which a child has all capabilities (clone)."""
    made = call("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)
    if made.value == 0:
        os._exit(0)
    return passed(made)


@attack(_SECCOMP, limits=Limits(wall_s=0.7))
def clone_sibling() -> Attempt:
    """A child whose parent is whoever started the job, and has to see it end (CLONE_PARENT)."""
    made = call("clone", 0x8000 | signal.SIGCHLD, 0, 0, 0, 0)
    if made.value == 0:
        os._exit(0)
    return passed(made)


@attack(_SECCOMP)
def sync() -> Attempt:
    """The host writes out all of its disks, as often as the job likes."""
    return passed(call("sync"))


@attack(_SECCOMP)
def clone3_user() -> Attempt:
    """A user namespace, in which a child has all capabilities (clone3, where no filter sees the flags)."""
    import ctypes

    arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, signal.SIGCHLD)
    made = call("clone3", arguments, 88)
    if made.value == 0:
        os._exit(0)
    return passed(made)


@attack(_NS, _LANDLOCK, _UID, _CAP, _SECCOMP)
def setns() -> Attempt:
    """The job enters a namespace of a process of the host."""
    namespace = os.open(f"/proc/{CANARY['host_pid']}/ns/net", os.O_RDONLY)
    return passed(call("setns", namespace, 0))


@attack(_NS, _UID, _CAP, _SECCOMP)
def setns_by_pidfd() -> Attempt:
    """The job enters a namespace of a process of the host, by a descriptor of the process."""
    handle = worked(call("pidfd_open", CANARY["host_pid"], 0))
    return passed(call("setns", handle, 0x40000000))


@attack(_SECCOMP)
def keyring() -> Attempt:
    """A key in the kernel's key store; it goes with the process."""
    return passed(call("add_key", b"user", b"canary", b"x", 1, -2))


@attack(_SECCOMP)
def keyring_of_session() -> Attempt:
    """The keys of the session of whoever started the sandbox."""
    return passed(call("keyctl", 0, -3, 0))


@attack(_UID, _CAP, _SECCOMP)
def bpf() -> Attempt:
    """A map for programs in the kernel."""
    import ctypes

    return passed(call("bpf", 0, (ctypes.c_uint32 * 32)(2, 4, 4, 1), 128))


@attack(_SECCOMP)
def userfaultfd() -> Attempt:
    """Page faults handled by the job: the attacker's stopwatch."""
    return passed(call("userfaultfd", 1))


@attack(_SECCOMP, _RLIMITS)
def io_uring() -> Attempt:
    """A ring of requests to the kernel, which no filter sees."""
    import ctypes

    return passed(call("io_uring_setup", 4, (ctypes.c_uint32 * 32)()))


@attack(_SECCOMP)
def asynchronous_io() -> Attempt:
    """The older interface for requests to the kernel (io_setup)."""
    import ctypes

    return passed(call("io_setup", 4, ctypes.byref(ctypes.c_ulong(0))))


@attack(_SECCOMP)
def perf_event_open() -> Attempt:
    """A performance counter of the job's own process."""
    import ctypes
    import struct

    # Some distributions close it to all but root; then a filter adds nothing.
    if CANARY["perf_paranoid"] > 2:
        return Attempt(None, "closed by kernel.perf_event_paranoid")
    # A software clock, user space only; 0x60: exclude kernel and hypervisor.
    about = struct.pack("=IIQQQQQ", 1, 128, 0, 0, 0, 0, 0x60)
    return passed(call("perf_event_open", ctypes.create_string_buffer(about, 128), 0, -1, -1, 0))


@attack(_SECCOMP, _CGROUP, limits=Limits(cpu_s=3.0, wall_s=6.0, memory_bytes=96 * 1024 * 1024), alone=True)
def memory_in_files() -> Attempt:
    """More memory than the limit, held by files that have no name and count nowhere (memfd_create)."""
    block = bytes(1024 * 1024)
    held = 0
    failure = ""
    while held < 160 and not failure:
        file = worked(call("memfd_create", b"canary", 0))
        try:
            for _ in range(8):
                held += os.write(file, block) // len(block)
        except OSError as error:
            failure = str(error)
    return Attempt(held * len(block) > CANARY["memory_bytes"], f"{held} MiB {failure}")


@attack(_SECCOMP)
def secret_memory() -> Attempt:
    """Memory that the kernel itself cannot see (memfd_secret)."""
    return passed(call("memfd_secret", 0))


@attack(_NS, _SECCOMP, canary=True)
def shared_memory() -> Attempt:
    """A segment of System V shared memory that the host sees."""
    segment = worked(call("shmget", CANARY["ipc_key"], 4096, 0o1666))
    return passed(call("shmat", segment, None, 0))


@attack(_NS, _SECCOMP, canary=True)
def semaphores() -> Attempt:
    """A System V semaphore that the host sees."""
    return passed(call("semget", CANARY["ipc_key"], 1, 0o1666))


@attack(_NS, _SECCOMP, canary=True)
def message_queue() -> Attempt:
    """A System V message queue that the host sees."""
    return passed(call("msgget", CANARY["ipc_key"], 0o1666))


@attack(_NS, _SECCOMP, stopped_in_b=(_SECCOMP, _RLIMITS), canary=True)
def posix_queue() -> Attempt:
    """A POSIX message queue that the host sees."""
    import ctypes

    about = (ctypes.c_long * 8)(0, 1, 8)
    # The C library checks and removes the slash before the name; the kernel wants none.
    return passed(call("mq_open", CANARY["comm"].encode(), os.O_CREAT | os.O_RDWR, 0o666, about))


@attack(_NS, _LANDLOCK, canary=True)
def posix_memory() -> Attempt:
    """POSIX shared memory that the host sees."""
    with open(f"/dev/shm/{CANARY['comm']}", "w") as file:
        file.write(CANARY["name"])
    return Attempt(True, "written")


@attack(_SECCOMP)
def quotactl() -> Attempt:
    """The disk quota interface (of a device that does not exist)."""
    return passed(call("quotactl", 0x80000700, b"/nonexistent/x", 0, None), "ENOENT", "ENOTBLK")


@attack(_UID, _CAP, _SECCOMP)
def kexec() -> Attempt:
    """Another kernel is loaded (with more segments than there may be)."""
    return passed(call("kexec_load", 0, 99999, None, 0), "EINVAL", "EFAULT")


@attack(_UID, _CAP, _SECCOMP)
def load_module() -> Attempt:
    """A module is loaded into the kernel (from a null pointer)."""
    return passed(call("init_module", None, 0, b""), "EFAULT", "ENOEXEC", "EINVAL")


@attack(_UID, _CAP, _SECCOMP)
def unload_module() -> Attempt:
    """A module is taken out of the kernel (one that does not exist)."""
    return passed(call("delete_module", b"no_such_module", 0), "ENOENT")


@attack(_UID, _CAP, _SECCOMP)
def swapon() -> Attempt:
    """A swap file is added (one that does not exist)."""
    return passed(call("swapon", b"/nonexistent/x", 0), "ENOENT")


@attack(_UID, _CAP, _SECCOMP)
def reboot() -> Attempt:
    """The machine is restarted (with wrong magic numbers)."""
    return passed(call("reboot", 0, 0, 0, None), "EINVAL")


@attack(_SECCOMP)
def personality() -> Attempt:
    """The job switches off the random layout of its memory."""
    before = worked(call("personality", 0xFFFFFFFF))
    worked(call("personality", before | 0x0040000))
    return Attempt(worked(call("personality", 0xFFFFFFFF)) != before, "changed")


@attack(_SECCOMP)
def modify_ldt() -> Attempt:
    """The processor's table of segments is read."""
    import ctypes

    return passed(call("modify_ldt", 0, ctypes.create_string_buffer(64), 64))


@attack(_UID, _CAP, _SECCOMP)
def port_access() -> Attempt:
    """The job may speak to hardware directly (iopl, ioperm)."""
    answers = [call("iopl", 3), call("ioperm", 0x80, 1, 1)]
    return passed(next((answer for answer in answers if not answer.error), answers[0]))


@attack(_UID, _CAP, _SECCOMP)
def syslog() -> Attempt:
    """The kernel's log level is set (to a value out of range)."""
    return passed(call("syslog", 8, None, 99), "EINVAL")


@attack(_UID, _CAP, _SECCOMP)
def acct() -> Attempt:
    """Process accounting is switched to a file (one that does not exist)."""
    return passed(call("acct", b"/nonexistent/x"), "ENOENT")


@attack(_UID, _CAP, _SECCOMP)
def set_host_name() -> Attempt:
    """The host is renamed (to a name longer than there can be)."""
    return passed(call("sethostname", b"x", 100000), "EINVAL")


@attack(_SECCOMP)
def rare_calls() -> Attempt:
    """A call that no program here needs gets to the kernel, which complains of its arguments."""
    none = (0, 0, 0, 0, 0, 0)
    tried = {
        "vmsplice": (-1, *none[1:]),
        "move_pages": none,
        "migrate_pages": none,
        "mbind": (1, *none[1:]),
        "process_madvise": (-1, *none[1:]),
        "process_mrelease": (-1, *none[1:]),
        "kcmp": (os.getpid(), os.getpid(), 99, 0, 0, 0),
        "lookup_dcookie": none,
        "fspick": (-1, *none[1:]),
        "mount_setattr": (-1, *none[1:]),
        "inotify_add_watch": (-1, *none[1:]),
        "keyctl": (99, *none[1:]),
        "fanotify_mark": (-1, *none[1:]),
    }
    answers = {name: call(name, *arguments) for name, arguments in tried.items()}
    got = [name for name, answer in answers.items() if answer.error not in ("EPERM", "ENOSYS")]
    return Attempt(bool(got), ", ".join(got) or "none")


@attack(_SECCOMP)
def calls_of_32_bits() -> Attempt:
    """A system call through the 32-bit door (int 0x80), where the numbers mean something else."""
    import ctypes
    import mmap

    if CANARY["machine"] != "x86_64":
        raise NotHere("int 0x80")
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    # push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
    code.write(bytes.fromhex("53 b814000000 cd80 5b c3"))
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    value = function()
    return Attempt(value == os.getpid(), f"gave {value}")


@attack(_SECCOMP)
def calls_of_x32() -> Attempt:
    """A system call by its x32 number, which a filter for 64-bit numbers misses."""
    if CANARY["machine"] != "x86_64":
        raise NotHere("x32")
    return passed(raw_call(0x40000000 | 39))
