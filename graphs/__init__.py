"""The methods: one state machine each, drawn like its paper's diagram. Modules load when first used."""

from __future__ import annotations

import difflib
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from ..errors import UsageError


class GraphInfo(NamedTuple):
    """A method by name, its module and one line on what it does."""

    name: str
    module: str
    summary: str


GRAPHS = {
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
    """The graph of that name. Raises UsageError with the known names."""
    if name in GRAPHS:
        return GRAPHS[name]
    near = difflib.get_close_matches(name, GRAPHS, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise UsageError(f"no graph {name!r}{hint}; the graphs are {', '.join(GRAPHS)}")


def load_graph(name: str) -> ModuleType:
    """The graph's module: it has `build`, `graph` and `TASK`."""
    return import_module(find_graph(name).module)
