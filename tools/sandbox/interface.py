"""The one interface that every sandbox backend has."""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable

from .job import Job, Result


class Probe(NamedTuple):
    """Whether a backend works here; `detail` says what was found, or what to install."""

    backend: str
    usable: bool
    detail: str
    layers: tuple[str, ...] = ()


class Joined(NamedTuple):
    """What became of two jobs that ran at once with a stream between them."""

    first: Result
    second: Result


@runtime_checkable
class Sandbox(Protocol):
    """Runs programs that nobody trusts.

    `run` never raises for what a program does: that is in the Result. It may be called from many
    tasks at once; more jobs than the backend can run wait their turn. Cancelling it kills the job.
    """

    @property
    def name(self) -> str: ...

    @property
    def layers(self) -> tuple[str, ...]: ...

    @property
    def joins(self) -> bool:
        """Whether `run_joined` works here; if not, both its Results are FAILED."""
        ...

    @property
    def scratch(self) -> bool:
        """Whether a job may write files of its own and start processes; if not, it can only compute."""
        ...

    async def run(self, job: Job) -> Result: ...

    async def run_joined(self, first: Job, second: Job) -> Joined:
        """Run two jobs at once, isolated from one another but for one stream.

        Descriptor LINK_FD of either is an end of a connected stream socket. When one of the two has
        ended the other one reads end-of-file. Each has its own limits; nothing ends one with the other.
        """
        ...

    async def close(self) -> None:
        """End all jobs and free what the backend holds. May be called twice."""
        ...
