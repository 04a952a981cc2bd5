"""Trying: one agent as a node of a graph, on one state, with a model whose answers are kept.

state ─▶ LangGraph's own wrapping of the agent ─▶ what it returns, before any graph makes something of it
                 │ asks                            whether the state it was given is still the same
         journal ─▶ replies; in a replay, nothing but the journal
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from ..agents import Context, Services, State, open_services
from ..errors import NotRecordedError
from ..models import Call, ModelPool, Reply, Request
from ..models.scripted import ScriptedChat
from ..tools.sandbox import Job, Joined, Result, Sandbox, open_sandbox
from .replies import Respond

PATIENCE_S = 120.0
"""Seconds after which an agent counts as one that never ends."""
SPEC = "scripted:check-agent"


class Tried(NamedTuple):
    """What came of one call of an agent.

    Attributes:
        returned: what it gave back; None too where it failed.
        error: what it raised.
        changed: keys of the state that it changed in place.
        asked: how often it asked its model what the journal had no answer to.
    """

    returned: Any
    error: BaseException | None
    changed: tuple[str, ...]
    asked: int


@dataclass(slots=True)
class Journal:
    """Answers by the hash of their request, in memory."""

    answers: dict[str, Reply] = field(default_factory=dict)

    async def get(self, key: str) -> Reply | None:
        return self.answers.get(key)

    async def begin(self) -> None:
        return None

    async def put(self, key: str, *, spec: str, request: Request, call: Call, reply: Reply) -> None:
        self.answers[key] = reply


def nothing_recorded(call: Call, prompt: str) -> str:
    """In a replay: whatever is asked now was not asked before."""
    raise NotRecordedError(f"the {call.role} asks what it did not ask the first time")


class LazySandbox:
    """The strongest sandbox that works here, opened by the first job: most agents need none."""

    def __init__(self) -> None:
        self._opened: Sandbox | None = None
        self._lock = asyncio.Lock()

    name = "opened when needed"
    layers: tuple[str, ...] = ()
    joins = True
    scratch = True

    async def _open(self) -> Sandbox:
        async with self._lock:
            if self._opened is None:
                self._opened = await asyncio.to_thread(open_sandbox)
            return self._opened

    async def run(self, job: Job) -> Result:
        return await (await self._open()).run(job)

    async def run_joined(self, first: Job, second: Job) -> Joined:
        return await (await self._open()).run_joined(first, second)

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()


@dataclass(slots=True)
class Trial:
    """Calls an agent as a graph does.

    Args:
        agent: any LangGraph node.
        model: spec of its model; None gives it the replies that a call names.
    """

    agent: Any
    role: str
    sandbox: LazySandbox
    model: str | None = None
    _opened: Services | None = None

    async def call(self, state: State, respond: Respond, journal: Journal, *, replay: bool = False) -> Tried:
        """Call it once; whatever it does is told, and nothing raised."""
        asked = 0

        def counted(call: Call, prompt: str) -> str:
            nonlocal asked
            asked += 1
            return (nothing_recorded if replay else respond)(call, prompt)

        spec = self.model or SPEC
        chats = {spec: ScriptedChat(respond=counted)} if replay or self.model is None else {}
        models = ModelPool({"default": spec}, chats=chats, journal=journal)
        context = Context(models={"default": spec})
        # Agents look into the memory and change nothing in it: one serves all calls.
        if self._opened is None:
            self._opened = await asyncio.to_thread(
                open_services, context, models=models, sandbox=self.sandbox
            )
        services = replace(self._opened, models=models)
        seen: list[Tried] = []
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._graph(seen).ainvoke(state, context=context.bound(services))
        except Exception as error:
            return Tried(None, error, (), asked)
        finally:
            await models.close()
        return seen[0]._replace(asked=asked)

    def _graph(self, seen: list[Tried]) -> Any:
        graph = StateGraph(State, context_schema=Context)
        graph.add_node(self.role, self.agent)
        # As LangGraph has wrapped it: what it injects, it injects here.
        wrapped: Any = graph.nodes[self.role].runnable

        async def spy(state: State, config: RunnableConfig) -> dict[str, Any]:
            before = snapshot(state)
            returned = await wrapped.ainvoke(state, config)
            after = snapshot(state)
            changed = tuple(key for key in {**before, **after} if before.get(key) != after.get(key))
            seen.append(Tried(returned, None, changed, 0))
            return {}

        outer = StateGraph(State, context_schema=Context)
        outer.add_node(self.role, spy)
        outer.add_edge(START, self.role)
        outer.add_edge(self.role, END)
        return outer.compile(name="check")


def snapshot(state: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that later changes do not reach."""
    return copy.deepcopy(dict(state))


def plain(value: Any) -> Any:
    """A value of an update as JSON. Raises TypeError for what no record and no worker can carry."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", warnings="error")
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a {type(value).__name__} is no JSON")
