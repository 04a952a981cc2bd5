"""The docker backend: every job in a container of its own, by the command line of docker or podman.

A container has no network, a read-only image, a capped scratch directory, no capability and no way to gain
one, and nothing of the host: the job goes in through standard input. Process 1 in it is a supervisor of ours
(see `inside.enclosed`) that holds the job to its limits; the engine's own limits stand behind it.

A container ends with the process that started it: the supervisor watches its standard input. One that is
left all the same is removed at the next start.

What is not capped: cores. A job with 16 processes may use as many.
"""

from __future__ import annotations

import asyncio
import os

from ...errors import SandboxUnavailableError
from .containers import contain
from .engine import find_engine
from .interface import Joined
from .job import Job, Result
from .layers import Layer
from .parcel import MissingError, failed
from .slots import ClosedError, Slots

DEFAULT_IMAGE = "python:3.12-slim"
IMAGE_VARIABLE = "PROOFSET_DOCKER_IMAGE"
_MAX_CONCURRENCY = 64


class DockerSandbox:
    """Runs each job in a new container.

    One instance belongs to one event loop. Making it asks the engine two questions and blocks for a
    fraction of a second; `run` blocks nothing.

    Args:
        concurrency: jobs at once, 1..64; default is the number of cores this process may use.
        image: an image with python3; default is `$PROOFSET_DOCKER_IMAGE` or `python:3.12-slim`. The profile
            `math` needs one with sympy, `pytest` one with pytest.

    Raises:
        SandboxUnavailableError: no engine answers or it lacks the image; the message says what to do.
    """

    name = "docker"
    joins = False
    scratch = True

    def __init__(self, *, concurrency: int | None = None, image: str | None = None) -> None:
        self._engine = find_engine(image or os.environ.get(IMAGE_VARIABLE) or DEFAULT_IMAGE)
        self._slots = Slots(min(concurrency or _cores(), _MAX_CONCURRENCY))
        self._swept: asyncio.Future[None] | None = None

    @property
    def layers(self) -> tuple[str, ...]:
        return (
            Layer.NAMESPACES,
            Layer.THROW_AWAY_UID,
            Layer.NO_CAPABILITIES,
            Layer.NO_NEW_PRIVILEGES,
            Layer.RLIMITS,
            Layer.CGROUP,
        )

    async def run(self, job: Job) -> Result:
        """Run one job. One that failed is tried once more; one that starved has all slots to itself then.

        Raises:
            SandboxUnavailableError: the image lacks what the job's profile needs.
        """
        if self._swept is None:
            self._swept = asyncio.ensure_future(self._engine.remove_orphans())
        await asyncio.shield(self._swept)
        try:
            return await self._slots.run(lambda place: self._attempt(job, place))
        except ClosedError:
            return failed("the sandbox is closed", self.name, self.layers)
        except MissingError as missing:
            raise SandboxUnavailableError(
                f"profile {job.profile!r} needs {missing.module}, which the image {self._engine.image} has "
                f"not: build one with it (RUN pip install {missing.module}), set {IMAGE_VARIABLE} to its name"
            ) from None

    async def run_joined(self, first: Job, second: Job) -> Joined:
        """Not possible here: containers without a network share nothing."""
        refused = failed("the docker backend cannot join two jobs", self.name, self.layers)
        return Joined(refused, refused)

    async def close(self) -> None:
        await self._slots.close()
        await self._engine.remove_own()

    async def _attempt(self, job: Job, place: int) -> Result:
        return await contain(self._engine, job, place, self.name, self.layers)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
