"""Provider: what answers one request, once. `Model` puts journal, pace and patience around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from .request import Call, Reply, Request


@runtime_checkable
class Provider(Protocol):
    """Answers requests."""

    async def check(self) -> None:
        """Raises ModelError where it is known not to be there."""

    async def answer(self, request: Request, call: Call) -> Reply:
        """One reply, its usage without a price.

        Raises RefusedError where it may be asked again; ModelError or RequestFailedError where not.
        """
        ...

    async def close(self) -> None:
        """Give up connections."""


class Traced:
    """Some calls go to LangChain's client, whose callbacks make traces; the rest does without.

    Args:
        plain: takes what is not traced.
        open_traced: opens the other when it is first asked.
        traced: which calls are.
    """

    def __init__(
        self, plain: Provider, open_traced: Callable[[], Provider], traced: Callable[[Call], bool]
    ) -> None:
        self._plain = plain
        self._open_traced = open_traced
        self._traced = traced
        self._opened: Provider | None = None

    async def check(self) -> None:
        await self._plain.check()

    async def answer(self, request: Request, call: Call) -> Reply:
        if request.echo or not self._traced(call):
            return await self._plain.answer(request, call)
        if self._opened is None:
            self._opened = self._open_traced()
        return await self._opened.answer(request, call)

    async def close(self) -> None:
        await self._plain.close()
        if self._opened is not None:
            await self._opened.close()
