"""Workers on a Ray cluster: async actors that reach the owner by TCP.

Ray starts them, on whichever machine, and says when one is lost; another is started then. What they do and
say is what `processes` do: the owner gives slots out, and alone admits and writes.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import time
from types import TracebackType
from typing import Any, Self

from ...errors import UsageError
from .owner import Owner

_SHORT_LIFE_S = 5.0
_GREETING_S = 30.0


class RayWorker:
    """The actor. It needs proofset on its machine, and the files that the config names."""

    async def work(self, host: str, port: int, token: str) -> None:
        """Returns when the owner has hung up."""
        from .work import work_at

        reader, writer = await asyncio.open_connection(host, port)
        writer.write(token.encode())
        await work_at(reader, writer)


class RayWorkers:
    """So many actors for an owner, for as long as the context is open.

    Args:
        address: of a cluster, such as `auto`; None starts one on this machine. A cluster that this process is
            connected to already is used, and stays connected.
    """

    def __init__(self, owner: Owner, count: int, address: str | None) -> None:
        self._owner = owner
        self._count = count
        self._address = address
        self._token = secrets.token_hex(32)
        self._server: asyncio.Server | None = None
        self._keepers: list[asyncio.Task[None]] = []
        self._actors: dict[int, Any] = {}
        self._ours = False

    async def __aenter__(self) -> Self:
        try:
            import ray
        except ImportError as error:
            raise UsageError("ray is not installed; pip install 'proofset[ray]'") from error
        if not ray.is_initialized():
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            try:
                ray.init(address=self._address, log_to_driver=False, include_dashboard=False)
            except ConnectionError as error:
                raise UsageError(f"no Ray cluster at {self._address}: {error}") from error
            self._ours = True
        host = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
        self._server = await asyncio.start_server(self._greet, host, 0)
        port = self._server.sockets[0].getsockname()[1]
        self._keepers = [asyncio.create_task(self._keep(number, host, port)) for number in range(self._count)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import ray

        await self._owner.close()
        for keeper in self._keepers:
            keeper.cancel()
        if self._server is not None:
            self._server.close()
        for actor in self._actors.values():
            ray.kill(actor)
        if self._ours:
            await asyncio.to_thread(ray.shutdown)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_GREETING_S):
                said = await reader.readexactly(len(self._token))
        except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
            said = b""
        if hmac.compare_digest(said, self._token.encode()):
            await self._owner.serve(reader, writer)
        else:
            writer.close()

    async def _keep(self, number: int, host: str, port: int) -> None:
        import ray
        from ray.exceptions import RayError

        made: Any = ray.remote(num_cpus=1, max_restarts=0)(RayWorker)
        while True:
            actor = self._actors[number] = made.remote()
            began = time.monotonic()
            try:
                await actor.work.remote(host, port, self._token)
                return
            except RayError:
                # What it had open goes to others; the owner sees that by itself.
                if time.monotonic() - began < _SHORT_LIFE_S:
                    await asyncio.sleep(1.0)
