"""The kit's checks of what a job can do and of how every limit ends it."""

from __future__ import annotations

import asyncio

from .expecting import Unmet, expect
from .interface import Sandbox
from .job import LINK_FD, MIB, ExitKind, Job, Limits

_MANY = 12


async def prints(sandbox: Sandbox) -> None:
    expect(await sandbox.run(Job("print(6 * 7)")), stdout="42\n")


async def stdin(sandbox: Sandbox) -> None:
    """All of it, up to an end, and more than a pipe holds."""
    text = "first\n" + "x" * 300_000
    source = "import sys\nprint(input(), len(sys.stdin.read()))"
    expect(await sandbox.run(Job(source, stdin=text)), stdout="first 300000\n")
    expect(await sandbox.run(Job("input()")), ExitKind.ERROR, stderr_has="EOFError")


async def files(sandbox: Sandbox) -> None:
    """Readable and importable."""
    source = "import helper\nprint(helper.VALUE, open('data.txt', encoding='utf-8').read())"
    given = {"helper.py": "VALUE = 5", "data.txt": "größe"}
    expect(await sandbox.run(Job(source, files=given)), stdout="5 größe\n")


async def scratch(sandbox: Sandbox) -> None:
    """Where the backend says so, files of the job's own, and processes; where not, neither."""
    write = "open('new.txt', 'w').write('written')\nprint(open('new.txt').read())"
    start = "import os\npid = os.fork()\nif pid: print(os.waitpid(pid, 0)[1])"
    if sandbox.scratch:
        expect(await sandbox.run(Job(write)), stdout="written\n")
        expect(await sandbox.run(Job(start)), stdout="0\n")
    else:
        expect(await sandbox.run(Job(write)), ExitKind.ERROR, stderr_has="PermissionError")
        expect(await sandbox.run(Job(start)), ExitKind.ERROR, stderr_has="PermissionError")


async def exit_codes(sandbox: Sandbox) -> None:
    """137 is what a shell calls a kill; here it is the program's own number."""
    for code in (3, 137, 255):
        result = await sandbox.run(Job(f"import sys; sys.exit({code})"))
        expect(result, ExitKind.ERROR, exit_code=code)
    expect(await sandbox.run(Job("import os; os._exit(0)")), exit_code=0)
    expect(await sandbox.run(Job("print('before'); exit()")), stdout="before\n", exit_code=0)


async def signals(sandbox: Sandbox) -> None:
    for name in ("SIGSEGV", "SIGABRT", "SIGKILL"):
        source = f"import os, signal; os.kill(os.getpid(), signal.{name})"
        expect(await sandbox.run(Job(source)), ExitKind.SIGNAL)


async def exceptions(sandbox: Sandbox) -> None:
    source = "def solve():\n    return [][1]\nprint('before')\nsolve()"
    result = await sandbox.run(Job(source))
    expect(result, ExitKind.ERROR, stdout="before\n", stderr_has="IndexError: list index out of range")
    expect(result, ExitKind.ERROR, stderr_has="line 2, in solve", exit_code=1)
    expect(await sandbox.run(Job("if True print(1)")), ExitKind.ERROR, stderr_has="SyntaxError")


async def unicode(sandbox: Sandbox) -> None:
    """Everywhere, even where it is broken."""
    text = "naïve 数学 🦊 ∑"
    expect(
        await sandbox.run(Job(f"print(input() == {text!r}, {text!r})", stdin=text)), stdout=f"True {text}\n"
    )
    raw = "import sys; sys.stdout.buffer.write(bytes([65, 255, 66]))"
    expect(await sandbox.run(Job(raw)), stdout="A\ufffdB")
    for source in ("print('\ud800')", "x = '\0'"):
        expect(await sandbox.run(Job(source)), ExitKind.ERROR)


async def threads(sandbox: Sandbox) -> None:
    source = (
        "import threading\n"
        "seen = []\n"
        "group = [threading.Thread(target=seen.append, args=(i,)) for i in range(4)]\n"
        "for t in group: t.start()\n"
        "for t in group: t.join()\n"
        "print(sorted(seen))"
    )
    expect(await sandbox.run(Job(source)), stdout="[0, 1, 2, 3]\n")


