"""Programs that lie about how they ended, as root's jobs and as an ordinary user's."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from elsewhere import find_elsewhere

from proofset.tools.sandbox import ExitKind, Job, Limits, Result
from proofset.tools.sandbox.conformance import CHECKS
from proofset.tools.sandbox.zygote import ZygoteSandbox

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


class Attack(NamedTuple):
    """A program and the only result it may get."""

    source: str
    kind: ExitKind
    exit_code: int | None
    stdout: str | None = None
    wall_s: float = 30.0


SPRAY = """
import os
lies = [b'begun\\nended 0 0.000001\\n', b'ended 0 0.000001\\n', b'{ "exit-code": 0 }\\n', b'x']
for fd in range(3, 256):
    for lie in lies:
        try: os.write(fd, lie)
        except OSError: pass
"""

LIBC = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
"""

ATTACKS = {
    "fake reports, then failure": Attack(SPRAY + "os._exit(5)", ExitKind.ERROR, 5),
    "fake reports, then a crash": Attack(SPRAY + "os.abort()", ExitKind.SIGNAL, -6),
    "fake reports, then sleep": Attack(
        SPRAY + "import time; time.sleep(60)", ExitKind.WALL_LIMIT, None, wall_s=1.5
    ),
    "fake report on stdout": Attack(
        "import os; os.write(1, b'begun\\nended 0 0.0\\n'); os._exit(9)",
        ExitKind.ERROR,
        9,
        stdout="begun\nended 0 0.0\n",
    ),
    "kills its parent": Attack(
        """
import os, signal
for number in set(signal.Signals):
    for pid in {1, os.getppid()} - {0}:
        try: os.kill(pid, number)
        except OSError: pass
os._exit(7)
""",
        ExitKind.ERROR,
        7,
    ),
    "kills everything it can": Attack(
        "import os, signal\nif os.fork() == 0: os.kill(-1, signal.SIGKILL)\nos.wait()\nos._exit(0)",
        ExitKind.SIGNAL,
        -9,
    ),
    "stops its parent": Attack(
        """
import os, signal
for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGINT):
    try: os.kill(1, number)
    except OSError: pass
raise SystemExit(8)
""",
        ExitKind.ERROR,
        8,
    ),
    "traces its parent": Attack(
        LIBC + "PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206\n"
        "print(libc.ptrace(PTRACE_ATTACH, 1, 0, 0), libc.ptrace(PTRACE_SEIZE, 1, 0, 0))\n"
        "sys.exit(6)",
        ExitKind.ERROR,
        6,
        stdout="-1 -1\n",
    ),
    "reads its parent's memory": Attack(
        LIBC + "buffer = ctypes.create_string_buffer(8)\n"
        "class Vector(ctypes.Structure): _fields_ = [('at', ctypes.c_void_p), ('length', ctypes.c_size_t)]\n"
        "ours = Vector(ctypes.addressof(buffer), 8); theirs = Vector(id(sys), 8)\n"
        "print(libc.process_vm_readv(1, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0))\n"
        "sys.exit(6)",
        ExitKind.ERROR,
        6,
        stdout="-1\n",
    ),
    "takes its parent's descriptors": Attack(
        LIBC + "handle = libc.syscall(434, 1, 0)\n"
        "print([fd for fd in range(64) if libc.syscall(438, handle, fd, 0) >= 0])\n"
        "sys.exit(6)",
        ExitKind.ERROR,
        6,
        stdout="[]\n",
    ),
    "limits its parent": Attack(
        """
import os, resource, sys
for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
    try: resource.prlimit(1, what, (0, 0)); print('limited')
    except PermissionError: pass
sys.exit(6)
""",
        ExitKind.ERROR,
        6,
        stdout="",
    ),
    "raises its own limits": Attack(
        """
import resource
for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
    try: resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)); print('raised')
    except (ValueError, OSError): pass
""",
        ExitKind.OK,
        0,
        stdout="",
    ),
    "looks for the launcher on the stack": Attack(
        """
import gc, os, sys
frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
        if type(value) is int and 2 < value < 4096:
            try: os.write(value, b'begun\\nended 0 0.000001\\n')
            except OSError: pass
    frame = frame.f_back
os._exit(4)
""",
        ExitKind.ERROR,
        4,
    ),
    "leaves a child behind that holds the streams": Attack(
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\nprint('parent')",
        ExitKind.OK,
        0,
        stdout="parent\n",
    ),
    "gives its child away": Attack(
        "import os, time\nif os.fork() == 0:\n    if os.fork() == 0: time.sleep(0.1); os._exit(0)\n"
        "    os._exit(0)\nos.wait(); time.sleep(0.3); os._exit(3)",
        ExitKind.ERROR,
        3,
    ),
    "floods both streams and claims success": Attack(
        "import os\nwhile True:\n    os.write(1, b'o' * 4096)\n    os.write(2, b'e' * 4096)",
        ExitKind.OUTPUT_LIMIT,
        None,
    ),
    "floods just enough and exits": Attack(
        "import sys; sys.stdout.write('o' * 65537)", ExitKind.OUTPUT_LIMIT, None, stdout="o" * 65536
    ),
    "closes its streams": Attack(
        "import os\nfor fd in (0, 1, 2): os.close(fd)\nos._exit(0)", ExitKind.OK, 0, stdout=""
    ),
    "never leaves its exit handler": Attack(
        "import atexit, time; atexit.register(time.sleep, 600)", ExitKind.WALL_LIMIT, None, wall_s=1.5
    ),
    "claims to be out of memory": Attack(
        "import sys; print('MemoryError', file=sys.stderr); sys.exit(0)", ExitKind.OK, 0
    ),
    "overflows the C stack": Attack(
        "import ctypes\n@ctypes.CFUNCTYPE(ctypes.c_int)\ndef again(): return again()\n"
        "import sys; sys.setrecursionlimit(10**9); again()",
        ExitKind.SIGNAL,
        -11,
    ),
    "uses another system call table": Attack(
        LIBC + "import mmap\n"
        "code = mmap.mmap(-1, 4096, prot=7)\n"
        "code.write(bytes.fromhex('b814000000cd80c3'))\n"  # mov eax, 20 (getpid); int 0x80; ret
        "call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))\n"
        "call(); print('answered')",
        ExitKind.SIGNAL,
        -31,
        stdout="",
    ),
}


