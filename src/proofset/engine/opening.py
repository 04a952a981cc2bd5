"""What a run's config names, opened: its graph with the agents in place, its seeds, and its corpus."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from inspect import signature
from pathlib import Path
from typing import Any

from ..agents import ROLES, open_texts
from ..corpus import Corpus
from ..errors import UsageError
from ..graphs import GRAPHS, load_graph
from ..models import DEFAULT_ROLE, FROM_PYTHON
from ..seeds import Seed, load_seeds
from .config import RunConfig
from .config_file import Place
from .plug import adapted, load_agents


def compiled_graph(config: RunConfig, agents: Mapping[str, Any] | None = None) -> Any:
    """The graph with the agents that the config names, and those that are given as objects.

    Raises UsageError for an agent that cannot be loaded.
    """
    given = {role: adapted(agent) for role, agent in (agents or {}).items()}
    named = {role: name for role, name in config.agents.items() if role not in given}
    graph = load_graph(config.graph)
    roles = signature(graph.build).parameters
    # A role of ours that this graph has not is told as such below.
    loaded = {**load_agents(named, dict.fromkeys((*ROLES, *roles))), **given}
    if not loaded:
        return graph.ready
    if strange := sorted(loaded.keys() - roles.keys()):
        raise UsageError(f"--agent {strange[0]}: {config.graph} has no such role; it has {', '.join(roles)}")
    return graph.build(**loaded).compile(name=config.graph)


def roles_of(graph: str) -> tuple[str, ...]:
    """The roles that may have an agent or a model of their own: ours, and those of a graph of the user's own.

    Raises UsageError where that graph cannot be loaded.
    """
    if graph in GRAPHS:
        return ROLES
    return tuple(dict.fromkeys((*ROLES, *signature(load_graph(graph).build).parameters)))


def check_roles(config: RunConfig, where: Callable[[Place], str]) -> None:
    """Raises UsageError for a model or an agent of a role that is not there; `where` says who named it."""
    known = roles_of(config.graph)
    for field, named, more in (
        ("models", config.models, (DEFAULT_ROLE,)),
        ("agents", config.agents, ()),
    ):
        for role in named:
            if role not in known and role not in more:
                near = difflib.get_close_matches(role, known, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise UsageError(
                    f"{where((field, role))}: {field}.{role}: no role {role!r}; {hint}The roles are "
                    f"{', '.join((*more, *known))}"
                )


def seeds_of(config: RunConfig) -> tuple[Seed, ...]:
    """The seeds of the graph's kind. Raises UsageError for a file without any."""
    task = load_graph(config.graph).task
    path = config.settings.seeds
    seeds: tuple[Seed, ...] = task.seeds_in(load_seeds(Path(path) if path else None))
    if not seeds:
        needs = ", ".join(name for name, field in task.seed.model_fields.items() if field.is_required())
        raise UsageError(f"{path}: holds no seeds for {config.graph}; each line needs {needs}")
    return seeds


def corpus_of(config: RunConfig) -> Corpus | None:
    """The corpus of a graph that begins with one. Blocks.

    Raises UsageError where it is missing, holds nothing, or is not that with which the run was begun.
    """
    paths, wanted = config.settings.corpus, load_graph(config.graph).task.corpus
    if paths and not wanted:
        raise UsageError(f"--corpus {paths[0]}: {config.graph} begins with no corpus; leave it out")
    if not wanted:
        return None
    corpus = open_texts(config.settings)
    if corpus is None:
        raise UsageError(f"{config.graph} begins with texts that people wrote; name some with --corpus PATH")
    if not len(corpus):
        raise UsageError(f"--corpus {paths[0]}: no text in it is kept ({corpus.said[-1]})")
    if config.corpus_sha256 not in (None, corpus.sha256):
        raise UsageError(
            f"--corpus {paths[0]}: it is not what the run was begun with; put it back, or begin a new run"
        )
    return corpus


def check_given(config: RunConfig, agents: Mapping[str, Any], chats: Mapping[str, Any], where: str) -> None:
    """Raises UsageError where the config names an object from Python that is not given."""
    named = [(role, name) for role, name in config.agents.items() if role not in agents]
    lost = [*named, *((role, spec) for role, spec in config.models.items() if spec not in chats)]
    for role, name in lost:
        if name.startswith(FROM_PYTHON):
            what = name.removeprefix(FROM_PYTHON)
            raise UsageError(
                f"{where}: its {role} was an object given from Python ({what}); "
                "give it again: proofset.resume(out, model=…, agents=…)"
            )
