"""Runs the attacks on one sandbox, or on none, and says what each of them reached."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from proofset.tools.sandbox import ExitKind, Job, Result

from .census import Process, descendants, tree_hash
from .host import Canaries
from .table import Attack, job_of

_LINE = re.compile(r'^\{"reached": .*\}$', re.MULTILINE)
_AT_ONCE = 8
_SANDBOX = Path(sys.modules["proofset.tools.sandbox"].__file__ or "").parent


class Observed(NamedTuple):
    """What became of one attack. `reached` is None where the machine has nothing of the kind."""

    reached: bool | None
    how: str
    touched: list[str]
    """What the host saw of it."""
    broken: str
    """Why nothing can be said: the attack itself failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All attacks on one configuration."""

    layers: tuple[str, ...]
    observed: dict[str, Observed]
    processes_left: list[str]
    files_left: list[str]
    """Of the sandbox's own, in the directory for temporary files."""
    tree_changed: bool


class Target(Protocol):
    """What attacks are run on: a sandbox, or something like it without walls."""

    @property
    def layers(self) -> tuple[str, ...]: ...

    async def run(self, job: Job) -> Result: ...

    async def close(self) -> None: ...


_BOTH = """
import contextlib, io, sys
with contextlib.redirect_stdout(io.StringIO()):
    exec(compile(open('before.py').read(), 'before.py', 'exec'), {'__name__': '__main__'})
exec(compile(open('main.py').read(), 'main.py', 'exec'), {'__name__': '__main__'})
"""


class NoSandbox:
    """The control: every job a plain process of this user, with all that a child inherits.

    No limit holds but one of half a minute. A job with another before it shares its interpreter.
    """

    layers: tuple[str, ...] = ()

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch

    async def run(self, job: Job) -> Result:
        return await self.run_after(None, job)

    async def run_after(self, before: Job | None, job: Job) -> Result:
        place = await asyncio.to_thread(self._place, before, job)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-B"),
            *("-c", _BOTH if before else "exec(compile(open('main.py').read(), 'main.py', 'exec'))"),
            cwd=place,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            close_fds=False,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), 30)
        except TimeoutError:
            process.kill()
            out, err = await process.communicate()
        code = process.returncode or 0
        kind = ExitKind.SIGNAL if code < 0 else ExitKind.ERROR if code else ExitKind.OK
        return Result(kind, code, out.decode(), err.decode("utf-8", "replace"), 0.0, 0.0, "none", ())

    def _place(self, before: Job | None, job: Job) -> str:
        place = tempfile.mkdtemp(dir=self._scratch)
        files = {**job.files, "main.py": job.source} | ({"before.py": before.source} if before else {})
        for name, text in files.items():
            Path(place, name).write_text(text, encoding="utf-8")
        return place

    async def close(self) -> None: ...


async def run_attacks(target: Target, attacks: Iterable[Attack], canaries: Canaries) -> Outcome:
    """Run the attacks: together, but for those that must be alone. Ends by closing the target."""
    entries = list(attacks)
    places = (_SANDBOX, Path(sysconfig.get_path("stdlib")))
    tree = await asyncio.to_thread(tree_hash, *places)
    victims = set(descendants(os.getpid()))
    gate = asyncio.Semaphore(_AT_ONCE)
    # The long ones first, for the others to run beside them.
    entries.sort(key=lambda entry: entry.kind != "resources")
    observed: dict[str, Observed] = {}

    async def one(entry: Attack) -> None:
        async with gate:
            observed[entry.name] = await _attempt(target, entry, canaries)

    await asyncio.gather(*(one(entry) for entry in entries if not entry.alone))
    for entry in entries:
        if entry.alone:
            await one(entry)
    await target.close()
    left = await _survivors(victims)
    changed = await asyncio.to_thread(tree_hash, *places) != tree
    files = await asyncio.to_thread(_files_left)
    return Outcome(tuple(target.layers), observed, left, files, changed)


def _files_left() -> list[str]:
    return sorted(path.name for path in Path(tempfile.gettempdir()).glob("proofset-*"))


async def _survivors(expected: set[Process]) -> list[str]:
    """What is left of the jobs. A process that was killed may take a moment to be gone."""
    for _ in range(50):
        left = [each for each in descendants(os.getpid()) if each not in expected]
        if not left:
            break
        await asyncio.sleep(0.05)
    return [f"{process.name} ({process.pid})" for process in left]


async def _attempt(target: Target, entry: Attack, canaries: Canaries) -> Observed:
    job = job_of(entry, entry.program, canaries.facts(entry))
    if isinstance(target, NoSandbox) and entry.before:
        before = job_of(entry, entry.before, canaries.facts(entry, keeper=True))
        result = await target.run_after(before, job)
    else:
        if entry.before:
            earlier = await target.run(job_of(entry, entry.before, canaries.facts(entry, keeper=True)))
            if earlier.kind is ExitKind.FAILED:
                return Observed(None, "", [], f"the job before it failed: {earlier.stderr[-300:]}")
        beside = _start_beside(target, entry, canaries)
        result = await target.run(job)
        if beside is not None:
            await beside
    # Long enough for a signal to arrive, far shorter than an escaped process would live.
    await asyncio.sleep(0.05)
    touched = await asyncio.to_thread(canaries.touched, entry)
    return judge(entry, result, touched)


def _start_beside(target: Target, entry: Attack, canaries: Canaries) -> asyncio.Task[Result] | None:
    if entry.beside is None:
        return None
    job = job_of(entry, entry.beside, canaries.facts(entry))
    files = {"mine.txt": canaries.job_secret}
    return asyncio.ensure_future(target.run(Job(job.source, files=files, limits=job.limits)))


def judge(entry: Attack, result: Result, touched: list[str]) -> Observed:
    """What the attack said, what the host saw; either makes it reached."""
    if result.kind is ExitKind.FAILED:
        return Observed(None, "", touched, f"the sandbox failed: {result.stderr[-300:]}")
    if entry.judge:
        reached, how = entry.judge(result, entry.limits)
        return Observed(reached or bool(touched), how, touched, "")
    said = _LINE.findall(result.stdout)
    if not said:
        broken = (
            "" if result.kind not in (ExitKind.OK, ExitKind.ERROR) else f"it said nothing: {result.stderr}"
        )
        return Observed(bool(touched), f"ended as {result.kind} {result.exit_code}", touched, broken[-500:])
    told = json.loads(said[-1])
    reached = None if told["reached"] == "n/a" else bool(told["reached"])
    # What the program takes for reached and the host can see but does not is not reached.
    if entry.canary and reached and not touched:
        reached = False
    return Observed(True if touched else reached, told["how"], touched, "")


def to_json(outcome: Outcome) -> str:
    observed = {name: list(each) for name, each in outcome.observed.items()}
    rest = (outcome.processes_left, outcome.files_left, outcome.tree_changed)
    return json.dumps([outcome.layers, observed, *rest])


def from_json(text: str) -> Outcome:
    layers, observed, *rest = json.loads(text)
    return Outcome(tuple(layers), {name: Observed(*each) for name, each in observed.items()}, *rest)
