"""One model call: what is asked, what comes back, and the key it is journalled under."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from ..records import Message, Usage, digest


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
    """

    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    schema: dict[str, Any] | None = None

    def key(self, spec: str) -> str:
        """SHA-256 over all that determines the reply: equal requests share one journal entry."""
        return digest(
            "model-call",
            spec,
            [m.model_dump() for m in self.messages],
            asdict(self.sampling),
            self.schema,
        ).hex()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered. `usage.usd` is None where the price is not known.

    Attributes:
        seconds: how long the call took; None when it was replayed.
        replayed: it came from the journal and was paid for before.
    """

    text: str
    finish_reason: str
    usage: Usage = field(default_factory=Usage)
    seconds: float | None = None
    replayed: bool = False


class Journal(Protocol):
    """Durable memory of model answers: `put` returns only when the entry would survive a kill."""

    async def get(self, key: str) -> Reply | None: ...

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None: ...


class NoJournal:
    """Remembers nothing: for single calls and for LangGraph Studio."""

    async def get(self, key: str) -> Reply | None:
        return None

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None:
        return None
