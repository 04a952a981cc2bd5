"""The forms that a graph is filled in by: its input, and what of the settings concerns it.

build() ─▶ for_studio ─▶ the compiled graph, whose context is a form of its own: the models of its roles,
                          the sandbox, and the settings that steer one of its nodes, each shown at its node
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from langgraph.graph import StateGraph
from langgraph.graph.state import CompiledStateGraph
from pydantic import BaseModel, Field, ValidationError, create_model

from ..agents import ROLES, Context, State
from ..agents.settings.nodes import nodes_of
from ..errors import UsageError, first_problem

_AT = "langgraph_nodes"
"""The key that Studio reads: at which nodes a field is shown."""


class Input(BaseModel):
    """Which candidate to make. The same slot and seed ask the same questions."""

    slot: int = Field(
        default=0,
        ge=0,
        le=999_999_999,
        description="The unit of work: its topic and examples follow from it.",
    )
    seed: int = Field(default=0, ge=0, le=2**53 - 1, description="The run's seed.")

    def __init__(self, **values: Any) -> None:
        with _in_one_line("input"):
            super().__init__(**values)


@contextmanager
def _in_one_line(form: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise UsageError(f"{form}: {first_problem(error)}") from error


class _Form(Context):
    """A context as LangGraph's server makes it from what was filled in."""

    def __init__(self, **values: Any) -> None:
        with _in_one_line("context"):
            super().__init__(**values)


def begins_with(node: str) -> Callable[[Input], Awaitable[str]]:
    """The edge to the first node. Taking the form as its state makes LangGraph check it: a wrong slot never
    reaches a model.
    """

    async def route(state: Input) -> str:
        return node

    return route


begins = begins_with("proposer")


def for_studio(
    graph: StateGraph[State, Context, Input, State], name: str
) -> CompiledStateGraph[State, Context, Input, State]:
    """Compile a graph as LangGraph's server offers it. Its checkpointer is the server's."""
    graph.context_schema = context_form(name, frozenset(graph.nodes))
    return graph.compile(name=name)


def context_form(name: str, nodes: frozenset[str]) -> type[Context]:
    """The context of one graph: the settings that steer one of its nodes, and a field `ROLE_model` for each
    of its roles. LangGraph's server passes on what the form has, and leaves out the rest.
    """

    def only_own(schema: dict[str, Any]) -> None:
        shown = schema["properties"]
        for field in Context.model_fields:
            steered = nodes_of(Context, field, name, nodes)
            if steered is None:
                del shown[field]
            elif steered:
                shown[field][_AT] = list(steered)
        schema["title"] = f"Context of {name}"
        # Who answers, and where programs run, before any number.
        schema["properties"] = dict(sorted(shown.items(), key=lambda item: not _is_given(item[0])))

    roles: dict[str, Any] = {f"{role}_model": _model_field(role) for role in ROLES if role in nodes}
    kind = f"{name.title().replace('_', '')}Context"
    made: type[Context] = create_model(kind, __base__=_Form, **roles)
    made.model_config["json_schema_extra"] = only_own
    made.model_rebuild(force=True)
    return made


def _is_given(field: str) -> bool:
    return field in ("models", "sandbox") or field.endswith("_model")


def _model_field(role: str) -> Any:
    return (
        str | None,
        Field(
            default=None,
            description=f"Model of the {role}, such as openai:NAME, openai:NAME@URL, local:NAME or "
            "scripted:FILE; None takes the one in `models`.",
            json_schema_extra={_AT: [role]},
        ),
    )
