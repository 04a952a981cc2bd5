"""How fast the sandbox is, beside plain Python and a cold bubblewrap in the same run; prints Markdown.

    python benchmarks/sandbox.py                        about a minute on two cores
    python benchmarks/sandbox.py --soak 10000           then also: does memory stay flat?

Jobs: `plain` has five asserts; `loaded` is the same with sympy and numpy imported; `math` has five asserts on
what those compute; `solve` expands, simplifies and solves by SymPy; `pair` is two jobs that talk over their
link.

As many clients as the concurrency each run one job after the other, so a latency holds no waiting for a
place. CPU time is taken of this process and all its descendants, living ones and ended ones, and as an
upper bound of the whole machine; what the machine did beside us is a column of its own, because a row
measured on busy cores says little.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import NamedTuple

from process_tree import Cpu, Footprint, adopt_orphans, cpu_now, footprint_now

from proofset.errors import ProofsetError
from proofset.tools.sandbox import Job, Limits, Result, Sandbox, open_sandbox, probe_backends

PLAIN = """\
def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

assert fib(0) == 0
assert fib(1) == 1
assert fib(2) == 1
assert fib(10) == 55
assert fib(50) == 12586269025
"""
SYMPY = """\
import sympy
x = sympy.Symbol("x")
assert sympy.Rational(1, 3) + sympy.Rational(1, 6) == sympy.Rational(1, 2)
assert sympy.sqrt(8) == 2 * sympy.sqrt(2)
assert sympy.factorint(84) == {2: 2, 3: 1, 7: 1}
assert sympy.diff(x**3, x) == 3 * x**2
"""
NUMPY = """\
import numpy
assert numpy.arange(5).sum() == 10
"""
SOLVE = """\
import sympy
x = sympy.Symbol("x")
assert sympy.expand((x + 1) ** 2) == x**2 + 2 * x + 1
assert sympy.simplify((x**2 - 1) / (x - 1)) == x + 1
assert sympy.solve(x**2 - 4, x) == [-2, 2]
"""
ASKS = """\
import os
os.write(3, b"21")
assert os.read(3, 100) == b"42"
"""
ANSWERS = """\
import os
os.write(3, b"%d" % (2 * int(os.read(3, 100))))
"""
PYTHON, BWRAP = "python -I -S", "bwrap, cold"
LIMITS = Limits(cpu_s=10.0, wall_s=60.0)
ROW_S = 10.0
"""A row ends after so many seconds, with as many jobs as were done."""

SOAK_MARKS = (0.1, 0.5, 1.0)
SETTLE_S = 1.0
"""Until what a closed sandbox ran is dead: its processes end a moment after the call."""
FLAT = 1.05
"""Memory is flat when it grows by no more than this from the first mark to the last."""

Once = Callable[[], Awaitable[None]]


class WrongResultError(Exception):
    """A job did not end as it must: its time says nothing."""


class Row(NamedTuple):
    """One way to run one kind of job."""

    name: str
    job: str
    jobs: int
    elapsed_s: float
    cpu: Cpu
    latencies_s: tuple[float, ...]

    @property
    def per_s(self) -> float:
        return self.jobs / self.elapsed_s

    def latency_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asks for."""

    jobs: int
    concurrency: int
    soak: int
    backends: tuple[str, ...]


async def measure(name: str, job: str, once: Once, *, jobs: int, concurrency: int) -> Row:
    """Run `once` so many times by so many clients, after a few that do not count."""
    await asyncio.gather(*(once() for _ in range(concurrency)))
    numbers, latencies = count(), list[float]()
    end = time.monotonic() + ROW_S

    async def client() -> None:
        while next(numbers) < jobs and (began := time.monotonic()) < end:
            await once()
            latencies.append(time.monotonic() - began)

    before, began = cpu_now(), time.monotonic()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    elapsed_s = time.monotonic() - began
    return Row(name, job, len(latencies), elapsed_s, cpu_now().since(before), tuple(latencies))


def command(arguments: Sequence[str], pool: ThreadPoolExecutor) -> Once:
    """A process of its own for each job."""

    def run() -> None:
        done = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode:
            raise WrongResultError(done.stderr.decode(errors="replace").strip()[-300:])

    async def once() -> None:
        await asyncio.get_running_loop().run_in_executor(pool, run)

    return once


def sandboxed(sandbox: Sandbox, job: Job) -> Once:
    async def once() -> None:
        check(await sandbox.run(job))

    return once


