"""Attacks by one job on the next, and on what the sandbox remembers.

Where a control has no isolation at all, both jobs run in one interpreter.
"""

from __future__ import annotations

import builtins
import json
import os
import sys

from proofset.tools.sandbox import Limits, Result
from proofset.tools.sandbox.layers import Layer

from .inside import CANARY, Attempt, call, holds_secret, libc, scan_memory, worked
from .table import FRESH, attack

# Files are opened the short way: the text of a program runs elsewhere, alone.
# ruff: noqa: PTH110, PTH123

_NS, _LANDLOCK, _SECCOMP = Layer.NAMESPACES, Layer.LANDLOCK, Layer.SECCOMP


def never_ran(result: Result, limits: Limits) -> Attempt:
    """The job after it did not come to its end."""
    return Attempt("alive" not in result.stdout, f"the next job: {result.kind}")


def leave_files() -> Attempt:
    for place in (".", "/tmp", "/var/tmp", "/dev/shm", os.environ.get("HOME", "."), CANARY["scratch"]):
        try:
            with open(f"{place}/{CANARY['comm']}.left", "w") as file:
                file.write("left behind")
        except OSError:
            continue
    return Attempt(True, "left")


@attack(_NS, _LANDLOCK, stopped_in_b=(_LANDLOCK,), before=leave_files)
def files_left() -> Attempt:
    """A file that an earlier job left."""
    for place in (".", "/tmp", "/var/tmp", "/dev/shm", os.environ.get("HOME", "."), CANARY["scratch"]):
        if os.path.exists(f"{place}/{CANARY['comm']}.left"):
            return Attempt(True, place)
    return Attempt(False, "none")


def leave_memory() -> Attempt:
    return Attempt(worked(call("shmget", CANARY["ipc_key"], 4096, 0o1666)) >= 0, "left")


@attack(_NS, _SECCOMP, before=leave_memory)
def memory_left() -> Attempt:
    """A segment of shared memory that an earlier job left."""
    return Attempt(worked(call("shmget", CANARY["ipc_key"], 4096, 0)) >= 0, "found")


def leave_listener() -> Attempt:
    import socket

    link = socket.socket(socket.AF_UNIX)
    link.bind("\0" + CANARY["abstract"] + "left")
    link.listen()
    if os.fork() == 0:
        os.setsid()
        os.dup2(os.open("/dev/null", os.O_RDWR), 1)
        os.dup2(1, 2)
        libc.sleep(2)
        os._exit(0)
    return Attempt(True, "left")


@attack(_NS, _SECCOMP, _LANDLOCK, before=leave_listener)
def listener_left() -> Attempt:
    """An abstract socket on which a child of an earlier job still listens."""
    import socket

    with socket.socket(socket.AF_UNIX) as link:
        link.connect("\0" + CANARY["abstract"] + "left")
    return Attempt(True, "connected")


def leave_settings() -> Attempt:
    import signal

    os.environ["LEFT"] = "behind"
    libc.setenv(b"LEFT_IN_C", b"behind", 1)
    os.umask(0o123)
    sys.path.append("/left/behind")
    sys.setrecursionlimit(4321)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    return Attempt(True, "left")


@attack(FRESH, before=leave_settings)
def settings_left() -> Attempt:
    """The environment, search path, signal handlers or file mask that an earlier job changed."""
    import signal

    libc.getenv.restype = __import__("ctypes").c_char_p
    found = {
        "environment": "LEFT" in os.environ,
        "C environment": libc.getenv(b"LEFT_IN_C") is not None,
        "file mask": os.umask(0) == 0o123,
        "search path": "/left/behind" in sys.path,
        "recursion": sys.getrecursionlimit() == 4321,
        "signal": signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN,
    }
    return Attempt(any(found.values()), ", ".join(name for name in found if found[name]) or "none")


