"""Attacks on what the host keeps in files. Writes aim at canaries only; nothing of the system is changed."""

from __future__ import annotations

import os

from proofset.tools.sandbox.layers import Layer

from .inside import CANARY, Attempt, call, holds_secret, passed, reads_secret, worked
from .table import FRESH, attack

# Files are opened the short way: the text of a program runs elsewhere, alone.
# ruff: noqa: PTH101, PTH104, PTH108, PTH109, PTH110, PTH115, PTH116, PTH120, PTH123, PTH208, PTH211

_NS, _UID, _CAP = Layer.NAMESPACES, Layer.THROW_AWAY_UID, Layer.NO_CAPABILITIES
_LANDLOCK, _SECCOMP, _RLIMITS = Layer.LANDLOCK, Layer.SECCOMP, Layer.RLIMITS


@attack(_NS, _LANDLOCK)
def host_file() -> Attempt:
    """The text of a file of the host that anyone may read."""
    return reads_secret(CANARY["file"])


@attack(_NS, _LANDLOCK)
def passwd() -> Attempt:
    """The host's accounts."""
    with open("/etc/passwd") as file:
        return Attempt("root:" in file.read(), "/etc/passwd")


@attack(_NS, _LANDLOCK, _UID)
def shadow() -> Attempt:
    """The host's password hashes; the file is opened, not read."""
    with open("/etc/shadow"):
        return Attempt(True, "/etc/shadow opens")


@attack(_NS, _LANDLOCK, _UID)
def ssh_key() -> Attempt:
    """A private key in the home directory of whoever started the sandbox."""
    return reads_secret(CANARY["home"] + "/.ssh/id_ed25519")


@attack(_NS, _LANDLOCK)
def other_runs() -> Attempt:
    """The records of another run."""
    for name in os.listdir(CANARY["runs"]):
        found = reads_secret(f"{CANARY['runs']}/{name}/records.jsonl")
        if found.reached:
            return found
    return Attempt(False, "no records")


@attack(_NS, _LANDLOCK)
def directory_listing() -> Attempt:
    """The names of the host's files."""
    return Attempt("public.txt" in os.listdir(CANARY["directory"]), CANARY["directory"])


@attack(_NS)
def file_metadata() -> Attempt:
    """Whether a file of the host exists, its size and its times."""
    return Attempt(os.stat(CANARY["file"]).st_size > 0, "stat")


@attack(_NS)
def link_target() -> Attempt:
    """Where a symbolic link of the host leads."""
    return Attempt(bool(os.readlink(CANARY["link"])), "readlink")


@attack(_NS, stopped_in_b=(_SECCOMP,))
def read_attribute() -> Attempt:
    """The text of an extended attribute of a host file; Landlock does not guard those."""
    return Attempt(holds_secret(os.getxattr(CANARY["file"], "user.canary")), "getxattr")


@attack(_NS, stopped_in_b=(_SECCOMP,))
def host_name() -> Attempt:
    """The name of the host."""
    import hashlib

    seen = hashlib.sha256(os.uname().nodename.encode()).hexdigest()
    return Attempt(seen == CANARY["host_name"], "uname")


@attack(_NS, _LANDLOCK)
def dot_dot() -> Attempt:
    """A host file by a relative path that climbs out."""
    return reads_secret("../" * 40 + CANARY["file"].lstrip("/"))


@attack(_NS, _LANDLOCK)
def dot_dot_by_descriptor() -> Attempt:
    """A host file by climbing from an open directory."""
    here = os.open(".", os.O_RDONLY)
    for _ in range(40):
        here = os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
    found = os.open(CANARY["file"].lstrip("/"), os.O_RDONLY, dir_fd=here)
    return Attempt(holds_secret(os.read(found, 100)), "openat")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP))
def symlink() -> Attempt:
    """A host file through a symbolic link of the job's own."""
    os.symlink(CANARY["file"], "link")
    return reads_secret("link")