def job_of(attack: Attack) -> Job:
    return Job(attack.source, limits=Limits(wall_s=attack.wall_s))


@pytest.fixture
async def sandbox() -> AsyncIterator[ZygoteSandbox]:
    backend = ZygoteSandbox(namespaces=True)
    yield backend
    await backend.close()


def skip_if_foreign(name: str) -> None:
    if "system call table" in name and os.uname().machine != "x86_64":
        pytest.skip("the program holds x86 machine code")


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_liar_gets_the_result_it_earned(sandbox: ZygoteSandbox, name: str) -> None:
    skip_if_foreign(name)
    attack = ATTACKS[name]
    result = await sandbox.run(job_of(attack))
    assert (result.kind, result.exit_code) == (attack.kind, attack.exit_code), result
    assert attack.stdout is None or result.stdout == attack.stdout


async def test_a_supervisor_that_cannot_set_up_is_a_failure(sandbox: ZygoteSandbox) -> None:
    """Nothing of the program ran, so nothing may be said about it."""
    result = await sandbox.run(Job("print(1)", files={"big": "x" * 5000}, limits=Limits(file_bytes=4096)))
    assert result.kind is ExitKind.FAILED
    assert not result.conclusive
    assert "No space left" in result.stderr


AS_ANOTHER = """
import asyncio, dataclasses, json, sys
from proofset.tools.sandbox import Job, Limits, check_sandbox
from proofset.tools.sandbox.zygote import ZygoteSandbox

async def main():
    given = json.load(sys.stdin)
    sandbox = ZygoteSandbox(namespaces=given["namespaces"])
    outcomes = await check_sandbox(sandbox, only=given["checks"])
    results = {
        name: dataclasses.asdict(await sandbox.run(Job(source, limits=Limits(wall_s=wall_s))))
        for name, (source, wall_s) in given["attacks"].items()
    }
    await sandbox.close()
    print(json.dumps({"layers": sandbox.layers, "outcomes": outcomes, "results": results}))

asyncio.run(main())
"""


class Setting(NamedTuple):
    """Who runs which tier."""

    root: bool
    namespaces: bool


SETTINGS = {
    "an ordinary user in namespaces": Setting(root=False, namespaces=True),
    "an ordinary user under Landlock": Setting(root=False, namespaces=False),
    "root under Landlock": Setting(root=True, namespaces=False),
}
NEEDS_PROCESSES = {
    "kills everything it can",
    "leaves a child behind that holds the streams",
    "gives its child away",
}


@pytest.fixture(scope="module", params=SETTINGS)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the kit and all attacks gave when another user ran them, or root in the other tier."""
    setting = SETTINGS[request.param]
    if not setting.namespaces and not _has_landlock():
        pytest.skip("this kernel has no Landlock")
    elsewhere = find_elsewhere(tmp_path_factory)
    checks = [name for name in CHECKS if elsewhere.has_math or name != "profile_math"]
    attacks = {
        name: (a.source, a.wall_s)
        for name, a in ATTACKS.items()
        if setting.namespaces or name not in NEEDS_PROCESSES
    }
    given = {"namespaces": setting.namespaces, "checks": checks, "attacks": attacks}
    found = json.loads(elsewhere.run(AS_ANOTHER, json.dumps(given), root=setting.root))
    return {**found, "setting": setting}


def _has_landlock() -> bool:
    from proofset.tools.sandbox.inside import kernel

    return kernel.landlock_version() > 0


def test_another_user_s_sandbox_passes_the_kit(seen: dict[str, Any]) -> None:
    setting = seen["setting"]
    assert ("user-namespace" in seen["layers"]) == (setting.namespaces and not setting.root)
    assert ("throw-away-uid" in seen["layers"]) == setting.root
    assert ("namespaces" in seen["layers"]) == setting.namespaces
    assert {name: detail for name, passed, detail in seen["outcomes"].values() if not passed} == {}
    assert len(seen["outcomes"]) >= len(CHECKS) - 1


@pytest.mark.parametrize("name", ATTACKS)
def test_a_liar_fares_no_better_with_another_user(seen: dict[str, Any], name: str) -> None:
    skip_if_foreign(name)
    if name not in seen["results"]:
        pytest.skip("this tier starts no processes")
    attack = ATTACKS[name]
    result = Result(**seen["results"][name])
    assert (result.kind, result.exit_code) == (attack.kind, attack.exit_code), result
    assert attack.stdout is None or result.stdout == attack.stdout
