"""The docker backend: against a stand-in for the command line, and where there is an engine, the kit."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import docker_image
import pytest

from proofset.errors import SandboxUnavailableError
from proofset.tools.sandbox import ExitKind, Job, Limits, Sandbox, check_sandbox
from proofset.tools.sandbox.conformance import CHECKS
from proofset.tools.sandbox.docker import DockerSandbox
from proofset.tools.sandbox.engine import Engine, Owner, current_owner

FAKE = Path(__file__).with_name("fake_docker.py")
QUICK = Limits(wall_s=5)
OWNER = current_owner()
DEAD = OWNER._replace(pid=2**22 + 1)
needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


@dataclass(frozen=True)
class FakeEngine:
    state: Path

    def does(self, mode: str) -> None:
        (self.state / "mode").write_text(mode)

    def calls(self, verb: str) -> list[list[str]]:
        every = [json.loads(line) for line in (self.state / "calls").read_text().splitlines()]
        return [call for call in every if call[0] == verb]

    @property
    def containers(self) -> list[str]:
        return sorted(path.name for path in (self.state / "containers").iterdir())

    def leave(self, owner: Owner, session: str = "aa") -> str:
        """A container that is there already."""
        name = f"proofset-{owner.label}-{session}-00"
        (self.state / "containers" / name).write_text("0")
        return name


def install(directory: Path, name: str) -> None:
    script = directory / name
    script.write_text(f"#!{sys.executable}\n{FAKE.read_text()}")
    script.chmod(0o755)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    state = tmp_path / "state"
    (state / "containers").mkdir(parents=True)
    (state / "calls").touch()
    binaries = tmp_path / "bin"
    binaries.mkdir()
    install(binaries, "docker")
    monkeypatch.setenv("PATH", str(binaries))
    monkeypatch.setenv("FAKE_DOCKER", str(state))
    fake = FakeEngine(state)
    fake.does("run")
    return fake


@pytest.fixture
async def sandbox(engine: FakeEngine) -> AsyncIterator[DockerSandbox]:
    backend = DockerSandbox(concurrency=2)
    yield backend
    await backend.close()
    assert engine.containers == []


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait for it; the test's own limit on time ends a wait in vain."""
    while not await asyncio.to_thread(holds):  # noqa: ASYNC110  it happens in another process
        await asyncio.sleep(0.02)


def argument_list(job: Job, place: int = 0) -> list[str]:
    engine = Engine("docker", "an-image", Owner("ab", 7, "99"))
    return engine.run_command(job, engine.new_name(), place)


def test_nothing_of_the_host_and_no_right_goes_into_a_container() -> None:
    limits = Limits(memory_bytes=2**28, file_bytes=2**20, processes=9)
    arguments = argument_list(Job("", hash_seed=5, limits=limits))
    pairs = set(itertools.pairwise(arguments))
    assert {
        ("--network", "none"),
        ("--cap-drop", "ALL"),
        ("--security-opt", "no-new-privileges"),
        ("--pull", "never"),
        ("--memory", str(2**28 + 2**20 + 2**26)),
        ("--memory-swap", str(2**28 + 2**20 + 2**26)),
        ("--pids-limit", str(9 + 32)),
        ("--tmpfs", f"/tmp:rw,nosuid,nodev,noexec,size={2**20},mode=0777"),
        ("--env", "PYTHONHASHSEED=5"),
        ("--env", "https_proxy="),
        ("--label", "proofset.owner=ab.7.99"),
    } <= pairs
    assert {"--rm", "--read-only", "--interactive", "--init=false"} <= set(arguments)
    given = {each.partition("=")[0] for each in arguments[: arguments.index("an-image")]}
    assert not given & {
        "--volume",
        "-v",
        "--mount",
        "--privileged",
        "--cap-add",
        "--device",
        "--pid",
        "--tty",
    }


