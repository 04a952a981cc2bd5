"""How an agent asks its model: a prompt, a form for the reply, and a seed of its own for every call.

An agent that calls tools asks by `chat_of`: a LangChain chat model that is the role's model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from ..models import Call, Malformed, Model, Reply, Request, Sampling
from ..records import Message, Origin, Usage, request_seed
from .context import Bench
from .prompts import load_prompt
from .state import State, attempt_of, refuse

if TYPE_CHECKING:
    from ..models.asking import AskingChat

T = TypeVar("T", bound=BaseModel)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked(Generic[R]):
    """What came of one question.

    Attributes:
        value: the reply in its form; None where two replies in a row could not be read.
        problem: what was wrong with the last of these; empty where there is a value.
        told: what the node's update says of the question: usage, models and prompts.
    """

    value: R | None
    problem: str
    told: dict[str, Any]


async def ask(
    bench: Bench,
    state: State,
    *,
    role: str,
    prompt: str,
    values: Mapping[str, str],
    shots: Sequence[Message] = (),
    form: type[T],
    sampling: Sampling,
    sample: int = 0,
) -> Asked[T]:
    """One reply of the role's model in the given form, or what was wrong with it twice.

    `values` may hold more than the prompt has places for. `shots` are worked examples, user and assistant
    in turn, put in after the system message.
    """
    model, call, request, told = await _posed(bench, state, role, prompt, values, shots, sampling, sample)
    reply = await model.ask_typed(request, call, form)
    told["usage"] = reply.usage
    if isinstance(reply, Malformed):
        return Asked(None, reply.problem, told)
    return Asked(reply.value, "", told)


class _Posed(NamedTuple):
    model: Model
    call: Call
    request: Request
    told: dict[str, Any]


async def _posed(
    bench: Bench,
    state: State,
    role: str,
    prompt: str,
    values: Mapping[str, str],
    shots: Sequence[Message],
    sampling: Sampling,
    sample: int,
) -> _Posed:
    slot, attempt = state.get("slot", 0), attempt_of(state)
    seed = request_seed(state.get("seed", 0), slot, attempt, role, prompt, sample)
    text = load_prompt(prompt, bench.context.prompts)
    system, *turns = text.render(**{name: values[name] for name in text.places & values.keys()})
    request = Request((system, *shots, *turns), replace(sampling, seed=seed))
    models = bench.services.models
    told = {"models": {role: models.spec(role)}, "prompts": {prompt: text.sha256}}
    return _Posed(await models.of(role), Call(role, slot, attempt, sample), request, told)


async def ask_text(
    bench: Bench,
    state: State,
    *,
    role: str,
    prompt: str,
    values: Mapping[str, str],
    read: Callable[[Reply], R],
    sampling: Sampling,
    sample: int = 0,
) -> Asked[R]:
    """One reply in words, as `read` understands it; its ValueError says what was wrong, and none is asked for
    again: what a model wrote freely is taken or left.
    """
    model, call, request, told = await _posed(bench, state, role, prompt, values, (), sampling, sample)
    reply = await model.ask(request, call)
    told["usage"] = reply.usage
    try:
        return Asked(read(reply), "", told)
    except ValueError as error:
        return Asked(None, str(error), told)


def told_by(asked: Sequence[Asked[Any]]) -> dict[str, Any]:
    """What one update says of several questions."""
    return {
        "usage": sum((one.told["usage"] for one in asked), Usage()),
        "models": {role: spec for one in asked for role, spec in one.told["models"].items()},
        "prompts": {name: hash_ for one in asked for name, hash_ in one.told["prompts"].items()},
    }


def refuse_malformed(
    state: State,
    *,
    stage: str,
    asked: Asked[Any],
    candidate: BaseModel | None = None,
    origin: Origin | None = None,
    **update: Any,
) -> dict[str, Any]:
    """The update of a node whose model answered in a form that cannot be read, with what else it holds."""
    return refuse(
        state,
        stage=stage,
        code="malformed",
        reason=asked.problem,
        candidate=candidate,
        origin=origin,
        **asked.told,
        **update,
    )


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