async def main_module(sandbox: Sandbox) -> None:
    """It is a script to itself: `__main__`, a picklable class, no arguments."""
    source = (
        "import pickle, sys\n"
        "class Point: pass\n"
        "if __name__ == '__main__':\n"
        "    print(type(pickle.loads(pickle.dumps(Point()))).__name__, len(sys.argv))"
    )
    expect(await sandbox.run(Job(source)), stdout="Point 1\n")


async def hash_seed(sandbox: Sandbox) -> None:
    async def hash_of(seed: int) -> str:
        result = await sandbox.run(Job("print(hash('proof'))", hash_seed=seed))
        expect(result)
        return result.stdout

    first, again, other = await hash_of(7), await hash_of(7), await hash_of(8)
    if first != again:
        raise Unmet("one hash seed gave two different hashes")
    if first == other:
        raise Unmet("two hash seeds gave the same hash")


async def profile_math(sandbox: Sandbox) -> None:
    source = "import sympy, mpmath; print(sympy.factor('x**2 - 1'))"
    expect(await sandbox.run(Job(source, profile="math")), stdout="(x - 1)*(x + 1)\n")


async def profile_plain(sandbox: Sandbox) -> None:
    for name in ("sympy", "mpmath", "pip", "proofset"):
        expect(await sandbox.run(Job(f"import {name}")), ExitKind.ERROR, stderr_has="ModuleNotFoundError")


async def cpu_limit(sandbox: Sandbox) -> None:
    limits = Limits(cpu_s=1.0, wall_s=60)
    stubborn = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    for source in ("while True: pass", stubborn):
        result = await sandbox.run(Job(source, limits=limits))
        expect(result, ExitKind.CPU_LIMIT)
        if not 0.5 <= result.cpu_s <= 10:
            raise Unmet(f"a limit of 1 CPU-second was measured as {result.cpu_s:.2f} s")


async def wall_limit(sandbox: Sandbox) -> None:
    """One that sleeps is conclusive, however little CPU it used."""
    result = await sandbox.run(
        Job("print('up', flush=True)\nimport time; time.sleep(60)", limits=Limits(wall_s=2))
    )
    expect(result, ExitKind.WALL_LIMIT, stdout="up\n")


async def memory_limit(sandbox: Sandbox) -> None:
    limits = Limits(memory_bytes=256 * MIB)
    for source in ("bytearray(10**10)", "kept = []\nwhile True: kept.append(bytearray(100_000))"):
        expect(await sandbox.run(Job(source, limits=limits)), ExitKind.MEMORY_LIMIT)


async def output_limit(sandbox: Sandbox) -> None:
    limits = Limits(output_bytes=1000)
    for stream in ("stdout", "stderr"):
        result = await sandbox.run(
            Job(f"import sys\nwhile True: sys.{stream}.write('y' * 100)", limits=limits)
        )
        expect(result, ExitKind.OUTPUT_LIMIT)
        if getattr(result, stream) != "y" * 1000:
            raise Unmet(f"{stream} was not cut at 1000 bytes: it has {len(getattr(result, stream))}")
    exact = await sandbox.run(Job("print('z' * 1000, end='')", limits=limits))
    expect(exact, stdout="z" * 1000)


async def file_limit(sandbox: Sandbox) -> None:
    """For one file, and for many together, where there may be any."""
    if not sandbox.scratch:
        return
    source = (
        "def fill(name):\n"
        "    with open(name, 'wb', buffering=0) as f:\n"
        "        for _ in range(64):\n"
        "            f.write(bytes(65536))\n"
        "for names in ['one'], [f'many{i}' for i in range(8)]:\n"
        "    try:\n"
        "        for name in names: fill(name)\n"
        "        print('written')\n"
        "    except OSError:\n"
        "        print('refused')"
    )
    limits = Limits(file_bytes=MIB)
    expect(await sandbox.run(Job(source, limits=limits)), stdout="refused\nrefused\n")
    many = (
        "import os\n"
        "total = 0\n"
        "try:\n"
        "    for i in range(40):\n"
        "        with open(f'f{i}', 'wb', buffering=0) as f: total += f.write(bytes(100_000))\n"
        "except OSError: pass\n"
        "print(total <= 1 << 20)"
    )
    expect(await sandbox.run(Job(many, limits=limits)), stdout="True\n")


