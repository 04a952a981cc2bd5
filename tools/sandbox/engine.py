"""The container engine behind the docker backend, by its command line: docker's or podman's."""

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
import re
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ...errors import SandboxUnavailableError
from .job import MIB, Job
from .parcel import BOOT, environment

COMMANDS = ("docker", "podman")
OWNER_LABEL = "proofset.owner"
_NAME = re.compile(r"proofset-([0-9a-f]+)\.([0-9]+)\.([0-9]+)-[0-9a-f]+-[0-9a-f]+")
# Debian's range for uses that are not the system's; inside any user namespace an engine may have.
_FIRST_UID, _UIDS = 30_000, 29_000
_ANSWER_S = 20.0
# For the supervisor and for what the engine needs to start a process at all.
_OVERHEAD_BYTES = 64 * MIB
_OVERHEAD_PROCESSES = 32
# The engine's client hands these on into containers; they may hold a password.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY")


class Answer(NamedTuple):
    """What one call of the command line said."""

    code: int
    stdout: str
    stderr: str


class Owner(NamedTuple):
    """A process, told from a later one of the same number by when it started.

    Attributes:
        place: where the number means this process: others may use the same engine from other machines, or
            from containers.
    """

    place: str
    pid: int
    started: str

    @property
    def label(self) -> str:
        return f"{self.place}.{self.pid}.{self.started}"

    @property
    def dead(self) -> bool:
        """Whether it is known not to run any more."""
        return self.place == _place() and started(self.pid) != self.started


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine and the image that its containers are made of.

    Attributes:
        command: path of the command line.
        image: must hold `python3`, 3.10 or newer; never pulled here.
    """

    command: str
    image: str
    owner: Owner
    session: str = field(default_factory=lambda: secrets.token_hex(4))

    def new_name(self) -> str:
        """A name for a container that no other one has or had."""
        return f"{self._prefix}{secrets.token_hex(6)}"

    @property
    def _prefix(self) -> str:
        # The owner is in the name too, since docker and podman list labels in different ways.
        return f"proofset-{self.owner.label}-{self.session}-"

    def run_command(self, job: Job, name: str, place: int) -> list[str]:
        """The argument list that runs one job; its order goes to standard input."""
        limits = job.limits
        memory = limits.memory_bytes + limits.file_bytes + _OVERHEAD_BYTES
        # A user of its own, since the kernel counts processes by user, over all containers.
        uid = _FIRST_UID + (self.owner.pid * 64 + place) % _UIDS
        args = [self.command, "run", "--rm", "--interactive", "--pull", "never", "--name", name]
        args += ["--label", f"{OWNER_LABEL}={self.owner.label}"]
        args += ["--network", "none", "--hostname", "sandbox", "--log-driver", "none", "--init=false"]
        args += ["--read-only", "--workdir", "/", "--entrypoint", "python3"]
        args += ["--tmpfs", f"/tmp:rw,nosuid,nodev,noexec,size={limits.file_bytes},mode=0777"]
        args += ["--shm-size", str(MIB), "--user", f"{uid}:{uid}"]
        args += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        args += ["--memory", str(memory), "--memory-swap", str(memory)]
        args += [
            "--pids-limit",
            str(limits.processes + _OVERHEAD_PROCESSES),
        ]
        # Given, since podman's own are more than a user without rights may ask for.
        for what in ("core=0:0", "nofile=512:512", "nproc=4096:4096"):
            args += ["--ulimit", what]
        empty = dict.fromkeys([*_PROXIES, *map(str.lower, _PROXIES)], "")
        for key, value in {**empty, **environment(job)}.items():
            args += ["--env", f"{key}={value}"]
        return [*args, self.image, *BOOT]

    async def ask(self, *arguments: str) -> Answer:
        """One call of the command line, given up after 20 seconds."""
        try:
            process = await asyncio.create_subprocess_exec(
                self.command,
                *arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            return Answer(-1, "", str(error))
        try:
            async with asyncio.timeout(_ANSWER_S):
                out, err = await process.communicate()
        except TimeoutError:
            return Answer(-1, "", f"{Path(self.command).name} {arguments[0]} gave no answer")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Answer(process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace"))

    async def remove(self, names: Sequence[str]) -> None:
        """Kill and remove containers; those that are gone already do no harm."""
        if names:
            await self.ask("rm", "--force", "--volumes", *names)

    async def remove_orphans(self) -> None:
        """Remove the containers of processes that are dead."""
        named = [(name, _NAME.fullmatch(name)) for name in await self._list(f"label={OWNER_LABEL}")]
        await self.remove([name for name, of in named if of and Owner(of[1], int(of[2]), of[3]).dead])

    async def remove_own(self) -> None:
        """Remove what this engine object started and is still there."""
        names = await self._list(f"label={OWNER_LABEL}={self.owner.label}")
        await self.remove([name for name in names if name.startswith(self._prefix)])

    async def _list(self, which: str) -> list[str]:
        listed = await self.ask("ps", "--all", "--filter", which, "--format", "{{.Names}}")
        return listed.stdout.split()


def find_engine(image: str) -> Engine:
    """An engine that answers and has the image. Blocks for a fraction of a second.

    Raises:
        SandboxUnavailableError: none is installed, none answers, or the image is not there.
    """
    installed = [path for path in map(shutil.which, COMMANDS) if path]
    if not installed:
        raise SandboxUnavailableError(
            "neither docker nor podman is on the PATH: install one and start it (https://docs.docker.com/engine/install)"
        )
    complaints = []
    for command in installed:
        name = Path(command).name
        answer = _ask_blocking(command, "version", "--format", "{{.Server.Version}}")
        if answer.code != 0:
            complaints.append(_no_answer(name, answer))
            continue
        if _ask_blocking(command, "image", "inspect", "--format", "{{.Id}}", image).code != 0:
            complaints.append(f"{name} has no image {image}: {name} pull {image}, or name another one")
            continue
        return Engine(command, image, current_owner())
    raise SandboxUnavailableError("; ".join(complaints))


def current_owner() -> Owner:
    return Owner(_place(), os.getpid(), started(os.getpid()) or "0")


def started(pid: int) -> str | None:
    """When a process started, in the system's own words; None if there is none, "0" if nothing tells."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return None
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            return "0"
        return None
    # The command's name comes second and may hold spaces and brackets.
    return stat.rpartition(")")[2].split()[19]


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        where = boot + str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        where = platform.node()
    return hashlib.sha256(where.encode()).hexdigest()[:12]


def one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def _no_answer(name: str, answer: Answer) -> str:
    said = one_line(answer.stderr)
    if "permission denied" in said.lower():
        mend = f"this user may not use it: add it to the group {name}, or use a rootless engine"
    else:
        mend = f"start it (sudo systemctl start {name}; on a desktop, its application)"
    return f"{name} is installed but no engine answers: {mend} ({said})"


def _ask_blocking(command: str, *arguments: str) -> Answer:
    try:
        done = subprocess.run(
            [command, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(-1, "", str(error))
    return Answer(done.returncode, done.stdout, done.stderr)