@attack(_NS, _LANDLOCK, _UID, stopped_in_b=(_LANDLOCK, _SECCOMP, _UID))
def hardlink() -> Attempt:
    """A host file through a hard link of the job's own."""
    os.link(CANARY["file"], "hardlink")
    return reads_secret("hardlink")


@attack(_NS, _LANDLOCK, _UID)
def root_by_proc() -> Attempt:
    """A host file through the root directory of a process of the host."""
    failure: OSError = FileNotFoundError(2, "")
    for pid in (CANARY["host_pid"], CANARY["victim_pid"], os.getppid(), 1):
        try:
            return reads_secret(f"/proc/{pid}/root{CANARY['file']}")
        except OSError as error:
            failure = error
    raise failure


@attack(_NS, _LANDLOCK, canary=True)
def write_outside() -> Attempt:
    """A new file in a directory of the host that is open to all."""
    with open(CANARY["drop"], "w") as file:
        file.write(CANARY["name"])
    return Attempt(True, "written")


@attack(_NS, _LANDLOCK, canary=True)
def append_outside() -> Attempt:
    """More text in a file of the host that anyone may write."""
    with open(CANARY["own_file"], "a") as file:
        file.write(CANARY["name"])
    return Attempt(True, "appended")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP), canary=True)
def truncate_outside() -> Attempt:
    """A file of the host cut to nothing."""
    os.truncate(CANARY["own_file"], 0)
    return Attempt(True, "truncated")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP), canary=True)
def delete_outside() -> Attempt:
    """A file of the host deleted."""
    os.unlink(CANARY["own_file"])
    return Attempt(True, "deleted")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK, _SECCOMP), canary=True)
def rename_outside() -> Attempt:
    """A file of the host renamed."""
    os.rename(CANARY["own_file"], CANARY["drop"])
    return Attempt(True, "renamed")


@attack(_NS, _UID, stopped_in_b=(_SECCOMP, _UID), canary=True)
def chmod_outside() -> Attempt:
    """The mode of a file of whoever started the sandbox; Landlock does not guard those."""
    os.chmod(CANARY["own_file"], 0o4755)
    return Attempt(True, "changed")


@attack(_NS, _UID, stopped_in_b=(_SECCOMP, _UID), canary=True)
def touch_outside() -> Attempt:
    """The times of a file of whoever started the sandbox; Landlock does not guard those."""
    os.utime(CANARY["own_file"], (1, 1))
    return Attempt(True, "changed")


@attack(_NS, stopped_in_b=(_SECCOMP,), canary=True)
def set_attribute_outside() -> Attempt:
    """An extended attribute on a file of the host that anyone may write; Landlock does not guard those."""
    os.setxattr(CANARY["own_file"], "user.canary", b"x")
    return Attempt(True, "set")


@attack(_NS, _LANDLOCK, _UID)
def write_library() -> Attempt:
    """The interpreter's library opens for writing; nothing is written."""
    opened = []
    for path in (os.__file__, CANARY["library"] + "/os.py", *CANARY["packages"]):
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError as error:
            failure = error
        else:
            opened.append(path)
    if not opened:
        raise failure
    return Attempt(True, ", ".join(opened))


@attack(_NS, _LANDLOCK, _UID)
def new_in_library() -> Attempt:
    """A new file in the interpreter's library; it gets no name and is gone when closed."""
    made = []
    for place in (os.path.dirname(os.__file__), CANARY["library"], *map(os.path.dirname, CANARY["packages"])):
        try:
            os.close(os.open(place, os.O_TMPFILE | os.O_WRONLY, 0o600))
        except OSError as error:
            failure = error
        else:
            made.append(place)
    if not made:
        raise failure
    return Attempt(True, ", ".join(made))


@attack(_NS, _LANDLOCK, _UID)
def devices() -> Attempt:
    """A device with the host's memory or log opens; nothing is read."""
    for path in ("/dev/mem", "/dev/kmsg", "/dev/port", "/dev/loop-control", "/dev/fuse"):
        try:
            os.close(os.open(path, os.O_RDWR))
        except OSError as error:
            failure = error
        else:
            return Attempt(True, path)
    raise failure


