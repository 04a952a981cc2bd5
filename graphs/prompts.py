"""Which prompts a graph's agents use: read off the agents, so that no list has to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from ..agents.prompts import files, load_operators
from ..agents.prompts.constitution import CONSTITUTION
from . import Graph


def prompts_of(graph: Graph) -> tuple[str, ...]:
    """Names of the files, in the order of the graph's nodes."""
    nodes = graph.build().nodes.values()
    agents = (getattr(node.runnable, "afunc", None) for node in nodes)
    return tuple(dict.fromkeys(name for agent in agents for name in _named_by(agent)))


def _named_by(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        for part in value:
            yield from _named_by(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _named_by(getattr(value, field.name))
    elif isinstance(value, str) and f"{value}.md" in files():
        yield f"{value}.md"
    elif isinstance(value, str) and f"{value}.yaml" in files():
        yield f"{value}.yaml"
        for operator in load_operators(value).values() if value != CONSTITUTION else ():
            yield from _named_by(operator.prompt)
