"""Which backend works on this machine, and what to do where none does. There is no unsafe fallback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from ...errors import SandboxUnavailableError, UsageError
from .conformance import check_sandbox
from .interface import Probe, Sandbox
from .job import ExitKind, Job
from .zygote import ZygoteSandbox

_BACKENDS: dict[str, Callable[[int | None], Sandbox]] = {
    "zygote-ns": lambda concurrency: ZygoteSandbox(namespaces=True, concurrency=concurrency),
    "zygote-landlock": lambda concurrency: ZygoteSandbox(namespaces=False, concurrency=concurrency),
}
"""In order of preference."""

_SELF_CHECKS = frozenset({"prints", "threads", "no_network", "no_host_files", "not_root", "no_capabilities"})
_REFUSED = re.compile(
    r"namespace|uid map|gid map|operation not permitted|permission denied|loopback|RTM_", re.IGNORECASE
)


class HostFacts(NamedTuple):
    """What decides why namespaces are refused; settings are None where the kernel has no such switch."""

    userns_clone: int | None
    apparmor_userns: int | None
    max_user_namespaces: int | None
    container: bool


def probe_backends() -> tuple[Probe, ...]:
    """Try every backend by running jobs in it, among them some that reach for the network and host files.

    Blocks for a fraction of a second: from async code, call it through `asyncio.to_thread`.
    """
    return tuple(_probe(name) for name in _BACKENDS)


def open_sandbox(name: str | None = None, *, concurrency: int | None = None) -> Sandbox:
    """The backend called `name`, or the first that works, after it has been probed.

    Blocks like `probe_backends`.

    Raises:
        UsageError: no backend has that name.
        SandboxUnavailableError: it cannot isolate a program here; the message says what to do.
    """
    if name is not None and name not in _BACKENDS:
        raise UsageError(f"no sandbox backend is called {name!r}: choose from {', '.join(_BACKENDS)}")
    probes = [_probe(each) for each in _BACKENDS if name in (None, each)]
    for probe in probes:
        if probe.usable:
            return _BACKENDS[probe.backend](concurrency)
    raise SandboxUnavailableError("; ".join(f"sandbox {p.backend}: {p.detail}" for p in probes))


def advise(stderr: str, host: HostFacts) -> str:
    """What to do about bubblewrap's complaint, in one line."""
    complaint = " ".join(stderr.split())[:300]
    if "Unknown option" in stderr:
        return f"bubblewrap is too old: install 0.8 or newer ({complaint})"
    if not _REFUSED.search(stderr):
        return f"the first job did not run: {complaint}"
    if host.container:
        mend = (
            "this container may not create namespaces: start it with --security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined --cap-add SYS_ADMIN, or run proofset outside of it"
        )
    elif host.userns_clone == 0:
        mend = "user namespaces are switched off: sudo sysctl kernel.unprivileged_userns_clone=1"
    elif host.max_user_namespaces == 0:
        mend = "user namespaces are switched off: sudo sysctl user.max_user_namespaces=10000"
    elif host.apparmor_userns == 1:
        mend = (
            "AppArmor refuses user namespaces: give bwrap a profile with `userns,` in /etc/apparmor.d/bwrap, "
            "or sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        )
    else:
        mend = "the kernel or a security module refuses namespaces: allow user namespaces for bwrap"
    return f"{mend} ({complaint})"


def _probe(name: str) -> Probe:
    try:
        sandbox = _BACKENDS[name](2)
    except SandboxUnavailableError as error:
        return Probe(name, usable=False, detail=str(error))
    host = _host_facts()
    # A thread of its own, since the caller may stand in a running event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_try(sandbox, host))).result()


async def _try(sandbox: Sandbox, host: HostFacts) -> Probe:
    name = sandbox.name
    try:
        try:
            first = await sandbox.run(Job("print('ready')"))
        except SandboxUnavailableError as error:
            return Probe(name, usable=False, detail=advise(str(error), host))
        if first.kind is ExitKind.FAILED:
            return Probe(name, usable=False, detail=advise(first.stderr, host))
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
        layers=sandbox.layers,
    )


def _host_facts() -> HostFacts:
    def setting(path: str) -> int | None:
        try:
            return int(Path("/proc/sys", path).read_text())
        except (OSError, ValueError):
            return None

    return HostFacts(
        userns_clone=setting("kernel/unprivileged_userns_clone"),
        apparmor_userns=setting("kernel/apparmor_restrict_unprivileged_userns"),
        max_user_namespaces=setting("user/max_user_namespaces"),
        container=any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")),
    )
