"""What a run's config names, opened: its graph with the agents in place, its seeds, and its corpus."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import Any

from ..agents import open_texts
from ..corpus import Corpus
from ..errors import UsageError
from ..graphs import load_graph
from ..models import FROM_PYTHON
from ..seeds import Seed, load_seeds
from .config import RunConfig
from .plug import load_agents


def compiled_graph(config: RunConfig, agents: Mapping[str, Any] | None = None) -> Any:
    """The graph with the agents that the config names, and those that are given as objects.

    Raises UsageError for an agent that cannot be loaded.
    """
    given = dict(agents or {})
    named = {role: name for role, name in config.agents.items() if role not in given}
    loaded = {**load_agents(named), **given}
    graph = load_graph(config.graph)
    if not loaded:
        return graph.ready
    roles = signature(graph.build).parameters
    if strange := sorted(loaded.keys() - roles.keys()):
        raise UsageError(f"--agent {strange[0]}: {config.graph} has no such role; it has {', '.join(roles)}")
    return graph.build(**loaded).compile(name=config.graph)


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
