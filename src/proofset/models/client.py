"""Model: one provider with a journal before it and a gate around it.

    ask ──▶ journal has it? ──yes──▶ Reply (replayed)
                 │ no
                 ▼
            gate (calls at once) ──▶ provider ──▶ journal ──▶ Reply

`ask_typed` adds a JSON Schema and, where a reply does not parse, one turn that tells the model why.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import RequestFailedError, StoppedError
from ..records import Message, Usage
from .apart import as_counted
from .gate import Gate
from .pacing import Breaker, Pace, Patience, RefusedError
from .prices import Price, cost_usd
from .provider import Provider
from .request import Call, Journal, NoJournal, Reply, Request, Token

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

T = TypeVar("T", bound=BaseModel)

_ECHO_CHARS = 4000
_FEEDBACK = (
    "That reply could not be read: {problem}\n"
    "Answer again with one JSON object that fits the schema, and nothing else."
)


Watch = Callable[[str, Request, Call], AbstractContextManager[Callable[[Reply], None]]]
"""Around a call that is asked of the model of a spec; takes its reply, replayed or not."""


class Spent(NamedTuple):
    """One finished call, as told to whoever keeps the accounts."""

    spec: str
    call: Call
    usage: Usage
    replayed: bool


@dataclass(frozen=True, slots=True)
class Typed(Generic[T]):
    """A reply that fits its schema. `usage` includes the feedback turn, where there was one; `tokens` are
    those of the reply, where log-probs were asked for.
    """

    value: T
    usage: Usage
    repaired: bool
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Malformed:
    """Two replies in a row that do not fit: what was wrong with the last, and its text."""

    problem: str
    text: str
    usage: Usage


class _Place:
    """A place inside a gate, that is given up and taken again."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._inside = True

    async def enter(self, slot: int) -> None:
        await self._gate.enter(slot)
        self._inside = True

    def leave(self) -> None:
        if self._inside:
            self._inside = False
            self._gate.leave()


