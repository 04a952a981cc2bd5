"""A link: two ends of a stream that ask each other, any number of questions at once.

A frame is its length in four bytes and JSON:

    ["ask", number, verb, body]   ["answer", number, body]   ["failed", number, kind, message]
    ["tell", verb, body]          no answer is wanted; it goes out with the next frame that is one

What is sent within one turn of the event loop goes out as one write.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

from ... import errors
from ...errors import ProofsetError

_MOST_BYTES = 1 << 30
_HELD = 64
_ENCODED = json.JSONEncoder(separators=(",", ":")).encode


class LinkLostError(Exception):
    """The other end is gone."""


class Link:
    """One end. `serve` has to run for as long as the link is used.

    Args:
        answer: answers what the other end asks; a ProofsetError is raised again over there.
        hear: takes what the other end tells.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        answer: Callable[[str, Any], Awaitable[Any]],
        hear: Callable[[str, Any], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._hear = hear
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._held: list[bytes] = []
        self._flushing: asyncio.Handle | None = None
        self._lost = False

    @property
    def lost(self) -> bool:
        """Whether the other end is gone."""
        return self._lost

    async def ask(self, verb: str, body: Any = None) -> Any:
        """The other end's answer. Raises LinkLostError where it is gone, ProofsetError where it says so."""
        if self._lost:
            raise LinkLostError
        number = next(self._numbers)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[number] = future
        try:
            self._send(["ask", number, verb, body])
            return await future
        finally:
            self._asked.pop(number, None)

    def tell(self, verb: str, body: Any) -> None:
        """Say something that needs no answer."""
        self._held.append(_framed(["tell", verb, body]))
        if len(self._held) >= _HELD:
            self._flush()

    async def serve(self) -> None:
        """Read until the other end is gone; whoever waits for an answer is told so."""
        try:
            while True:
                size = int.from_bytes(await self._reader.readexactly(4))
                if size > _MOST_BYTES:
                    return
                self._take(json.loads(await self._reader.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self._lost = True
            for future in self._asked.values():
                if not future.done():
                    future.set_exception(LinkLostError())
            for task in self._answering:
                task.cancel()
            self._writer.close()

    def close(self) -> None:
        """Say what is held, and hang up."""
        self._flush()
        self._writer.close()

    def _take(self, frame: list[Any]) -> None:
        match frame:
            case ["ask", number, verb, body]:
                task = asyncio.create_task(self._reply(number, verb, body))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)
            case ["answer", number, body]:
                self._resolve(number, body)
            case ["failed", number, kind, message]:
                self._resolve(number, _error(kind, message))
            case ["tell", verb, body]:
                self._hear(verb, body)

    async def _reply(self, number: int, verb: str, body: Any) -> None:
        try:
            self._send(["answer", number, await self._answer(verb, body)])
        except ProofsetError as error:
            self._send(["failed", number, type(error).__name__, str(error)])
        except Exception as error:
            self._send(["failed", number, "", f"{type(error).__name__}: {error}"])

    def _resolve(self, number: int, outcome: Any) -> None:
        future = self._asked.get(number)
        if future is None or future.done():
            return
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _send(self, frame: list[Any]) -> None:
        self._held.append(_framed(frame))
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = None
        if self._held and not self._writer.is_closing():
            self._writer.write(b"".join(self._held))
        self._held.clear()


def _framed(frame: list[Any]) -> bytes:
    content = _ENCODED(frame).encode()
    return len(content).to_bytes(4) + content


def _error(kind: str, message: str) -> Exception:
    made = getattr(errors, kind, None) if kind else None
    if isinstance(made, type) and issubclass(made, ProofsetError):
        return made(message)
    return RuntimeError(message)