def test_no_two_jobs_at_once_have_one_name_or_one_user() -> None:
    lists = [argument_list(Job(""), place) for place in range(64)]
    for option in ("--name", "--user"):
        assert len({each[each.index(option) + 1] for each in lists}) == 64
    users = {int(each[each.index("--user") + 1].partition(":")[0]) for each in lists}
    assert min(users) >= 30_000 and max(users) < 60_000


def test_a_job_s_text_is_in_no_argument() -> None:
    job = Job("SOURCE", stdin="STDIN", files={"FILE.txt": "CONTENT"})
    said = "\n".join(argument_list(job))
    assert not any(text in said for text in ("SOURCE", "STDIN", "FILE.txt", "CONTENT"))


def test_without_a_command_line_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        SandboxUnavailableError, match="neither docker nor podman is on the PATH: install one"
    ):
        DockerSandbox()


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (
            "down",
            r"^docker is installed but no engine answers: start it .*Cannot connect to the Docker daemon",
        ),
        (
            "denied",
            r"^docker is installed but no engine answers: this user may not use it: add it to the group",
        ),
        ("empty", r"^docker has no image python:3\.12-slim: docker pull python:3\.12-slim"),
    ],
)
def test_without_an_engine_or_an_image_it_says_what_to_do(engine: FakeEngine, mode: str, says: str) -> None:
    engine.does(mode)
    with pytest.raises(SandboxUnavailableError, match=says) as refused:
        DockerSandbox()
    assert "\n" not in str(refused.value)


