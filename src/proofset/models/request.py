"""One model call: what is asked, what comes back, and the key it is journalled under."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, Self

from pydantic import BaseModel, ConfigDict

from ..records import Message, Usage, digest

CALLS_TOOLS = "tool_calls"
"""The finish reason of every reply that calls tools, and of no other."""
_WITH_TOKENS = "\ue001tokens:"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolCall(_Frozen):
    """A call of a tool, as the model wrote it: `arguments` is JSON, or was meant to be."""

    id: str
    name: str
    arguments: str


class CallingTurn(_Frozen):
    """A turn of the assistant that calls tools."""

    role: Literal["assistant"] = "assistant"
    content: str
    tool_calls: tuple[ToolCall, ...]


class ToolTurn(_Frozen):
    """What a tool gave back to one call."""

    role: Literal["tool"] = "tool"
    content: str
    tool_call_id: str


Turn = Message | CallingTurn | ToolTurn


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw the reply. None leaves the provider's default.

    Attributes:
        temperature: 0 is greedy.
        max_tokens: the longest reply, in tokens.
        seed: derived from (run seed, slot, attempt, role, sample), so that each call has its own.
    """

    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks: for scripts, traces and accounts. No part of the request, and so not of its key."""

    role: str
    slot: int = 0
    attempt: int = 1
    sample: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a model.

    Attributes:
        schema: JSON Schema that the reply must fit, with a `title`; None for free text.
        tools: what the model may call, in OpenAI's form: name, description and JSON Schema of arguments.
        logprobs: how many alternatives to each token to tell with their log-probs; a provider may tell none.
        echo: not to be answered but read: the reply is the one message's text, as tokens with the log-prob of
            each as its only alternative; the first has none.
    """

    messages: tuple[Turn, ...]
    sampling: Sampling = Sampling()
    schema: dict[str, Any] | None = None
    tools: tuple[dict[str, Any], ...] = ()
    logprobs: int = 0
    echo: bool = False

    def key(self, spec: str) -> str:
        """SHA-256 over all that determines the reply: equal requests share one journal entry."""
        return digest(
            "model-call",
            spec,
            [m.model_dump() for m in self.messages],
            asdict(self.sampling),
            self.schema,
            # Keys of requests without tools stay what they were before there were any.
            *([self.tools] if self.tools else []),
            *([{"logprobs": self.logprobs}] if self.logprobs else []),
            *(["echo"] if self.echo else []),
        ).hex()


class Token(NamedTuple):
    """One token of a reply, and the likeliest at its place: text and log-prob of each."""

    text: str
    top: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered. `usage.usd` is None where the price is not known.

    Attributes:
        seconds: how long the call took; None when it was replayed.
        replayed: it came from the journal and was paid for before.
        tool_calls: what it calls; the finish reason is `tool_calls` exactly where there are any.
        tokens: with their log-probs, where these were asked for and the provider tells them.
    """

    text: str
    finish_reason: str
    usage: Usage = field(default_factory=Usage)
    seconds: float | None = None
    replayed: bool = False
    tool_calls: tuple[ToolCall, ...] = ()
    tokens: tuple[Token, ...] = ()

    def stored(self) -> str:
        """Text, tool calls and log-probs as one text, for a journal; the finish reason tells of tools."""
        if not self.tool_calls:
            # A model may write our mark itself: then that is put into an envelope, too.
            if not self.tokens and not self.text.startswith(_WITH_TOKENS):
                return self.text
            return _WITH_TOKENS + json.dumps([self.text, self.tokens], ensure_ascii=False)
        calls = [call.model_dump() for call in self.tool_calls]
        return json.dumps({"text": self.text, CALLS_TOOLS: calls}, ensure_ascii=False)

    @classmethod
    def restored(cls, stored: str, finish_reason: str, usage: Usage) -> Self:
        """The reply that `stored` gave."""
        if finish_reason != CALLS_TOOLS and not stored.startswith(_WITH_TOKENS):
            return cls(stored, finish_reason, usage)
        if finish_reason != CALLS_TOOLS:
            text, written = json.loads(stored.removeprefix(_WITH_TOKENS))
            tokens = tuple(Token(one, tuple((t, p) for t, p in top)) for one, top in written)
            return cls(text, finish_reason, usage, tokens=tokens)
        kept = json.loads(stored)
        calls = tuple(ToolCall.model_validate(call) for call in kept[CALLS_TOOLS])
        return cls(kept["text"], finish_reason, usage, tool_calls=calls)


class Journal(Protocol):
    """Durable memory of model answers: `put` returns only when the entry would survive a kill."""

    async def get(self, key: str) -> Reply | None: ...

    async def begin(self) -> None:
        """A call begins that there was no answer to. Raises BudgetSpentError where none may."""

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None: ...


class NoJournal:
    """Remembers nothing: for single calls and for LangGraph Studio."""

    async def get(self, key: str) -> Reply | None:
        return None

    async def begin(self) -> None:
        return None

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None:
        return None
