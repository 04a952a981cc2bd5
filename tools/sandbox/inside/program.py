"""Running the program's text as `__main__`, and ending it, as the interpreter itself would."""

from __future__ import annotations

import atexit
import builtins
import os
import resource
import sys
import threading
from typing import NoReturn

PROGRAM_NAME = "main.py"


def run_program(source: bytes, directory: str) -> NoReturn:
    """Run the text and end the process: traceback on stderr and exit code 1 for an exception.

    The process ends without tearing the interpreter down: that would touch, and so copy, all the memory
    that it shares with the warm one. `atexit` runs, threads are waited for, `__del__` is not called.
    """
    try:
        code = _run(source, f"{directory}/{PROGRAM_NAME}")
    except BaseException as error:
        code = _code_of(error)
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    except BaseException as error:
        code = _code_of(error)
    os._exit(code if _flush() else code or 120)


def _run(source: bytes, path: str) -> int:
    # The interpreter runs without `site`, which is what gives scripts these two.
    from _sitebuiltins import Quitter

    for name in ("exit", "quit"):
        setattr(builtins, name, Quitter(name, "Ctrl-D (i.e. EOF)"))
    main = type(sys)("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = main
    sys.argv[:] = [PROGRAM_NAME]
    # Made now: once memory is out, not even a pair of numbers can be had.
    whole = (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2
    try:
        # Where model text is meant to run: inside the sandbox, after all privileges are gone.
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)  # noqa: S102
    except SystemExit:
        raise
    except BaseException as error:
        if isinstance(error, MemoryError):
            resource.setrlimit(resource.RLIMIT_AS, whole)
        error = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


def _code_of(error: BaseException) -> int:
    if not isinstance(error, SystemExit):
        return 1
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    try:
        print(error.code, file=sys.stderr)
    except BaseException:
        return 1
    return 1


def _flush() -> bool:
    flushed = True
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:
            flushed = False
    return flushed
