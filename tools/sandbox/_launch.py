"""Process 1 of a sandbox: starts the program as a child, waits for it and reports how it ended.

The interpreter inside the sandbox runs this file's code; nothing of proofset can be imported there.
The report goes to a pipe that the child closed before any of the program's text was read. As process 1
of its pid namespace the supervisor cannot be killed or stopped from within.

Only modules that the interpreter has loaded or built in anyway are imported: each other one costs every
job its start-up time.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import builtins
import marshal
import os
import resource
import sys

MIB = 1024 * 1024
PROGRAM = "/tmp/main.py"
# What a program that ran out of memory gets back, so that its traceback can still be printed.
RESERVE = 8 * MIB

# Version 3 and pid 0, this process; native byte order.
CAPABILITY_HEADER = (0x20080522).to_bytes(4, sys.byteorder) + bytes(4)


def set_limits(cpu_s: int, memory: int, file_size: int, processes: int) -> None:
    def cap(what: int, soft: int, hard: int | None = None) -> None:
        resource.setrlimit(what, (soft, soft if hard is None else hard))

    # The hard limit ends a program that catches SIGXCPU.
    cap(resource.RLIMIT_CPU, cpu_s, cpu_s + 1)
    cap(resource.RLIMIT_AS, max(memory - RESERVE, 1), memory)
    cap(resource.RLIMIT_FSIZE, file_size)
    cap(resource.RLIMIT_NPROC, processes)
    cap(resource.RLIMIT_NOFILE, 128)
    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_STACK, 8 * MIB)
    cap(resource.RLIMIT_MEMLOCK, 0)
    cap(resource.RLIMIT_MSGQUEUE, 0)


def drop_root(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # The inheritable set survives that. `ctypes` proper would take 6 ms of every job.
    import _ctypes

    libc = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]  # None: what is loaded already
    capset = _ctypes.dlsym(libc, "capset")
    if _ctypes.call_function(capset, (CAPABILITY_HEADER, bytes(24))) != 0:
        raise PermissionError("capset refused to drop the inheritable capabilities")


def write_files(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        with open(name, "xb") as out:  # noqa: PTH123  pathlib would be imported for this alone
            out.write(content)


def run_program(source: bytes) -> None:
    """Run the text as `__main__`, as the interpreter would: traceback on stderr, exit code 1."""
    # The interpreter runs without `site`, which is what gives scripts these two.
    from _sitebuiltins import Quitter

    for name in ("exit", "quit"):
        setattr(builtins, name, Quitter(name, "Ctrl-D (i.e. EOF)"))
    main = type(sys)("__main__")
    main.__dict__.update(__file__=PROGRAM, __builtins__=builtins)
    sys.modules["__main__"] = main
    sys.argv[:] = ["main.py"]
    # Made now: once memory is out, not even a pair of numbers can be had.
    whole = (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2
    try:
        # Where model text is meant to run: inside the sandbox, after all privileges are gone.
        exec(compile(source, PROGRAM, "exec", dont_inherit=True), main.__dict__)  # noqa: S102
    except SystemExit:
        raise
    except BaseException as error:
        if isinstance(error, MemoryError):
            resource.setrlimit(resource.RLIMIT_AS, whole)
        error = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
        sys.excepthook(type(error), error, error.__traceback__)
        raise SystemExit(1) from None


def supervise(child: int, report: int, started: int) -> None:
    if os.read(started, 1):
        os.write(report, b"begun\n")
    status = None
    while status is None:
        # Orphans of the program come to process 1 too.
        pid, ended, _ = os.wait4(-1, 0)
        status = ended if pid == child else None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.write(report, b"ended %d %.6f\n" % (status, used.ru_utime + used.ru_stime))
    os._exit(0)


def main(arguments: list[str]) -> None:
    report, payload, uid, gid, cpu_s, memory, file_size, processes = map(int, arguments)
    # A handler of ours could be triggered by the program; without one the kernel drops the signal.
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    started, start = os.pipe()
    child = os.fork()
    if child:
        os.close(start)
        os.close(payload)
        return supervise(child, report, started)

    _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    os.close(report)
    os.close(started)
    if uid >= 0:
        drop_root(uid, gid)
    with open(payload, "rb") as rest:  # noqa: PTH123
        source, files, paths = marshal.load(rest)
    write_files({"main.py": source, **files})
    sys.path[:] = ["/tmp", *sys.path, *paths]
    set_limits(cpu_s, memory, file_size, processes)
    os.write(start, b"x")
    os.closerange(3, 2**31 - 1)
    return run_program(source)


if __name__ == "__main__":
    main(sys.argv[1:])
