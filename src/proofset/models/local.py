"""Embedded models: a llama.cpp server in a child process that ends with us, reached over loopback HTTP.

shared_server(name) ─▶ running? ─no─▶ ensure_model ─▶ LocalServer.start ─▶ base_url
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import threading
from concurrent.futures import Future
from pathlib import Path

from ..errors import ModelError
from .catalogue import Entry, cached_path, find
from .child import Child
from .pull import OnProgress, ensure_model

_POLL_S = 0.05
_SLOTS = 4


class LocalServer:
    """A running server for one model. Not tied to the event loop that started it.

    Attributes:
        base_url: OpenAI-compatible, ends in `/v1`, needs no key.
        slots: answers that it writes at the same time; more requests wait inside the server.
    """

    def __init__(self, child: Child, base_url: str, slots: int) -> None:
        self._child = child
        self.base_url = base_url
        self.slots = slots

    @classmethod
    async def start(
        cls,
        model: Entry | Path,
        *,
        slots: int = _SLOTS,
        context_tokens: int = 4096,
        startup_s: float = 120.0,
    ) -> LocalServer:
        """Load a pulled model, or any GGUF file, and wait until the server answers.

        `context_tokens` is per slot, prompt and answer together. Raises ModelError, with the server's
        last lines, if it does not come up within `startup_s` seconds.
        """
        path, name = _file_of(model)
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelError("local models need the extra `local`: pip install 'proofset[local]'")
        child = await asyncio.to_thread(Child, _arguments(path, slots, context_tokens))
        try:
            async with asyncio.timeout(startup_s):
                root = await _announced(child)
                await _healthy(child, root)
        except (_EndedError, TimeoutError) as failure:
            await asyncio.to_thread(child.end)
            what = "did not answer in time" if isinstance(failure, TimeoutError) else "ended as it started"
            raise ModelError(
                f"local:{name}: the model server {what} ({startup_s:g} s allowed); "
                f"its last lines: {child.last_lines() or 'none'}"
            ) from None
        except BaseException:
            child.end_now()
            raise
        return cls(child, f"{root}/v1", slots)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.exit_code() is None

    def last_lines(self) -> str:
        """The end of what the server wrote to standard error, in one line."""
        return self._child.last_lines()

    async def close(self) -> None:
        """End the server and wait for it. May be called twice."""
        await asyncio.to_thread(self._child.end)


_shared: dict[tuple[int, str], Future[LocalServer]] = {}
_shared_lock = threading.Lock()


async def shared_server(name: str, *, on_progress: OnProgress | None = None) -> LocalServer:
    """The one server of this process for the embedded model `name`; pulled and started at first use.

    Many tasks and threads may ask at once. A server that has died since is started anew.
    Raises UsageError for an unknown name, ModelError where it cannot be pulled or started.
    """
    find(name)
    # By process as well: a fork inherits the table but must not close its parent's servers.
    key = (os.getpid(), name)
    with _shared_lock:
        future = _shared.get(key)
        if future is None or _is_spent(future):
            future = _shared[key] = Future()
            threading.Thread(
                target=_start_shared, args=(name, future, on_progress), daemon=True, name=f"start {name}"
            ).start()
    return await _outcome(future)


async def close_shared_servers() -> None:
    """End the shared servers of this process, those still starting included. May be called twice."""
    with _shared_lock:
        mine = [_shared.pop(key) for key in list(_shared) if key[0] == os.getpid()]
    outcomes = await asyncio.gather(*map(_outcome, mine), return_exceptions=True)
    await asyncio.gather(*(server.close() for server in outcomes if isinstance(server, LocalServer)))


def _start_shared(name: str, future: Future[LocalServer], on_progress: OnProgress | None) -> None:
    try:
        ensure_model(name, on_progress)
        entry = find(name)
        future.set_result(asyncio.run(LocalServer.start(entry, context_tokens=entry.context_tokens)))
    except BaseException as failure:
        future.set_exception(failure)


async def _outcome(future: Future[LocalServer]) -> LocalServer:
    # Not `wrap_future`: a waiter that is cancelled would cancel the start that others wait for.
    while True:
        if future.done():
            return future.result()
        await asyncio.sleep(_POLL_S)


def _is_spent(future: Future[LocalServer]) -> bool:
    if not future.done():
        return False
    return future.exception() is not None or not future.result().alive


class _EndedError(Exception):
    """The child ended before it served."""


async def _announced(child: Child) -> str:
    while (root := child.announced("base_url")) is None:
        if child.exit_code() is not None:
            raise _EndedError
        await asyncio.sleep(_POLL_S)
    return root


async def _healthy(child: Child, root: str) -> None:
    import httpx

    # The environment's proxies have no business with a loopback address.
    async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
        while True:
            if child.exit_code() is not None:
                raise _EndedError
            try:
                if (await client.get(f"{root}/health")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(_POLL_S)


def _file_of(model: Entry | Path) -> tuple[Path, str]:
    if isinstance(model, Entry):
        path = cached_path(model)
        if path is None:
            raise ModelError(f"local:{model.name} is not downloaded: proofset models pull {model.name}")
        return path, model.name
    if not model.is_file():
        raise ModelError(f"no model file at {model}")
    return model, model.name


def _arguments(path: Path, slots: int, context_tokens: int) -> tuple[str, ...]:
    module = ("-m", "proofset.models.local_server")
    return (*module, "--model", str(path.absolute()), "--slots", str(slots), "--context", str(context_tokens))
