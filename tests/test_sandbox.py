"""The conformance kit on the backend in namespaces, and the kit and the probe themselves."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proofset.errors import SandboxUnavailableError, UsageError
from proofset.tools.sandbox import (
    ExitKind,
    Job,
    Joined,
    Limits,
    Result,
    Sandbox,
    check_sandbox,
    open_sandbox,
    probe_backends,
)
from proofset.tools.sandbox.advice import HostFacts, advise
from proofset.tools.sandbox.conformance import CHECKS
from proofset.tools.sandbox.zygote import ZygoteSandbox

needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


@pytest.fixture
async def sandbox() -> AsyncIterator[ZygoteSandbox]:
    backend = ZygoteSandbox(namespaces=True)
    yield backend
    await backend.close()


@needs_bwrap
@pytest.mark.parametrize("name", CHECKS)
async def test_zygote_ns_passes_the_kit(sandbox: ZygoteSandbox, name: str) -> None:
    outcome = (await check_sandbox(sandbox, only=[name]))[name]
    assert outcome.passed, outcome.detail


@needs_bwrap
async def test_a_program_sees_nothing_that_the_host_has_installed(sandbox: ZygoteSandbox) -> None:
    source = (
        "import os, sys\n"
        "for place, _, names in os.walk('/'):\n"
        "    if os.path.basename(place) in ('site-packages', 'dist-packages') and names: print(place)\n"
        "frame = sys._getframe()\n"
        "while frame: print(frame.f_code.co_filename); frame = frame.f_back"
    )
    result = await sandbox.run(Job(source, profile="math"))
    assert set(result.stdout.split()) == {"/tmp/main.py", "<program>", "<zygote>", "<string>"}


@needs_bwrap
async def test_running_out_of_small_objects_is_told_as_such(sandbox: ZygoteSandbox) -> None:
    """There must be memory left to print it, from the program's frames alone."""
    source = "kept = []\nwhile True: kept.append(str(len(kept)))"
    result = await sandbox.run(Job(source, limits=Limits(memory_bytes=128 * 1024 * 1024)))
    assert result.kind is ExitKind.MEMORY_LIMIT
    assert "<program>" not in result.stderr


class NoSandbox:
    """What the kit is there to find: a program started as any other, with all there is within reach."""

    name = "none"
    layers: tuple[str, ...] = ()
    joins = False
    scratch = True

    async def run(self, job: Job) -> Result:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            job.source,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await process.communicate(job.stdin.encode())
        kind = ExitKind.ERROR if process.returncode else ExitKind.OK
        return Result(kind, process.returncode, out.decode(), err.decode(), 0.0, 0.0, self.name, self.layers)

    async def run_joined(self, first: Job, second: Job) -> Joined:
        raise NotImplementedError

    async def close(self) -> None: ...


REACHES = ("no_host_files", "no_network", "no_host_environment", "no_host_name", "hash_seed", "profile_plain")


@pytest.mark.parametrize("name", REACHES)
async def test_the_kit_finds_what_a_plain_process_reaches(name: str) -> None:
    outcome = (await check_sandbox(NoSandbox(), only=[name]))[name]
    assert not outcome.passed
    assert outcome.detail


async def test_the_kit_passes_what_a_plain_process_does_right() -> None:
    outcomes = await check_sandbox(NoSandbox(), only=["prints", "stdin", "exceptions"])
    assert [o.passed for o in outcomes.values()] == [True, True, True]


async def test_the_kit_reports_a_backend_that_raises() -> None:
    class Raising(NoSandbox):
        async def run(self, job: Job) -> Result:
            raise ConnectionError("no such host")

    outcome = (await check_sandbox(Raising(), only=["prints"]))["prints"]
    assert not outcome.passed
    assert outcome.detail == "raised ConnectionError: no such host"


async def test_the_kit_refuses_an_unknown_check() -> None:
    with pytest.raises(UsageError, match="'telepathy'"):
        await check_sandbox(NoSandbox(), only=["prints", "telepathy"])


@needs_bwrap
def test_the_probe_runs_jobs() -> None:
    (probe,) = probe_backends("zygote-ns")
    assert probe.usable, probe.detail
    assert probe.backend == "zygote-ns"
    assert {"namespaces", "seccomp", "rlimits", "no-capabilities", "no-new-privileges"} <= set(probe.layers)
    assert ("throw-away-uid" in probe.layers) == (os.geteuid() == 0)


@needs_bwrap
async def test_open_works_inside_a_running_loop() -> None:
    backend = open_sandbox("zygote-ns", concurrency=1)
    try:
        assert isinstance(backend, Sandbox)
        result = await backend.run(Job("print(1)"))
        assert result.stdout == "1\n"
        assert result.reason == "asked for by name"
        joined = await backend.run_joined(Job("print(2)"), Job("print(3)"))
        assert [r.reason for r in joined] == ["asked for by name"] * 2
    finally:
        await backend.close()


def test_open_refuses_an_unknown_backend() -> None:
    with pytest.raises(UsageError, match="no sandbox backend is called 'chroot': choose from zygote-ns"):
        open_sandbox("chroot")


def test_without_bwrap_the_first_choice_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxUnavailableError, match="apt-get install bubblewrap"):
        open_sandbox("zygote-ns")


@needs_bwrap
def test_a_bwrap_that_is_refused_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complaint = "bwrap: Creating new namespace failed: Operation not permitted"
    fake = tmp_path / "bwrap"
    fake.write_text(f"#!/bin/sh\necho '{complaint}' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (probe,) = probe_backends("zygote-ns")
    assert not probe.usable
    assert complaint in probe.detail
    with pytest.raises(SandboxUnavailableError, match="Operation not permitted"):
        open_sandbox("zygote-ns")


REFUSED = "bwrap: setting up uid map: Permission denied"


@pytest.mark.parametrize(
    ("stderr", "host", "mend"),
    [
        (REFUSED, HostFacts(None, None, None, container=True), "--security-opt seccomp=unconfined"),
        (REFUSED, HostFacts(0, None, None, container=False), "kernel.unprivileged_userns_clone=1"),
        (REFUSED, HostFacts(1, None, 0, container=False), "user.max_user_namespaces="),
        (REFUSED, HostFacts(1, 1, 100, container=False), "kernel.apparmor_restrict_unprivileged_userns=0"),
        (REFUSED, HostFacts(None, 0, 100, container=False), "security module"),
        ("bwrap: Unknown option --size", HostFacts(0, 1, 0, container=True), "install 0.8 or newer"),
        ("bwrap: No such file", HostFacts(0, 1, 0, container=True), "the first job did not run"),
    ],
)
def test_advice_names_the_mend(stderr: str, host: HostFacts, mend: str) -> None:
    advice = advise(stderr, host)
    assert mend in advice
    assert stderr in advice
    assert "\n" not in advice


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "/etc/x", "../x", ".hidden", "a\n", "a\0", "main.py", "x" * 101]
)
def test_job_files_have_plain_names(name: str) -> None:
    with pytest.raises(UsageError, match="job file name"):
        Job("", files={name: ""})


def test_jobs_and_limits_are_checked() -> None:
    with pytest.raises(UsageError, match="hash_seed is -1"):
        Job("", hash_seed=-1)
    with pytest.raises(UsageError, match="hash_seed is 4294967296"):
        Job("", hash_seed=2**32)
    with pytest.raises(UsageError, match="limit wall_s is 0"):
        Limits(wall_s=0)
    assert Job("", files={"solution_1.py": "x", "-a.txt": ""}, hash_seed=2**32 - 1)