class Model:
    """A model as agents see it.

    Args:
        spec: its name in journals and records.
        provider: who answers; any LangChain chat model will do.
        journal: where answers are looked up and kept.
        price: for the accounts; None when not known.
        concurrency: calls at once, at most; an endpoint that refuses many gets fewer.
        on_spent: told of every finished call.
        patience: how often and how long to try.
        notice: told in one sentence when the pace changes much, or the endpoint is down.
        watch: around every call; see `Watch`.
    """

    def __init__(
        self,
        spec: str,
        provider: Provider | BaseChatModel,
        *,
        journal: Journal | None = None,
        price: Price | None = None,
        concurrency: int = 8,
        on_spent: Callable[[Spent], None] | None = None,
        patience: Patience | None = None,
        notice: Callable[[str], None] | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.spec = spec
        self._watch = watch
        self._provider = _provider(spec, provider)
        self.journal: Journal = journal or NoJournal()
        self._price = price
        self._gate = Gate(concurrency)
        self._pace = Pace(concurrency)
        self._patience = patience or Patience()
        self._notice = notice or (lambda text: None)
        self._breaker = Breaker(spec, self._patience, notice)
        self._leaving = False
        self._idle: set[asyncio.Task[Any]] = set()
        self._on_spent = on_spent
        self._in_flight: set[asyncio.Task[Reply]] = set()

    async def check(self) -> None:
        """Ask a remote endpoint whether it is there. Raises ModelError where it is not."""
        await self._provider.check()

    async def close(self) -> None:
        """End calls in flight, and give up connections."""
        await self.cancel()
        await self._provider.close()

    async def drain(self) -> None:
        """Wait until every call in flight has ended and is journalled; none is asked again."""
        self._leaving = True
        for task in self._idle:
            task.cancel()
        await asyncio.gather(*self._in_flight, return_exceptions=True)

    async def cancel(self) -> None:
        """End calls in flight; their answers are lost."""
        self._leaving = True
        for task in self._in_flight:
            task.cancel()
        await self.drain()

    async def ask(self, request: Request, call: Call) -> Reply:
        """One reply. Raises ModelError where the endpoint fails for good, StoppedError after a drain."""
        if self._watch is None:
            return await self._ask(request, call)
        with self._watch(self.spec, request, call) as seen:
            reply = await self._ask(request, call)
            seen(reply)
        return reply

    async def _ask(self, request: Request, call: Call) -> Reply:
        key = request.key(self.spec)
        known = await self.journal.get(key)
        if known is not None:
            reply = replace(known, replayed=True, usage=self._priced(known.usage))
            self._tell_spent(call, reply)
        else:
            await self._gate.enter(call.slot)
            try:
                await self.journal.begin()
            except BaseException:
                self._gate.leave()
                raise
            # A task of its own: whoever asked may be cancelled, but what is paid for is journalled.
            place = _Place(self._gate)
            task = asyncio.create_task(self._call(key, request, call, place))
            self._in_flight.add(task)
            task.add_done_callback(lambda ended: self._ended(ended, place))
            reply = await self._answer_of(task)
        return reply

    async def _answer_of(self, task: asyncio.Task[Reply]) -> Reply:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled() and self._leaving:
                # Not a cancellation of whoever asked: nothing is wrong with the slot.
                raise self._stopped() from None
            raise

    def _stopped(self) -> StoppedError:
        return StoppedError(f"{self.spec}: not asked, the run is being stopped")

    async def ask_typed(self, request: Request, call: Call, form: type[T]) -> Typed[T] | Malformed:
        """One reply that fits `form`; a reply that does not is fed back once, with what was wrong."""
        request = replace(request, schema=schema_of(form))
        first = await self.ask(request, call)
        value = _read(first, form)
        if not isinstance(value, str):
            return Typed(value, first.usage, repaired=False, tokens=first.tokens)
        feedback = (
            *request.messages,
            Message(role="assistant", content=first.text[:_ECHO_CHARS]),
            Message(role="user", content=_FEEDBACK.format(problem=value)),
        )
        second = await self.ask(replace(request, messages=feedback), call)
        usage = first.usage + second.usage
        value = _read(second, form)
        if not isinstance(value, str):
            return Typed(value, usage, repaired=True, tokens=second.tokens)
        return Malformed(problem=value, text=second.text[:_ECHO_CHARS], usage=usage)

    async def _call(self, key: str, request: Request, call: Call, place: _Place) -> Reply:
        reply = await self._until_answered(request, call, place)
        await self.journal.put(key, spec=self.spec, request=request, call=as_counted(call), reply=reply)
        # Whether or not whoever asked is still there: it is paid for.
        self._tell_spent(call, reply)
        return reply

    def _tell_spent(self, call: Call, reply: Reply) -> None:
        if self._on_spent is not None:
            self._on_spent(Spent(self.spec, as_counted(call), reply.usage, reply.replayed))

    async def _until_answered(self, request: Request, call: Call, place: _Place) -> Reply:
        tries = 0
        while True:
            await self._idly(self._breaker.admit())
            if self._leaving:
                raise self._stopped()
            try:
                reply = await self._invoke(request, call)
            except RefusedError as refused:
                self._note(call, refused)
                # While the endpoint is down, no call is the one to blame.
                tries += not self._breaker.down
                if self._breaker.dead is not None:
                    raise self._breaker.dead from refused
                if tries >= self._patience.tries[refused.kind]:
                    raise refused.error from refused
                place.leave()
                if not self._breaker.down:
                    await self._idly(self._patience.sleep(self._patience.wait_s(tries - 1, refused.wait_s)))
                await self._idly(place.enter(call.slot))
            except RequestFailedError:
                self._breaker.answered()
                raise
            except BaseException:
                self._breaker.released()
                raise
            else:
                self._breaker.answered()
                self._adapt(refused=False)
                return reply

    async def _idly(self, waiting: Awaitable[None]) -> None:
        """Wait while nothing is paid for: whoever drains need not wait for this."""
        task = asyncio.current_task()
        assert task is not None
        self._idle.add(task)
        try:
            if self._leaving:
                task.cancel()
            await waiting
        finally:
            self._idle.discard(task)

    def _note(self, call: Call, refused: RefusedError) -> None:
        if refused.kind == "rate limit":
            # Whoever counts our calls is there.
            self._breaker.answered()
            self._adapt(refused=True)
        elif refused.kind != "timeout" or self._breaker.down:
            self._breaker.failed(call, refused.error)

    def _adapt(self, *, refused: bool) -> None:
        before = self._pace.limit
        self._pace.note(refused=refused)
        now, most = self._pace.limit, self._pace.most
        if now == before:
            return
        self._gate.resize(now)
        if now <= most / 2 < before:
            self._notice(f"{self.spec}: many calls are refused by a rate limit; {now} at once, not {most}")

    def _ended(self, task: asyncio.Task[Reply], place: _Place) -> None:
        # Only now, with the answer journalled: a kill can cost no more than the calls at once.
        place.leave()
        self._in_flight.discard(task)
        if not task.cancelled():
            task.exception()

    async def _invoke(self, request: Request, call: Call) -> Reply:
        started = time.monotonic()
        reply = await self._provider.answer(request, call)
        return replace(reply, usage=self._priced(reply.usage), seconds=round(time.monotonic() - started, 3))

    def _priced(self, usage: Usage) -> Usage:
        usd = cost_usd(self._price, input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
        return usage.model_copy(update={"usd": usd})


def _provider(spec: str, given: Provider | BaseChatModel) -> Provider:
    if isinstance(given, Provider):
        return given
    from .chat import LangChainProvider

    return LangChainProvider(spec, given)


def schema_of(form: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a form, its title kept: providers want a name for it."""
    return form.model_json_schema()


def _read(reply: Reply, form: type[T]) -> T | str:
    """The reply as a form, or one sentence on why it is none. Nothing is rescued by guessing."""
    if reply.finish_reason == "length":
        return "it was cut off at the length limit; be shorter"
    try:
        return form.model_validate_json(reply.text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the reply"
        return f"{where}: {first['msg']}"
