"""The Python API: run a graph, resume a run, or follow one as a stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..models import DEFAULT_ROLE, FROM_PYTHON
from .config import make_config
from .events import Event, Summary
from .execute import Order, execute, resumed
from .opening import check_roles
from .price_file import with_user_prices
from .replay import as_replay

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from ..models.provider import Provider

    ModelLike = str | BaseChatModel | Provider


def order(
    graph: str,
    *,
    n: int,
    model: ModelLike | Mapping[str, ModelLike],
    out: str | Path,
    agents: Mapping[str, Any] | None = None,
    **options: Any,
) -> Order:
    """A run as ordered, its config checked.

    Args:
        graph: name of the graph, such as `verified_math`.
        n: slots, that is candidates to try.
        model: a spec such as `local:qwen2.5-coder-1.5b`, a LangChain chat model, a
            `Provider`, or role to any of these.
        out: a new or empty directory.
        agents: role to a LangGraph node that takes its place.
        options: other fields of `RunConfig`: keep, seed, concurrency, window, settings, prices, …

    Raises:
        UsageError: a name, number or directory is wrong.
    """
    specs, chats = _models(model)
    given = {role: f"{FROM_PYTHON}{_name(agent)}" for role, agent in (agents or {}).items()}
    options["agents"] = {**options.get("agents", {}), **given}
    values = with_user_prices(as_replay({"graph": graph, "n": n, "models": specs, **options}))
    config = make_config(values, source="run")
    check_roles(config, lambda place: "run")
    return Order(config, Path(out), chats=chats, agents=agents or {})


async def arun(graph: str, *, on_event: Callable[[Event], None] | None = None, **options: Any) -> Summary:
    """Run a graph; takes what `order` takes. Returns when its files are written."""
    return await execute(order(graph, **options), on_event or _ignore)


def run(graph: str, *, on_event: Callable[[Event], None] | None = None, **options: Any) -> Summary:
    """Run a graph and wait; takes what `order` takes. In a notebook, `await proofset.arun(...)`."""
    _not_in_a_loop("run")
    return asyncio.run(arun(graph, on_event=on_event, **options))


async def aresume(
    out: str | Path,
    *,
    model: ModelLike | Mapping[str, ModelLike] | None = None,
    agents: Mapping[str, Any] | None = None,
    on_event: Callable[[Event], None] | None = None,
    **changes: Any,
) -> Summary:
    """Go on with the run in `out`; `n`, `keep` and `concurrency` may be changed.

    Chat models and agents that were given as objects must be given again.
    """
    order = resumed(Path(out), **changes)
    order.chats = _models(model)[1] if model is not None else {}
    order.agents = agents or {}
    return await execute(order, on_event or _ignore)


def resume(out: str | Path, **options: Any) -> Summary:
    """Go on with the run in `out` and wait; takes what `aresume` takes."""
    _not_in_a_loop("resume")
    return asyncio.run(aresume(out, **options))


async def stream(graph: str, **options: Any) -> AsyncIterator[Event]:
    """Run a graph and follow it; the last event is the Summary. Closing the iterator drains the run."""
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    stop = asyncio.Event()
    task = asyncio.create_task(execute(order(graph, **options), events.put_nowait, stop=stop))
    task.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        yield await task
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)


def _models(
    model: ModelLike | Mapping[str, ModelLike],
) -> tuple[dict[str, str], dict[str, BaseChatModel | Provider]]:
    specs: dict[str, str] = {}
    chats: dict[str, BaseChatModel | Provider] = {}
    for role, one in (model if isinstance(model, Mapping) else {DEFAULT_ROLE: model}).items():
        if isinstance(one, str):
            specs[role] = one
        else:
            specs[role] = f"{FROM_PYTHON}{role}:{getattr(one, 'model_name', type(one).__name__)}"
            chats[specs[role]] = one
    return specs, chats


def _name(agent: Any) -> str:
    return str(getattr(agent, "__qualname__", type(agent).__qualname__))


def _ignore(_: Event) -> None:
    return None


def _not_in_a_loop(name: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError(
        f"proofset.{name} cannot wait inside a running event loop; use `await proofset.a{name}(...)`"
    )
