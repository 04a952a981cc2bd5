"""How an agent asks its model: a prompt, a form for the reply, and a seed of its own for every call.

An agent that calls tools asks by `chat_of`: a LangChain chat model that is the role's model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from ..models import Call, Malformed, Request, Sampling, Typed
from ..records import Message, request_seed
from .context import Bench
from .prompts import load_prompt
from .state import State, attempt_of

if TYPE_CHECKING:
    from ..models.asking import AskingChat

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


async def chat_of(
    bench: Bench, state: State, *, role: str, name: str, sampling: Sampling, sample: int = 0
) -> AskingChat:
    """The role's model as a LangChain chat model, journalled and counted as every call is.

    `name` tells apart what one role asks in one attempt, as a prompt's name does in `ask`.
    """
    from ..models.asking import AskingChat

    slot, attempt = state.get("slot", 0), attempt_of(state)
    seed = request_seed(state.get("seed", 0), slot, attempt, role, name, sample)
    model = await bench.services.models.of(role)
    call = Call(role, slot, attempt, sample)
    return AskingChat(model=model, call=call, sampling=replace(sampling, seed=seed))