def joined(sandbox: Sandbox) -> Once:
    asks, answers = Job(ASKS, limits=LIMITS), Job(ANSWERS, limits=LIMITS)

    async def once() -> None:
        for result in await sandbox.run_joined(asks, answers):
            check(result)

    return once


def check(result: Result) -> None:
    if not result.ok:
        raise WrongResultError(f"{result.backend}: {result.kind.value}: {result.stderr.strip()[-300:]}")


def python() -> str:
    """The interpreter itself, without a virtual environment around it."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def bwrap_cold() -> list[str]:
    """The least that isolates: all namespaces new, everything read-only, an empty /tmp."""
    isolated = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    mounts = ["--ro-bind", "/", "/", "--tmpfs", "/tmp", "--ro-bind", sys.base_prefix, sys.base_prefix]
    return [*isolated, *mounts, "--chdir", "/tmp", python()]


async def math_source(name: str) -> str:
    """The math job, with numpy where the sandbox has it."""
    sandbox = await asyncio.to_thread(open_sandbox, name)
    try:
        both = await sandbox.run(Job(SYMPY + NUMPY, profile="math", limits=LIMITS))
    finally:
        await sandbox.close()
    return SYMPY + NUMPY if both.ok else SYMPY


async def anchors(plan: Plan, math: str) -> list[Row]:
    """What to compare with: no isolation, and a cold container for each job."""
    half, few = plan.jobs // 2, max(plan.jobs // 40, 1)
    isolated = ["-I", "-S", "-c", PLAIN]
    with ThreadPoolExecutor(plan.concurrency) as pool:
        row = partial(measure, concurrency=plan.concurrency)
        rows = [await row(PYTHON, "plain", command([python(), *isolated], pool), jobs=half)]
        if shutil.which("bwrap"):
            rows.append(await row(BWRAP, "plain", command([*bwrap_cold(), *isolated], pool), jobs=half))
        imports = command([sys.executable, "-c", math], pool)
        return [*rows, await row("python", "math", imports, jobs=few)]


async def of_backend(name: str, plan: Plan, math: str) -> list[Row]:
    """The rows of one backend."""
    sandbox = await asyncio.to_thread(lambda: open_sandbox(name, concurrency=plan.concurrency))
    row = partial(measure, name, concurrency=plan.concurrency)
    try:
        plain = sandboxed(sandbox, Job(PLAIN, limits=LIMITS))
        loaded = sandboxed(sandbox, Job(math, profile="math", limits=LIMITS))
        imports = "import sympy, numpy\n" if NUMPY in math else "import sympy\n"
        imported = sandboxed(sandbox, Job(imports + PLAIN, profile="math", limits=LIMITS))
        solved = sandboxed(sandbox, Job(SOLVE, profile="math", limits=LIMITS))
        rows = [await row("plain", plain, jobs=plan.jobs), await row("loaded", imported, jobs=plan.jobs)]
        rows.append(await row("math", loaded, jobs=plan.jobs // 2))
        rows.append(await row("solve", solved, jobs=max(plan.jobs // 10, 1)))
        if getattr(sandbox, "joins", False):
            rows.append(await row("pair", joined(sandbox), jobs=plan.jobs // 2))
        return rows
    finally:
        await sandbox.close()


async def soak(name: str, plan: Plan, math: str) -> str:
    """Many jobs of all kinds in one sandbox; what the tree holds on the way, as a table and a sentence."""
    steps = [("before", await settled())]
    sandbox = await asyncio.to_thread(lambda: open_sandbox(name, concurrency=plan.concurrency))
    numbers = count()

    async def client(until: int) -> None:
        while (number := next(numbers)) < until:
            await sandbox.run(soak_job(number, math))

    for share in SOAK_MARKS:
        until = round(share * plan.soak)
        await asyncio.gather(*(client(until) for _ in range(plan.concurrency)))
        # Each client drew one number that it did not use.
        numbers = count(until)
        steps.append((f"{until:,} jobs", await settled()))
    await sandbox.close()
    steps.append(("closed", await settled()))
    return soak_text(name, steps)


async def settled() -> Footprint:
    await asyncio.sleep(SETTLE_S)
    gc.collect()
    return footprint_now()


def soak_job(number: int, math: str) -> Job:
    """Mostly plain jobs; every 10th does mathematics, every 25th fails and every 100th prints too much."""
    if number % 100 == 0:
        return Job("while True: print('x' * 1000)", limits=LIMITS)
    if number % 25 == 0:
        return Job("raise SystemExit(3)", limits=LIMITS)
    if number % 10 == 0:
        return Job(math, profile="math", limits=LIMITS)
    return Job(PLAIN, limits=LIMITS)


def soak_text(name: str, steps: Sequence[tuple[str, Footprint]]) -> str:
    head = "| when | host MiB | descendants MiB | processes | descriptors | threads | mounts |"
    lines = [
        f"Soak of {name}, measured when no job runs; mounts are those of the whole machine:",
        "",
        head,
        "|---|" + "--:|" * 6,
    ]
    for when, held in steps:
        memory = " | ".join(f"{size / 2**20:.1f}" for size in (held.host, held.descendants))
        counts = (held.processes, held.descriptors, held.threads, held.mounts)
        lines.append(f"| {when} | {memory} | {' | '.join(map(str, counts))} |")
    first, last = (held.host + held.descendants for _, held in (steps[1], steps[-2]))
    grown = last / first
    flat = "flat" if grown <= FLAT else "NOT flat"
    return "\n".join([*lines, "", f"Memory is {flat}: ×{grown:.3f} from {steps[1][0]} to {steps[-2][0]}."])


def table(rows: Sequence[Row]) -> str:
    head = (
        "| what | job | jobs/s | CPU-ms/job | machine's CPU-ms/job | p50 ms | p99 ms | × python | × bwrap "
        "| others' CPU |"
    )
    lines = [head, "|---|---|" + "--:|" * 8]
    rates = {row.name: row.per_s for row in rows if row.job == "plain"}
    cores = os.cpu_count() or 1
    for row in rows:
        against = [
            f"{row.per_s / rates[anchor]:.2f}" if anchor in rates else "–" for anchor in (PYTHON, BWRAP)
        ]
        others = max(row.cpu.machine - row.cpu.tree, 0) / (cores * row.elapsed_s)
        cells = (
            row.name,
            f"{row.job} ({row.jobs:,})",
            f"{row.per_s:.1f}",
            *(f"{1000 * seconds / row.jobs:.1f}" for seconds in row.cpu),
            *(f"{row.latency_ms(share):.1f}" for share in (0.5, 0.99)),
            *against,
            f"{others:.0%}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def notes(concurrency: int, math: str, load: float) -> str:
    cores, release = os.cpu_count(), ".".join(map(str, sys.version_info[:3]))
    libraries = "sympy and numpy" if NUMPY in math else "sympy"
    return (
        f"Concurrency {concurrency} on {cores} cores, load {load:.1f} before; Python {release}; math imports "
        f"{libraries}. CPU is that of this process and all its descendants, starting and ending them "
        "included; the machine's has everything else that ran in it. Others' CPU: their share of all cores."
    )


async def run(plan: Plan) -> None:
    load = os.getloadavg()[0]
    math = await math_source(plan.backends[0])
    rows = await anchors(plan, math)
    for name in plan.backends:
        rows += await of_backend(name, plan, math)
    print(f"{table(rows)}\n\n{notes(plan.concurrency, math, load)}", flush=True)
    for name in plan.backends if plan.soak else ():
        print(f"\n{await soak(name, plan, math)}", flush=True)


def plan_of(arguments: Sequence[str] | None = None) -> Plan:
    """Read the command line. Raises ProofsetError where no backend works."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--jobs", type=int, default=1000, help="jobs per row; the anchors run half as many")
    parser.add_argument("--concurrency", type=int, default=cores, help="jobs at once; default: the cores")
    parser.add_argument("--soak", type=int, default=0, metavar="N", help="also run N jobs, such as 10000")
    parser.add_argument(
        "--backend", action="append", default=[], help="one backend, may be repeated; default: warm ones"
    )
    given = parser.parse_args(arguments)
    backends = given.backend or [
        probe.backend for probe in probe_backends() if probe.usable and probe.backend.startswith("zygote")
    ]
    backends = backends or [open_sandbox().name]
    return Plan(max(given.jobs, 2), max(given.concurrency, 1), max(given.soak, 0), tuple(backends))


def main() -> int:
    adopt_orphans()
    try:
        asyncio.run(run(plan_of()))
    except (ProofsetError, WrongResultError) as error:
        print(f"benchmarks/sandbox.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