def poison() -> Attempt:
    import types

    builtins.len = lambda _: 42
    builtins.canary = "poison"  # type: ignore[attr-defined]
    json.JSONDecoder.decode = lambda *_: {"poison": True}  # type: ignore[method-assign]
    sys.modules["calendar"] = types.ModuleType("poison")
    sys.meta_path.insert(0, types.SimpleNamespace(find_spec=lambda *_: None, poison=True))
    return Attempt(True, "poisoned")


@attack(FRESH, before=poison)
def poisoned_modules() -> Attempt:
    """Builtins, json or sys.modules that an earlier job changed."""
    import calendar

    found = {
        "builtins": len("abc") != 3 or hasattr(builtins, "canary"),
        "json": json.JSONDecoder().decode("1") != 1,
        "sys.modules": calendar.__name__ != "calendar",
        "importers": any(hasattr(each, "poison") for each in sys.meta_path),
    }
    return Attempt(any(found.values()), ", ".join(name for name in found if found[name]) or "none")


def hold_secret() -> Attempt:
    secret = CANARY["job_secret_text"] + ""
    builtins.kept = [secret, secret.encode(), {"secret": secret}]  # type: ignore[attr-defined]
    return Attempt(len(secret) > 0, "held")


@attack(FRESH, before=hold_secret, limits=Limits(cpu_s=6.0, wall_s=12.0))
def objects_of_another_job() -> Attempt:
    """An object of an earlier job, found by the garbage collector or in the frames that called this one."""
    import gc

    looked = 0
    frame = sys._getframe()
    found: list[object] = [*gc.get_objects()]
    while frame:
        found += [*frame.f_locals.values(), *frame.f_globals.values()]
        frame = frame.f_back  # type: ignore[assignment]
    for thing in found:
        for each in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
            looked += 1
            text = each.encode("utf-8", "replace") if isinstance(each, str) else each
            if isinstance(text, bytes) and len(text) < 200_000 and holds_secret(text, "job_secret"):
                return Attempt(True, type(thing).__name__)
    return Attempt(False, f"{looked} objects")


@attack(FRESH, before=hold_secret, limits=Limits(cpu_s=6.0, wall_s=12.0))
def memory_of_another_job() -> Attempt:
    """What an earlier job held, anywhere in the memory of this one."""
    return scan_memory("job_secret")


@attack(FRESH)
def environment() -> Attempt:
    """A secret in the environment of whoever started the sandbox."""
    own = json.dumps(dict(os.environ)).encode()
    if holds_secret(own):
        return Attempt(True, "os.environ")
    with open("/proc/self/environ", "rb") as file:
        return Attempt(holds_secret(file.read()), "/proc/self/environ")


@attack(FRESH, limits=Limits(cpu_s=6.0, wall_s=12.0))
def environment_in_memory() -> Attempt:
    """A secret from the environment of whoever started the sandbox, anywhere in the job's memory."""
    return scan_memory("secret")


def crash() -> Attempt:
    import ctypes

    ctypes.string_at(0)
    return Attempt(False, "no crash")


@attack(FRESH, before=crash, judge=never_ran)
def segfault() -> Attempt:
    """A crash takes the next job with it."""
    return Attempt(False, "alive")


def recurse() -> Attempt:
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name: str) -> object:
            return getattr(self, name + "x")

    return Attempt(bool(Deep().a), "no end")


@attack(FRESH, before=recurse, judge=never_ran)
def deep_recursion() -> Attempt:
    """Recursion without end in Python takes the next job with it."""
    return Attempt(False, "alive")


def recurse_in_c() -> Attempt:
    nest: tuple[object, ...] = ()
    for _ in range(400_000):
        nest = (nest,)
    # Hashing a tuple hashes what is in it, and counts no depth.
    return Attempt(hash(nest) == 0, "no end")


@attack(FRESH, before=recurse_in_c, judge=never_ran)
def deep_recursion_in_c() -> Attempt:
    """Recursion without end in native code takes the next job with it."""
    return Attempt(False, "alive")


def leave_at_once() -> Attempt:
    os._exit(0)


@attack(FRESH, before=leave_at_once, judge=never_ran)
def exit_at_once() -> Attempt:
    """An exit past all handlers takes the next job with it."""
    return Attempt(False, "alive")