@attack(_UID, _CAP, _SECCOMP)
def new_device() -> Attempt:
    """A device node of the job's own making opens: it might as well be the host's disk."""
    import stat

    os.mknod("node", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    with open("node", "rb") as zeros:
        return Attempt(zeros.read(4) == bytes(4), "read")


@attack(_NS, _LANDLOCK, _UID)
def kernel_settings() -> Attempt:
    """A setting of the kernel opens for writing; nothing is written."""
    places = (
        "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger",
        "/proc/sys/vm/overcommit_memory",
        "/sys/fs/cgroup/cgroup.procs",
        "/sys/kernel/uevent_helper",
    )
    for path in places:
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError as error:
            failure = error
        else:
            return Attempt(True, path)
    raise failure


@attack(_NS, _SECCOMP)
def watch_directory() -> Attempt:
    """The kernel tells of all that happens in a directory of the host (inotify)."""
    watcher = worked(call("inotify_init1", 0))
    return passed(call("inotify_add_watch", watcher, CANARY["directory"].encode(), 0xFFF))


@attack(_NS, _SECCOMP)
def watch_files() -> Attempt:
    """The kernel tells of all that happens to a file of the host (fanotify)."""
    # FAN_REPORT_FID needs no privilege; -100: a path from the working directory.
    watcher = worked(call("fanotify_init", 0x200, 0))
    return passed(call("fanotify_mark", watcher, 1, 0x2, -100, CANARY["directory"].encode()))


@attack(_NS, _SECCOMP)
def name_to_handle() -> Attempt:
    """The number by which the file system knows a file of the host."""
    import ctypes

    handle = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(132))
    mount = ctypes.c_int()
    path = CANARY["file"].encode()
    return passed(call("name_to_handle_at", -100, path, handle, ctypes.byref(mount), 0))


@attack(_SECCOMP, _UID, _CAP)
def open_by_handle() -> Attempt:
    """A host file by its number in the file system, which no path and no mount hides."""
    import ctypes

    handle = ctypes.create_string_buffer(bytes.fromhex(CANARY["handle"]))
    failure: OSError = FileNotFoundError(2, "")
    # Any open file of the same file system will do; the interpreter's own may lie there.
    for path in (".", os.__file__, "/"):
        root = os.open(path, os.O_RDONLY)
        try:
            found = worked(call("open_by_handle_at", root, handle, os.O_RDONLY))
            return Attempt(holds_secret(os.read(found, 100)), path)
        except OSError as error:
            failure = error
    raise failure


def keep_a_secret() -> Attempt:
    import time

    time.sleep(1.0)
    return Attempt(os.path.exists("mine.txt"), "kept")


@attack(_NS, _LANDLOCK, _UID, beside=keep_a_secret, alone=True)
def files_of_another_job() -> Attempt:
    """A file that was given to a job that runs at the same time."""
    import time

    mine = os.stat(".").st_ino
    end = time.monotonic() + 0.8
    looked = 0
    while time.monotonic() < end:
        parents = {os.path.dirname(os.getcwd()), "/tmp", "/dev/shm", "/var/tmp", CANARY["scratch"]}
        for parent in parents:
            try:
                places = [each.path for each in os.scandir(parent) if each.is_dir()]
            except OSError:
                continue
            for place in places:
                looked += 1
                try:
                    if (
                        os.stat(place).st_ino != mine
                        and reads_secret(f"{place}/mine.txt", "job_secret").reached
                    ):
                        return Attempt(True, "found beside its own")
                except OSError:
                    continue
        time.sleep(0.1)
    return Attempt(False, f"{looked} places")


@attack(FRESH, canary=True)
def inherited_descriptors() -> Attempt:
    """A descriptor beyond the standard streams is open."""
    found = []
    for number in range(3, 1025):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    for number in found:
        try:
            os.write(number, CANARY["name"].encode())
        except OSError:
            continue
    return Attempt(bool(found), f"open: {found}")
