"""The methods: one state machine each, drawn like its paper's diagram. Modules load when first used."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UsageError
from ..importing import import_here

if TYPE_CHECKING:
    from ..agents.task import Task


class GraphInfo(NamedTuple):
    """A method by name, its module, one line on what it does, and what builds it."""

    name: str
    module: str
    summary: str = ""
    builder: str = "build"


GRAPHS = {
    "self_instruct": GraphInfo(
        "self_instruct",
        "proofset.graphs.self_instruct",
        "new instructions from a growing pool, with responses that are checked or judged",
    ),
    "evol_instruct": GraphInfo(
        "evol_instruct",
        "proofset.graphs.evol_instruct",
        "instructions made harder round by round, with elimination and a guard against drift",
    ),
    "backtranslation": GraphInfo(
        "backtranslation",
        "proofset.graphs.backtranslation",
        "instructions for texts and functions that people wrote, scored twice; the texts stay as they are",
    ),
    "constitutional": GraphInfo(
        "constitutional",
        "proofset.graphs.constitutional",
        "responses criticised and revised by the principles of a constitution, with preference pairs",
    ),
    "flywheel": GraphInfo(
        "flywheel",
        "proofset.graphs.flywheel",
        "what people asked a model in production, judged and put in order for people to decide",
    ),
    "verified_math": GraphInfo(
        "verified_math",
        "proofset.graphs.verified_math",
        "math problems whose answers were computed, solved again independently, and compared",
    ),
    "verified_code": GraphInfo(
        "verified_code",
        "proofset.graphs.verified_code",
        "programming problems whose tests and solutions were written apart, and agree on new inputs",
    ),
}


def find_graph(name: str) -> GraphInfo:
    """The graph of that name, or `module:builder`. Raises UsageError with the known names."""
    if name in GRAPHS:
        return GRAPHS[name]
    if ":" in name:
        module, _, builder = name.partition(":")
        return GraphInfo(name, module, builder=builder)
    near = difflib.get_close_matches(name, GRAPHS, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise UsageError(f"no graph {name!r}{hint}; the graphs are {', '.join(GRAPHS)}")


class Graph(NamedTuple):
    """A graph, ready to be built.

    Attributes:
        build: takes a node for each role that is to have another, and gives the uncompiled graph.
        task: what it makes: its method, kind and seeds.
        ready: as it is without other nodes, compiled.
        about: what its author says of it.
    """

    build: Callable[..., Any]
    task: Task[Any]
    ready: Any
    about: str


@cache
def load_graph(name: str) -> Graph:
    """A graph of ours, or `module:builder`, whose module has a `TASK`, too. Built and compiled once.

    Raises UsageError for a name that is not known, and for a module that cannot be used.
    """
    info = find_graph(name)
    if name in GRAPHS:
        module = import_module(info.module)
        return Graph(module.build, module.TASK, module.graph, (module.__doc__ or "").strip())
    module = import_here(info.module, f"graph {name}")
    build, task = getattr(module, info.builder, None), getattr(module, "TASK", None)
    if not callable(build) or task is None:
        lacks = f"no builder {info.builder!r}" if not callable(build) else "no TASK"
        raise UsageError(f"graph {name}: {info.module} has {lacks}")
    return Graph(build, task, build().compile(name=info.builder), (build.__doc__ or "").strip())
