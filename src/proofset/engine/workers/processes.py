"""Worker processes on this machine, reached by a socket that only this user can open."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from ...errors import ProofsetError
from ...models.child import Child
from .owner import Owner


class Processes:
    """So many workers for an owner, for as long as the context is open."""

    def __init__(self, owner: Owner, count: int, graph: str) -> None:
        self._owner = owner
        self._count = count
        self._graph = graph
        self._directory = Path()
        self._server: asyncio.Server | None = None
        self._nursery: Child | None = None
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="proofset-"))
        path = str(self._directory / "owner")
        self._server = await asyncio.start_unix_server(self._owner.serve, path)
        arguments = ["-m", f"{__package__}.nursery", path, str(self._count), self._graph]
        self._nursery = await asyncio.to_thread(Child, arguments)
        self._watching = asyncio.create_task(self._watch(self._nursery))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await self._owner.close()
        if self._server is not None:
            self._server.close()
        if self._nursery is not None:
            await asyncio.to_thread(self._nursery.end)
        shutil.rmtree(self._directory, ignore_errors=True)

    async def _watch(self, nursery: Child) -> None:
        await asyncio.to_thread(nursery.wait)
        said = nursery.last_lines() or "no reason given"
        self._owner.fail(ProofsetError(f"the workers cannot be started: {said}"))
