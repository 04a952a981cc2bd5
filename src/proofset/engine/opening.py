"""What a run's config names, opened: its graph with the agents in place, its seeds, its corpus or traffic."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

from ..agents import open_texts
from ..corpus import Corpus
from ..errors import UsageError
from ..graphs import load_graph
from ..models import FROM_PYTHON
from ..seeds import Seed, load_seeds
from ..traffic import Traffic, open_traffic
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


class Material(NamedTuple):
    """What the slots of a graph are of, where it does not begin with seeds: a corpus, or traffic."""

    corpus: Corpus | None = None
    traffic: Traffic | None = None

    @property
    def items(self) -> Corpus | Traffic | None:
        """The one that is there."""
        return self.traffic if self.corpus is None else self.corpus

    @property
    def said(self) -> tuple[str, ...]:
        """One sentence each, for people."""
        told = () if self.traffic is None else (f"traffic: {len(self.traffic)} items",)
        return self.corpus.said if self.corpus is not None else told


def material_of(config: RunConfig) -> Material:
    """What a graph begins with, opened. Blocks.

    Raises UsageError where it is missing, holds nothing, or is not that with which the run was begun.
    """
    settings, task = config.settings, load_graph(config.graph).task
    for option, paths, wanted in (
        ("corpus", settings.corpus, task.corpus),
        ("traffic", settings.traffic, task.traffic),
    ):
        if paths and not wanted:
            raise UsageError(f"--{option} {paths[0]}: {config.graph} begins with no {option}; leave it out")
    if task.corpus:
        return _as_begun(config, Material(corpus=_opened_corpus(config)), f"--corpus {settings.corpus[0]}")
    if task.traffic:
        return _as_begun(
            config, Material(traffic=_opened_traffic(config)), f"--traffic {settings.traffic[0]}"
        )
    return Material()


def _opened_corpus(config: RunConfig) -> Corpus:
    corpus = open_texts(config.settings)
    if corpus is None:
        raise UsageError(f"{config.graph} begins with texts that people wrote; name some with --corpus PATH")
    if not len(corpus):
        raise UsageError(f"--corpus {config.settings.corpus[0]}: no text in it is kept ({corpus.said[-1]})")
    return corpus


def _opened_traffic(config: RunConfig) -> Traffic:
    paths = config.settings.traffic
    if not paths:
        raise UsageError(
            f"{config.graph} begins with production traffic; name some with --traffic PATH, as "
            "`proofset flywheel ingest` writes it"
        )
    if config.settings.review != "queue":
        raise UsageError(
            "review: interrupt asks people in LangGraph Studio; a run leaves all to its queue: take the "
            "setting out, and run `proofset review` on its directory afterwards"
        )
    traffic = open_traffic(paths)
    if not len(traffic):
        raise UsageError(f"--traffic {paths[0]}: there is no item in it; ingest more logs")
    return traffic


def _as_begun(config: RunConfig, material: Material, option: str) -> Material:
    items = material.items
    if items is not None and config.corpus_sha256 not in (None, items.sha256):
        raise UsageError(f"{option}: it is not what the run was begun with; put it back, or begin a new run")
    return material


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
