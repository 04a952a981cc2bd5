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

    async def run(self, job: Job) -> Result: ...

    async def close(self) -> None:
        """End all jobs and free what the backend holds. May be called twice."""
        ...
