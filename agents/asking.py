"""How an agent asks its model: a prompt, a form for the reply, and a seed of its own for every call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from ..models import Call, Malformed, Request, Sampling, Typed
from ..records import Message, request_seed
from .context import Bench
from .prompts import load_prompt
from .state import State, attempt_of

T = TypeVar("T", bound=BaseModel)


async def ask(
    bench: Bench,
    state: State,
    *,
    role: str,
    prompt: str,
    values: dict[str, str],
    shots: Sequence[Message] = (),
    form: type[T],
    sampling: Sampling,
    sample: int = 0,
) -> Typed[T] | Malformed:
    """One reply of the role's model in the given form, or what was wrong with it twice.

    `shots` are worked examples, user and assistant in turn, put in after the system message.
    """
    slot, attempt = state.get("slot", 0), attempt_of(state)
    seed = request_seed(state.get("seed", 0), slot, attempt, role, prompt, sample)
    system, *turns = load_prompt(prompt).render(**values)
    request = Request((system, *shots, *turns), replace(sampling, seed=seed))
    model = await bench.services.models.of(role)
    return await model.ask_typed(request, Call(role, slot, attempt, sample), form)