def test_podman_serves_where_docker_does_not(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first that answers is used."""
    docker = tmp_path / "bin" / "docker"
    docker.write_text("#!/bin/sh\nexit 1\n")
    install(tmp_path / "bin", "podman")
    monkeypatch.setenv("PROOFSET_DOCKER_IMAGE", "localhost/mine")
    DockerSandbox()
    assert engine.calls("image")[0][-1] == "localhost/mine"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            125,
            "the engine could not run a container (exit code 125): docker: Error response from daemon: no.",
        ),
        (126, "or its image has no python3"),
        (127, "or its image has no python3"),
        (137, "killed from outside"),
        (1, "exit code 1"),
    ],
)
async def test_an_engine_that_fails_is_inconclusive(
    engine: FakeEngine, sandbox: DockerSandbox, code: int, says: str
) -> None:
    engine.does(f"exit {code}")
    result = await sandbox.run(Job("print(1)"))
    assert result.kind is ExitKind.FAILED
    assert says in result.stderr
    assert len(engine.calls("run")) == 2


@pytest.mark.parametrize(
    "line", ["", "42\n", "{}\n", '{"by": "itself", "status": 0, "begun": true}\n', '["ok"]\n', "null\n"]
)
async def test_a_report_that_is_none_is_inconclusive(
    engine: FakeEngine, sandbox: DockerSandbox, line: str
) -> None:
    engine.does(f"print {line}")
    result = await sandbox.run(Job("print(1)"))
    assert result.kind is ExitKind.FAILED
    assert "cannot be read" in result.stderr


async def test_a_container_that_floods_is_removed(engine: FakeEngine, sandbox: DockerSandbox) -> None:
    engine.does("flood")
    result = await sandbox.run(Job("print(1)"))
    assert result.kind is ExitKind.FAILED
    assert "more than a report" in result.stderr
    assert engine.containers == []
    assert {call[-1] for call in engine.calls("rm")} == {
        call[call.index("--name") + 1] for call in engine.calls("run")
    }


async def test_cancelling_removes_the_container(engine: FakeEngine, sandbox: DockerSandbox) -> None:
    engine.does("hang")
    task = asyncio.create_task(sandbox.run(Job("print(1)", limits=Limits(wall_s=600))))
    await eventually(lambda: bool(engine.containers))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.containers == []


async def test_closing_ends_what_runs(engine: FakeEngine, sandbox: DockerSandbox) -> None:
    engine.does("hang")
    task = asyncio.create_task(sandbox.run(Job("print(1)", limits=Limits(wall_s=600))))
    await eventually(lambda: bool(engine.containers))
    await sandbox.close()
    result = await task
    assert (result.kind, result.stderr) == (ExitKind.FAILED, "the sandbox is closed")
    assert (await sandbox.run(Job("print(1)"))).kind is ExitKind.FAILED


async def test_only_containers_of_dead_processes_are_removed_at_the_start(
    engine: FakeEngine, sandbox: DockerSandbox
) -> None:
    """Of dead ones of this machine: others may use the same engine, and their numbers mean nothing here."""
    reused = OWNER._replace(started="1")
    orphans = [engine.leave(DEAD), engine.leave(reused)]
    kept = [engine.leave(OWNER, "bb"), engine.leave(DEAD._replace(place="0"))]
    (engine.state / "containers" / "somebody-elses").write_text("0")
    kept.append("somebody-elses")
    engine.does("exit 1")
    await sandbox.run(Job("print(1)"))
    assert engine.containers == sorted(kept)
    assert engine.calls("rm")[0][3:] == sorted(orphans)
    for left in kept:
        (engine.state / "containers" / left).unlink()


async def test_closing_leaves_containers_of_other_sandboxes(engine: FakeEngine) -> None:
    backend = DockerSandbox()
    other = engine.leave(OWNER, "bb")
    await backend.close()
    assert engine.containers == [other]


@needs_bwrap
async def test_programs_run_and_end_as_they_do(engine: FakeEngine, sandbox: DockerSandbox) -> None:
    """Through the true supervisor: what it reports is told apart."""

    async def kind_of(source: str, limits: Limits = QUICK) -> ExitKind:
        result = await sandbox.run(Job(source, limits=limits))
        if "refuse" in result.stderr or "bwrap:" in result.stderr:
            pytest.skip(f"no pid namespace for the stand-in: {result.stderr}")
        return result.kind

    assert await kind_of("print(1)") is ExitKind.OK
    assert await kind_of("raise SystemExit(137)") is ExitKind.ERROR
    assert await kind_of("import os; os.kill(os.getpid(), 9)") is ExitKind.SIGNAL
    assert await kind_of("while True: print('y' * 100)") is ExitKind.OUTPUT_LIMIT
    assert await kind_of("import time; time.sleep(60)", Limits(wall_s=0.5)) is ExitKind.WALL_LIMIT
    assert await kind_of("while True: pass", Limits(cpu_s=1, wall_s=60)) is ExitKind.CPU_LIMIT
    assert await kind_of("bytearray(10**10)") is ExitKind.MEMORY_LIMIT
    assert len(engine.calls("run")) == 7


async def test_what_a_profile_needs_must_be_in_the_image(engine: FakeEngine, sandbox: DockerSandbox) -> None:
    engine.does('print {"missing": "mpmath"}')
    with pytest.raises(
        SandboxUnavailableError, match=r"RUN pip install mpmath.*PROOFSET_DOCKER_IMAGE"
    ) as refused:
        await sandbox.run(Job("import sympy", profile="math"))
    assert "profile 'math' needs mpmath, which the image python:3.12-slim has not" in str(refused.value)
    assert len(engine.calls("run")) == 1


@needs_bwrap
async def test_a_container_ends_with_the_process_that_started_it(engine: FakeEngine) -> None:
    await end_with_owner(lambda: engine.containers, "python:3.12-slim")


async def end_with_owner(containers: Callable[[], list[str]], image: str) -> None:
    """A process that runs a job is killed outright; the container is to go by itself."""
    source = (
        "import asyncio\n"
        "from proofset.tools.sandbox import Job, Limits\n"
        "from proofset.tools.sandbox.docker import DockerSandbox\n"
        "job = Job('import time; time.sleep(600)', limits=Limits(wall_s=600))\n"
        f"asyncio.run(DockerSandbox(image={image!r}).run(job))\n"
    )
    environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/local/bin:/usr/bin:/bin"}
    owner = await asyncio.create_subprocess_exec(sys.executable, "-c", source, env=environment)
    try:
        await eventually(lambda: bool(containers()) or owner.returncode is not None)
        assert owner.returncode is None
    finally:
        owner.kill()
        await owner.wait()
    await eventually(lambda: containers() == [])


@pytest.fixture(scope="module")
def image() -> str:
    """The name of an image on an engine that works: the one that is configured, else one made here."""
    refused: list[str] = []
    for command in filter(None, map(shutil.which, ("docker", "podman"))):
        told = subprocess.run(
            [command, "version", "--format", "{{.Server.Version}}"], capture_output=True, text=True
        )
        if told.returncode == 0:
            name = os.environ.get("PROOFSET_DOCKER_IMAGE")
            if not name:
                name = docker_image.NAME
                docker_image.import_image(command)
            trial = [
                command,
                "run",
                "--rm",
                "--network",
                "none",
                "--user",
                "30000:30000",
                name,
                "python3",
                "-S",
                "-V",
            ]
            told = subprocess.run(trial, capture_output=True, text=True)
            if told.returncode == 0:
                return name
        refused.append(f"{command}: {told.stderr.strip()}")
    pytest.skip("; ".join(refused) or "no container engine is installed")


@pytest.fixture
async def contained(image: str) -> AsyncIterator[Sandbox]:
    backend = await asyncio.to_thread(lambda: DockerSandbox(image=image))
    yield backend
    await backend.close()


@pytest.mark.docker
@pytest.mark.parametrize("name", CHECKS)
async def test_an_engine_passes_the_kit(contained: Sandbox, name: str) -> None:
    outcome = (await check_sandbox(contained, only=[name]))[name]
    assert outcome.passed, outcome.detail


@pytest.mark.docker
async def test_a_job_that_is_out_of_memory_as_a_whole_is_told_as_such(contained: Sandbox) -> None:
    """No process of it is over its own limit."""
    source = (
        "import os, time\n"
        "for _ in range(12):\n"
        "    if os.fork() == 0:\n"
        "        held = bytearray(b'x' * 60_000_000); time.sleep(60); os._exit(0)\n"
        "held = bytearray(b'y' * 200_000_000)\n"
        "while True: os.wait()"
    )
    result = await contained.run(Job(source, limits=Limits(memory_bytes=256 * 1024 * 1024)))
    assert result.kind is ExitKind.MEMORY_LIMIT, (result.kind, result.stderr)


@pytest.mark.docker
async def test_the_supervisor_is_out_of_the_program_s_reach(contained: Sandbox) -> None:
    source = (
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None)\n"
        "reached = [libc.ptrace(16, 1, 0, 0) == 0, libc.syscall(438, libc.syscall(434, 1, 0), 1, 0) >= 0]\n"
        "for path in ('/proc/1/fd/1', '/proc/1/mem'):\n"
        "    try: os.open(path, os.O_WRONLY); reached.append(path)\n"
        "    except OSError: pass\n"
        "for number in (2, 9, 11, 15, 19):\n"
        "    try: os.kill(1, number)\n"
        "    except OSError: pass\n"
        "print(reached)"
    )
    result = await contained.run(Job(source, limits=QUICK))
    assert (result.kind, result.stdout) == (ExitKind.OK, "[False, False]\n")


@pytest.mark.docker
async def test_no_container_is_left(image: str, contained: Sandbox) -> None:
    """Neither after a cancelled job, nor after the death of the process that started it."""
    command = next(filter(None, map(shutil.which, ("docker", "podman"))))

    def containers() -> list[str]:
        listing = [command, "ps", "--all", "--filter", "label=proofset.owner", "--format", "{{.Names}}"]
        return subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()

    sleeper = Job("import time; time.sleep(600)", limits=Limits(wall_s=600))
    task = asyncio.create_task(contained.run(sleeper))
    await eventually(lambda: bool(containers()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert containers() == []
    await end_with_owner(containers, image)
