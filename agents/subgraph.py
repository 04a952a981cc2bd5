"""A compiled graph as an agent. What adds up in the state would count twice if it handed all of it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.runnables import RunnableConfig

from .state import State

_ADDED_UP = ("usage",)


def as_agent(graph: Any) -> Callable[[State, RunnableConfig], Awaitable[dict[str, Any]]]:
    """The node that runs a compiled graph over `State` and returns no more than what that graph has found.

    `--agent`, plug-ins and `proofset.run(agents=…)` do this by themselves; wrap what you give to a builder.
    """

    async def agent(state: State, config: RunnableConfig) -> dict[str, Any]:
        given: dict[str, Any] = {key: value for key, value in state.items() if key not in _ADDED_UP}
        found: dict[str, Any] = await graph.ainvoke(given, config)
        update = {key: value for key, value in found.items() if key == "refusal" or given.get(key) != value}
        if "rejections" in update:
            update["rejections"] = update["rejections"][len(given.get("rejections", ())) :]
        return update

    return agent
