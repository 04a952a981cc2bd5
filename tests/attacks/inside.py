"""What every attack starts with: this text goes in front of its own, and runs where the attack runs."""

from __future__ import annotations

import builtins  # noqa: F401  # for the programs, as all the names here
import ctypes
import errno
import hashlib
import json
import os
import re
import signal  # noqa: F401
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

CANARY: dict[str, Any] = {}
"""What the host put there to be reached: paths, ports, process ids, and the hashes of secrets."""


class Attempt(NamedTuple):
    """What an attack found. `reached` is None where the machine has nothing of the kind."""

    reached: bool | None
    how: str


class NotHere(Exception):
    """This machine has no such system call."""


class Answer(NamedTuple):
    """What a system call gave back; `error` is the name of an errno, empty where there is none."""

    value: int
    error: str


NUMBERS: dict[str, tuple[int, int]] = {
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "mbind": (237, 235),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "prlimit64": (302, 261),
    "capget": (125, 90),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "sync": (162, 81),
    "clone": (56, 220),
    "clone3": (435, 435),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_setup": (206, 0),
    "perf_event_open": (298, 241),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "personality": (135, 92),
    "modify_ldt": (154, -1),
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "syslog": (103, 116),
    "acct": (163, 89),
    "sethostname": (170, 161),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),
    "lookup_dcookie": (212, 18),
}
"""System call numbers on (x86_64, aarch64); -1 where there is none."""

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(name: str, *arguments: Any) -> Answer:
    """Make a system call. Integers pass as long, bytes, None and ctypes objects as pointers.

    Raises:
        NotHere: this kind of machine has no such call.
    """
    number = NUMBERS[name][CANARY["machine"] == "aarch64"]
    if number < 0:
        raise NotHere(name)
    return raw_call(number, *arguments)


def raw_call(number: int, *arguments: Any) -> Answer:
    passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    ctypes.set_errno(0)
    value = libc.syscall(ctypes.c_long(number), *passed)
    error = ctypes.get_errno() if value == -1 else 0
    return Answer(value, errno.errorcode.get(error, str(error)) if error else "")


def passed(answer: Answer, *errors: str) -> Attempt:
    """Reached if the call worked, or failed with one of `errors`: those come after all permission checks."""
    return Attempt(not answer.error or answer.error in errors, answer.error or f"gave {answer.value}")


def worked(answer: Answer) -> int:
    """The value of a call that must have worked.

    Raises:
        OSError: it did not.
    """
    if answer.error:
        raise OSError(getattr(errno, answer.error, errno.EPERM), answer.error)
    return answer.value


def holds_secret(data: bytes, secret: str = "secret") -> bool:
    """Whether `data` has the secret that an attack knows by its hash only."""
    wanted = CANARY[secret]
    return any(hashlib.sha256(found).hexdigest() == wanted for found in re.findall(rb"canary-\w{32}", data))


def reads_secret(path: str, secret: str = "secret") -> Attempt:
    with open(path, "rb") as file:  # noqa: PTH123  # pathlib is not needed for this alone
        return Attempt(holds_secret(file.read(4096), secret), path)


def remove(paths: Iterable[str]) -> None:
    """Clean up as far as it is allowed."""
    for path in paths:
        try:
            os.unlink(path)  # noqa: PTH108
        except OSError:
            continue


def scan_memory(secret: str) -> Attempt:
    """Look through the process's own memory, by the kernel's map of it or page by page without one."""
    import gc

    page = 4096
    reader, writer = os.pipe()
    libc.write.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
    ranges = []
    try:
        with open("/proc/self/maps") as maps:  # noqa: PTH123
            for line in maps:
                start, _, end = line.split()[0].partition("-")
                if line.split()[1].startswith("r") and "[v" not in line:
                    ranges.append((int(start, 16), int(end, 16)))
    except OSError:
        # Around every object there is, and from the stack's end up to where the environment lies.
        step = 1 << 18
        near = {id(each) // step for each in gc.get_objects()}
        near |= {(place + more) for place in set(near) for more in (-1, 1)}
        top = ctypes.c_void_p.in_dll(libc, "environ").value or 0
        stack = ctypes.c_void_p.in_dll(libc, "__libc_stack_end").value or top
        near |= {stack // step + more for more in range(-2, 3)} | {
            top // step + more for more in range(-1, 2)
        }
        ranges = sorted((place * step, (place + 1) * step) for place in near)
    looked = 0
    tail = b""
    for first, last in ranges:
        if last - first > 256 << 20:
            continue
        for place in range(first, last, page):
            # The kernel says EFAULT where there is no page; reading it directly would crash.
            if libc.write(writer, place, page) != page:
                tail = b""
                continue
            looked += 1
            data = os.read(reader, page)
            if b"canary-" in tail + data and holds_secret(tail + data, secret):
                return Attempt(True, f"in page {looked}")
            tail = data[-64:]
    return Attempt(False, f"{looked} pages")


def run(program: Callable[[], Attempt]) -> None:
    try:
        attempt = program()
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        attempt = Attempt(None if error.errno == errno.ENOSYS else False, name)
    except (MemoryError, NotHere) as error:
        attempt = Attempt(None if isinstance(error, NotHere) else False, type(error).__name__)
    if attempt.how == "ENOSYS":
        attempt = Attempt(None, attempt.how)
    line = json.dumps({"reached": "n/a" if attempt.reached is None else attempt.reached, "how": attempt.how})
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