async def fork_bomb(sandbox: Sandbox) -> None:
    """Held to its number of processes, counted by itself; and the next job is none the worse."""
    source = (
        "import os, time\n"
        "alive = 1\n"
        "try:\n"
        "    while alive < 300:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(60)\n"
        "        alive += 1\n"
        "except OSError: pass\n"
        "print(alive, flush=True)\n"
        "os._exit(0)"
    )
    result = await sandbox.run(Job(source, limits=Limits(processes=8)))
    expect(result)
    least = 2 if sandbox.scratch else 1
    if not least <= int(result.stdout) <= 8:
        raise Unmet(f"a job with a limit of 8 processes had {result.stdout.strip()} at once")
    bomb = "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.05)"
    ended = await sandbox.run(Job(bomb, limits=Limits(processes=8, wall_s=2)))
    expect(ended, ExitKind.WALL_LIMIT, ExitKind.CPU_LIMIT, ExitKind.STARVED)
    await prints(sandbox)


async def concurrency(sandbox: Sandbox) -> None:
    """Each gets its own answer."""
    jobs = [Job("print(int(input()) ** 2)", stdin=str(i)) for i in range(_MANY)]
    results = await asyncio.gather(*map(sandbox.run, jobs))
    for i, result in enumerate(results):
        expect(result, stdout=f"{i * i}\n")


async def joined(sandbox: Sandbox) -> None:
    """A stream between two jobs, which have nothing else in common; its end is told."""
    if not sandbox.joins:
        return
    speak = (
        "import os\n"
        f"os.write({LINK_FD}, b'ping')\n"
        f"print(os.read({LINK_FD}, 100).decode(), os.read({LINK_FD}, 100))"
    )
    answer = f"import os\nheard = os.read({LINK_FD}, 100)\nos.write({LINK_FD}, heard[::-1])\nprint(heard)"
    results = await asyncio.gather(*(sandbox.run_joined(Job(speak), Job(answer)) for _ in range(4)))
    for first, second in results:
        expect(first, stdout="gnip b''\n")
        expect(second, stdout="b'ping'\n")
    ended = await sandbox.run_joined(Job(speak), Job("import os; os._exit(3)"))
    expect(ended.first, ExitKind.OK, ExitKind.ERROR, ExitKind.SIGNAL)
    expect(ended.second, ExitKind.ERROR, exit_code=3)


async def cancellation(sandbox: Sandbox) -> None:
    """A cancelled `run` raises CancelledError soon, and what it occupied is free again."""
    sleeper = Job("import time; time.sleep(600)", limits=Limits(wall_s=600))
    tasks = [asyncio.create_task(sandbox.run(sleeper)) for _ in range(_MANY)]
    await asyncio.sleep(0.3)
    for task in tasks:
        task.cancel()
    done, late = await asyncio.wait(tasks, timeout=60)
    if late:
        raise Unmet(f"{len(late)} of {_MANY} cancelled jobs were still running a minute later")
    if not all(task.cancelled() for task in done):
        raise Unmet("a cancelled run did not raise CancelledError")
    async with asyncio.timeout(60):
        await concurrency(sandbox)


CHECKS = (
    prints,
    stdin,
    files,
    scratch,
    exit_codes,
    signals,
    exceptions,
    unicode,
    threads,
    main_module,
    hash_seed,
    profile_math,
    profile_plain,
    cpu_limit,
    wall_limit,
    memory_limit,
    output_limit,
    file_limit,
    fork_bomb,
    concurrency,
    joined,
    cancellation,
)
