"""ModelPool: one open Model per spec, given out by role; opened when first asked for, closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .client import Model, Spent, Watch
from .endpoint import Endpoint
from .pacing import Patience
from .prices import Price, price_of
from .provider import Provider, Traced
from .request import Call, Journal
from .spec import ModelSpec, model_for

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Served(NamedTuple):
    """A local model that a server on this machine answers for.

    Attributes:
        base_url: of the server, OpenAI-compatible.
        slots: calls at once.
    """

    base_url: str
    slots: int


class _Opened(NamedTuple):
    provider: Provider | BaseChatModel
    concurrency: int


class ModelPool:
    """The models of a run.

    Args:
        models: role to spec; the role `default` serves all that are not named.
        chats: chat models made by the caller, by the spec that `models` names them with.
        journal: shared by all models; None remembers nothing.
        prices: by spec or model name.
        concurrency: calls at once per model; a local model has as many as it has slots.
        timeout_s: longest wait for one reply, in seconds.
        on_spent: told of every finished call.
        served: local models that are served already, by spec.
        patience: with endpoints that refuse or are down.
        notice: told in one sentence of what slows the calls.
        traced: which calls go by way of LangChain, whose callbacks make traces; none where not given.
        watch: around every call; see `Watch`.
    """

    def __init__(
        self,
        models: Mapping[str, str],
        *,
        chats: Mapping[str, BaseChatModel | Provider] | None = None,
        journal: Journal | None = None,
        prices: Mapping[str, Price] | None = None,
        concurrency: int = 8,
        timeout_s: float = 600.0,
        on_spent: Callable[[Spent], None] | None = None,
        served: Mapping[str, Served] | None = None,
        patience: Patience | None = None,
        notice: Callable[[str], None] | None = None,
        traced: Callable[[Call], bool] | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._watch = watch
        self._traced = traced
        self._patience = patience
        self._notice = notice
        self._served = dict(served or {})
        self._specs = dict(models)
        self._chats = dict(chats or {})
        self._journal = journal
        self._prices = dict(prices or {})
        self._concurrency = concurrency
        self._timeout_s = timeout_s
        self._on_spent = on_spent
        self._open: dict[str, Model] = {}
        self._started = False
        self._opening = asyncio.Lock()

    def spec(self, role: str) -> str:
        """The spec that serves a role. Raises UsageError where there is none."""
        return model_for(self._specs, role)

    async def of(self, role: str) -> Model:
        """The model that serves a role. Raises ModelError or UsageError where it cannot be opened."""
        spec = self.spec(role)
        if spec not in self._open:
            async with self._opening:
                if spec not in self._open:
                    self._open[spec] = await self._start(spec)
        return self._open[spec]

    async def check(self) -> None:
        """Open every model that is named, and ask remote endpoints whether they are there."""
        for role in self._specs:
            await (await self.of(role)).check()

    def use_journal(self, journal: Journal) -> None:
        """From now on, look answers up and keep them here."""
        self._journal = journal
        for model in self._open.values():
            model.journal = journal

    async def drain(self) -> None:
        """Let calls in flight finish, so that what is paid for is journalled."""
        await asyncio.gather(*(model.drain() for model in self._open.values()))

    async def cancel(self) -> None:
        """End calls in flight; their answers are lost."""
        await asyncio.gather(*(model.cancel() for model in self._open.values()))

    def served(self) -> dict[str, Served]:
        """The local models that are open, by spec: for pools of other processes on this machine."""
        return {spec: self._served[spec] for spec in self._open if spec in self._served}

    async def close(self) -> None:
        """End calls in flight, connections, and the local servers that were started here."""
        await asyncio.gather(*(model.close() for model in self._open.values()))
        if self._started:
            from .local import close_shared_servers

            await close_shared_servers()

    async def _start(self, spec: str) -> Model:
        given = self._chats.get(spec)
        opened = _Opened(given, self._concurrency) if given else await self._build(ModelSpec.parse(spec))
        return Model(
            spec,
            opened.provider,
            journal=self._journal,
            price=price_of(spec, self._prices),
            concurrency=opened.concurrency,
            on_spent=self._on_spent,
            patience=self._patience,
            notice=self._notice,
            watch=self._watch,
        )

    async def _server(self, spec: ModelSpec) -> Served:
        if str(spec) not in self._served:
            from .local import shared_server

            server = await shared_server(spec.name)
            self._started = True
            self._served[str(spec)] = Served(server.base_url, server.slots)
        return self._served[str(spec)]

    async def _build(self, spec: ModelSpec) -> _Opened:
        if spec.provider == "scripted":
            from .scripted import ScriptedChat, read_script, respond_from_rows

            rows = await asyncio.to_thread(read_script, Path(spec.name))
            return _Opened(ScriptedChat(respond=respond_from_rows(rows)), self._concurrency)
        if spec.provider == "local":
            server = await self._server(spec)
            url, timeout_s = server.base_url, self._timeout_s
            plain = Endpoint(str(spec), spec.name, url, key=None, timeout_s=timeout_s, by_proxy=False)
            return _Opened(self._traceable(plain, spec, url), server.slots)
        plain = Endpoint.of(spec, timeout_s=self._timeout_s)
        return _Opened(self._traceable(plain, spec, None), self._concurrency)

    def _traceable(self, plain: Endpoint, spec: ModelSpec, on_loopback: str | None) -> Provider:
        if self._traced is None:
            return plain

        def open_traced() -> Provider:
            from .chat import loopback_chat, openai_chat

            if on_loopback is not None:
                return loopback_chat(spec, on_loopback, timeout_s=self._timeout_s)
            return openai_chat(spec, timeout_s=self._timeout_s)

        return Traced(plain, open_traced, self._traced)
