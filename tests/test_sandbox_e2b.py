"""The E2B backend against a stand-in for the service: the kit where a local one can hold it, and faults."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_e2b import KEY, CreateFault, ExecuteFault, FakeE2B, fake_e2b

from proofset.errors import SandboxUnavailableError
from proofset.tools.sandbox import ExitKind, Job, Limits, Result, Sandbox, check_sandbox
from proofset.tools.sandbox.conformance import CHECKS
from proofset.tools.sandbox.e2b import E2BSandbox

pytest.importorskip("e2b_code_interpreter", reason="the extra e2b is not installed")

# The stand-in's interpreter has no packages of its own that a user without rights could read.
NOT_HERE = {"profile_math"}
QUICK = Limits(wall_s=5)


def reachable_python() -> str | None:
    """An interpreter that a user without rights may use, and that a fresh /tmp does not hide."""
    for found in (
        getattr(sys, "_base_executable", ""),
        sys.executable,
        shutil.which("python3", path="/usr/bin"),
    ):
        if not found:
            continue
        asked = "import os, sys; print(os.__file__ if sys.version_info >= (3, 11) else '')"
        library = subprocess.run(
            [found, "-c", asked], capture_output=True, text=True, check=False
        ).stdout.strip()
        if not library or library.startswith("/tmp/"):
            continue
        above = list(Path(library).resolve().parents)
        if os.geteuid() or all(place.stat().st_mode & stat.S_IXOTH for place in above):
            return found
    return None


@pytest.fixture
async def fake() -> AsyncIterator[FakeE2B]:
    python = reachable_python()
    if python is None:
        pytest.skip("no interpreter that a user without rights could use")
    async with fake_e2b(python) as served:
        yield served


@pytest.fixture
async def sandbox(fake: FakeE2B, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[E2BSandbox]:
    monkeypatch.setenv("E2B_API_KEY", KEY)
    backend = E2BSandbox(url=fake.url, concurrency=2)
    result = await backend.run(Job("print('ready')", limits=QUICK))
    if "refuses namespaces" in result.stderr:
        await backend.close()
        pytest.skip(f"the stand-in's machines are this one: {result.stderr}")
    assert result.ok, result.stderr
    yield backend
    await backend.close()
    assert fake.alive == []


async def run(sandbox: Sandbox, source: str = "print('done')") -> Result:
    return await sandbox.run(Job(source, limits=QUICK))


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in NOT_HERE])
async def test_e2b_passes_the_kit(sandbox: E2BSandbox, name: str) -> None:
    outcome = (await check_sandbox(sandbox, only=[name]))[name]
    assert outcome.passed, outcome.detail


async def test_no_machine_sees_two_jobs_and_none_is_left(sandbox: E2BSandbox, fake: FakeE2B) -> None:
    results = await asyncio.gather(*(run(sandbox, f"print({i})") for i in range(8)))
    assert [result.stdout for result in results] == [f"{i}\n" for i in range(8)]
    assert max(len(machine.ran) for machine in fake.machines.values()) == 1
    await sandbox.close()
    assert fake.alive == []


async def test_machines_have_no_way_out_and_end_by_themselves(sandbox: E2BSandbox, fake: FakeE2B) -> None:
    await sandbox.run(Job("print(1)", limits=Limits(wall_s=900)))
    assert all(asked["allow_internet_access"] is False for asked in fake.created)
    assert max(asked["timeout"] for asked in fake.created) > 900
    assert min(asked["timeout"] for asked in fake.created) <= 300


async def test_a_machine_too_old_for_a_job_is_not_used(sandbox: E2BSandbox, fake: FakeE2B) -> None:
    """The one that was made ready for a short job does not last for a long one."""
    await run(sandbox)
    result = await sandbox.run(Job("print('long')", limits=Limits(wall_s=280)))
    assert result.stdout == "long\n"
    lifetimes = [
        asked["timeout"]
        for asked, machine in zip(fake.created, fake.machines.values(), strict=True)
        if machine.ran
    ]
    assert lifetimes[-1] > 280 + 60
    assert len(fake.created) > len(lifetimes)


async def test_a_job_s_text_is_data_in_what_the_kernel_runs(sandbox: E2BSandbox, fake: FakeE2B) -> None:
    hostile = "'''\n\"\"\"); print('escaped') #\\"
    await sandbox.run(Job(hostile, stdin=hostile, files={"a.txt": hostile}, limits=QUICK))
    (ran,) = [code for machine in fake.machines.values() for code in machine.ran if len(code) > 0][-1:]
    assert "escaped" not in ran


@pytest.mark.parametrize("fault", ["500", "502", "drop", "half", "early", "flood", "error"])
async def test_a_fault_under_a_job_is_tried_again_in_another_machine(
    sandbox: E2BSandbox, fake: FakeE2B, fault: ExecuteFault
) -> None:
    fake.execute_faults.append(fault)
    before = sum(len(machine.ran) for machine in fake.machines.values())
    result = await run(sandbox)
    assert (result.kind, result.stdout) == (ExitKind.OK, "done\n")
    assert sum(len(machine.ran) for machine in fake.machines.values()) == before + 2
    assert max(len(machine.ran) for machine in fake.machines.values()) == 1


@pytest.mark.parametrize("fault", ["500", "502", "drop", "half", "early", "flood", "error"])
async def test_a_fault_that_stays_is_inconclusive(
    sandbox: E2BSandbox, fake: FakeE2B, fault: ExecuteFault
) -> None:
    fake.execute_faults.extend([fault, fault])
    result = await run(sandbox)
    assert result.kind is ExitKind.FAILED
    assert not result.conclusive
    assert result.stderr and "\n" not in result.stderr
    assert (await run(sandbox)).ok


async def test_a_machine_killed_under_the_job_is_inconclusive(sandbox: E2BSandbox, fake: FakeE2B) -> None:
    fake.execute_faults.append("500")
    fake.executing.clear()
    task = asyncio.create_task(run(sandbox, "import time; time.sleep(60)"))
    await fake.executing.wait()
    for machine in fake.machines.values():
        machine.kill()
    result = await task
    assert result.kind is ExitKind.FAILED
    assert "lost under the job" in result.stderr


async def test_no_answer_in_time_is_inconclusive(fake: FakeE2B, sandbox: E2BSandbox) -> None:
    sandbox = E2BSandbox(url=fake.url, concurrency=1, start_s=0.2)
    fake.execute_faults.extend(["hang", "hang"])
    try:
        result = await sandbox.run(Job("print(1)", limits=Limits(wall_s=0.2)))
    finally:
        await sandbox.close()
    assert result.kind is ExitKind.FAILED
    assert "lost under the job" in result.stderr


@pytest.mark.parametrize(
    ("fault", "says"), [("429", "run fewer jobs at once"), ("500", "try again later")], ids=["429", "500"]
)
async def test_no_machine_for_now_is_inconclusive(
    sandbox: E2BSandbox, fake: FakeE2B, fault: CreateFault, says: str
) -> None:
    # More than the client tries of itself, and the second try of the job.
    fake.create_faults.extend([fault] * 40)
    results = [await run(sandbox) for _ in range(3)]
    assert results[-1].kind is ExitKind.FAILED
    assert says in results[-1].stderr
    fake.create_faults.clear()
    assert (await run(sandbox)).ok


async def test_a_refused_key_is_an_error_that_does_not_show_it(
    fake: FakeE2B, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("E2B_API_KEY", "e2b_wr0ng")
    backend = E2BSandbox(url=fake.url)
    with pytest.raises(
        SandboxUnavailableError, match="E2B does not accept the key in E2B_API_KEY"
    ) as refused:
        await run(backend)
    await backend.close()
    assert "e2b_wr0ng" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_an_unknown_template_is_an_error(fake: FakeE2B, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("E2B_API_KEY", KEY)
    backend = E2BSandbox(url=fake.url, template="nobody/nothing")
    fake.create_faults.append("404")
    with pytest.raises(SandboxUnavailableError, match="template nobody/nothing"):
        await run(backend)
    await backend.close()


@pytest.mark.parametrize("key", [None, "", " "])
def test_without_a_key_it_says_which(key: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("E2B_API_KEY", raising=False)
    if key is not None:
        monkeypatch.setenv("E2B_API_KEY", key)
    with pytest.raises(SandboxUnavailableError, match=r"^set E2B_API_KEY to a key from \S+$"):
        E2BSandbox()


async def test_the_key_goes_to_the_service_and_nowhere_else(
    sandbox: E2BSandbox, fake: FakeE2B, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    seen = await run(sandbox, "import os, json; print(json.dumps(dict(os.environ)))")
    assert set(json.loads(seen.stdout)) <= {
        "HOME",
        "LANG",
        "LC_CTYPE",
        "MALLOC_ARENA_MAX",
        "OPENBLAS_NUM_THREADS",
        "PYTHONHASHSEED",
    }
    fake.execute_faults.extend(["500", "500"])
    failed = await run(sandbox)
    for text in (
        repr(seen),
        repr(failed),
        caplog.text,
        *(code for m in fake.machines.values() for code in m.ran),
    ):
        assert KEY not in text
    assert all(KEY not in str(asked) for asked in fake.created)


async def test_cancelling_throws_the_machine_away(sandbox: E2BSandbox, fake: FakeE2B) -> None:
    fake.executing.clear()
    task = asyncio.create_task(run(sandbox, "import time; time.sleep(60)"))
    await fake.executing.wait()
    used = {name for name, machine in fake.machines.items() if machine.alive and machine.processes}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await run(sandbox)).ok
    await sandbox.close()
    assert used and not used & set(fake.alive)


async def test_closing_ends_what_runs(sandbox: E2BSandbox, fake: FakeE2B) -> None:
    fake.executing.clear()
    task = asyncio.create_task(run(sandbox, "import time; time.sleep(60)"))
    await fake.executing.wait()
    await sandbox.close()
    assert (await task).stderr == "the sandbox is closed"
    assert (await run(sandbox)).kind is ExitKind.FAILED
    assert fake.alive == []


async def test_what_a_profile_needs_must_be_in_the_template(sandbox: E2BSandbox) -> None:
    with pytest.raises(SandboxUnavailableError, match=r"profile 'math' needs sympy.*PROOFSET_E2B_TEMPLATE"):
        await sandbox.run(Job("print(1)", profile="math"))


async def test_two_jobs_cannot_be_joined(sandbox: E2BSandbox) -> None:
    assert not sandbox.joins
    for result in await sandbox.run_joined(Job(""), Job("")):
        assert result.kind is ExitKind.FAILED
