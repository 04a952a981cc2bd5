"""Which backend works on this machine, and what to do where none does. There is no unsafe fallback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ... import plugins
from ...errors import SandboxUnavailableError, UsageError
from .advice import advise, host_facts
from .conformance import check_sandbox
from .interface import Joined, Probe, Sandbox
from .job import ExitKind, Job, Result

_SELF_CHECKS = frozenset({"prints", "threads", "no_network", "no_host_files", "not_root", "no_capabilities"})


def _zygote_ns(concurrency: int | None) -> Sandbox:
    from .zygote import ZygoteSandbox

    return ZygoteSandbox(namespaces=True, concurrency=concurrency)


def _zygote_landlock(concurrency: int | None) -> Sandbox:
    from .zygote import ZygoteSandbox

    return ZygoteSandbox(namespaces=False, concurrency=concurrency)


def _docker(concurrency: int | None) -> Sandbox:
    from .docker import DockerSandbox

    return DockerSandbox(concurrency=concurrency)


def _e2b(concurrency: int | None) -> Sandbox:
    from .e2b import E2BSandbox

    return E2BSandbox(concurrency=concurrency)


_BACKENDS: dict[str, Callable[[int | None], Sandbox]] = {
    "zygote-ns": _zygote_ns,
    "zygote-landlock": _zygote_landlock,
    "docker": _docker,
    "e2b": _e2b,
}
"""In order of preference."""
BACKENDS = tuple(_BACKENDS)
_COST_MONEY = frozenset({"e2b"})


def probe_backends(*names: str) -> tuple[Probe, ...]:
    """Try backends by running jobs in them, among them some that reach for the network and host files.

    Without names: all of ours, but that one whose machines cost money is only looked at. Blocks for
    seconds: from async code, call it through `asyncio.to_thread`.

    Raises:
        UsageError: no backend has one of the names.
    """
    for name in names:
        _known(name)
    return tuple(_probe(name, try_it=name in names or name not in _COST_MONEY) for name in names or _BACKENDS)


def open_sandbox(name: str | None = None, *, concurrency: int | None = None) -> Sandbox:
    """The backend called `name`, or the first that works, after it has been probed.

    Each of its Results says why it was this one. Blocks for a fraction of a second where the first one
    works. A plug-in's backend is taken where it is named, and never otherwise.

    Raises:
        UsageError: no backend has that name.
        SandboxUnavailableError: it cannot isolate a program here; the message says what to do.
    """
    failed: list[str] = []
    for each in _BACKENDS if name is None else [_known(name)]:
        probe = _probe(each)
        if probe.usable:
            asked = "asked for by name" if name else "the strongest that works here"
            return _Chosen(_factory(each)(concurrency), "; ".join([asked, *failed]))
        failed.append(f"{each}: {probe.detail}")
    raise SandboxUnavailableError("; ".join(f"sandbox {reason}" for reason in failed))


class _Chosen:
    """A backend whose Results say why it was chosen."""

    def __init__(self, sandbox: Sandbox, reason: str) -> None:
        self._sandbox = sandbox
        self._reason = reason
        self.name = sandbox.name
        self.joins = sandbox.joins
        self.scratch = sandbox.scratch

    @property
    def layers(self) -> tuple[str, ...]:
        return self._sandbox.layers

    async def run(self, job: Job) -> Result:
        return replace(await self._sandbox.run(job), reason=self._reason)

    async def run_joined(self, first: Job, second: Job) -> Joined:
        joined = await self._sandbox.run_joined(first, second)
        return Joined(*(replace(result, reason=self._reason) for result in joined))

    async def close(self) -> None:
        await self._sandbox.close()


def _known(name: str) -> str:
    _factory(name)
    return name


def _factory(name: str) -> Callable[[int | None], Sandbox]:
    if name in _BACKENDS:
        return _BACKENDS[name]
    what = f"sandbox {name}"
    plugin = plugins.find(plugins.Kind.SANDBOX, name, what)
    if plugin is None:
        known = plugins.names(plugins.Kind.SANDBOX, _BACKENDS)
        raise UsageError(f"no sandbox backend is called {name!r}: choose from {', '.join(known)}")
    make = plugin.load(what)

    def opened(concurrency: int | None) -> Sandbox:
        try:
            made: Sandbox = plugin.make(what, lambda: make(concurrency=concurrency), Sandbox)
        except UsageError as error:
            raise SandboxUnavailableError(str(error)) from error
        return made

    return opened


def _probe(name: str, *, try_it: bool = True) -> Probe:
    try:
        sandbox = _factory(name)(2)
    except SandboxUnavailableError as error:
        return Probe(name, usable=False, detail=str(error))
    # A thread of its own, since the caller may stand in a running event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_try(sandbox) if try_it else _leave(sandbox))).result()


async def _leave(sandbox: Sandbox) -> Probe:
    await sandbox.close()
    detail = f"not tried, since its machines cost money; proofset doctor --sandbox {sandbox.name} tries it"
    return Probe(sandbox.name, usable=False, detail=detail)


async def _try(sandbox: Sandbox) -> Probe:
    name = sandbox.name
    try:
        try:
            first = await sandbox.run(Job("print('ready')"))
        except SandboxUnavailableError as error:
            return Probe(name, usable=False, detail=_advice(name, str(error)))
        except Exception as error:
            # A third party's backend may raise anything.
            said = f"{type(error).__name__}: {error}"
            return Probe(name, usable=False, detail=_advice(name, said))
        if first.kind is ExitKind.FAILED:
            return Probe(name, usable=False, detail=_advice(name, first.stderr))
        outcomes = await check_sandbox(sandbox, only=_SELF_CHECKS)
    finally:
        await sandbox.close()
    broken = [f"{o.name}: {o.detail}" for o in outcomes.values() if not o.passed]
    if broken:
        return Probe(name, usable=False, detail=f"jobs run, but not as they must ({'; '.join(broken)})")
    return Probe(
        name,
        usable=True,
        detail="jobs run, out of reach of the network and host files",
        # As a job found them: a kernel may lack what the backend would use.
        layers=first.layers,
    )


def _advice(name: str, complaint: str) -> str:
    if name == "zygote-ns":
        return advise(complaint, host_facts())
    return f"the first job did not run: {' '.join(complaint.split())[-300:]}"
