"""What a graph is given: Context, the settings a user may edit, and Services, the live things behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field, PrivateAttr

from ..corpus import Corpus, Rules, open_corpus
from ..memory import Admission, Known, Ledger, Memory
from ..memory.heldout import HeldOut
from ..models import ModelPool, catalogue
from ..seeds import Seed, SeedPrompt, load_seeds
from ..tools.sandbox import Sandbox
from ..traffic import Traffic, open_traffic
from .decontamination import open_evaluation
from .heldout import reads_of, refuse_held_out
from .reviews import Reviews
from .settings import Settings
from .studio import STUDIO

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

    from ..memory.contamination import Decontaminator
    from ..memory.novelty.semantic import SemanticIndex

_MODEL = "_model"
DEFAULT_MODEL = f"local:{catalogue.DEFAULT_MODEL}"


class Context(Settings):
    """The run-time context of every graph: settings, and which model serves which role."""

    models: dict[str, str] = Field(
        default_factory=lambda: {"default": DEFAULT_MODEL},
        description="Role to model spec; the role `default` serves all that are not named.",
    )
    sandbox: Literal["zygote-ns", "zygote-landlock", "docker", "e2b"] | None = Field(
        default=None,
        description="Where programs of models run; None takes the strongest that works here.",
    )
    _services: Services | None = PrivateAttr(default=None)

    def specs(self) -> dict[str, str]:
        """Role to model spec; a field `ROLE_model` of a graph's own form comes before `models`."""
        own = {name.removesuffix(_MODEL): spec for name, spec in self if name.endswith(_MODEL) and spec}
        return {**self.models, **own}

    def bound(self, services: Services) -> Context:
        """This context with live services, as a run gives it to its graphs."""
        copy = self.model_copy()
        copy._services = services
        return copy


@dataclass(frozen=True, slots=True)
class Services:
    """The live things that agents use: models, a sandbox, what is known, the seeds, what must not be made,
    people's decisions, texts that people wrote, and what they asked a model in production.
    """

    models: ModelPool
    sandbox: Sandbox
    memory: Memory
    seeds: Sequence[Seed]
    evaluation: Decontaminator | None = None
    reviews: Reviews | None = None
    corpus: Corpus | None = None
    traffic: Traffic | None = None


class Bench(NamedTuple):
    """What one node works with."""

    context: Context
    services: Services


async def bench_of(runtime: Runtime[Context]) -> Bench:
    """The context and services of a running node.

    A run binds its services to the context. LangGraph Studio gives plain settings, or none: then
    services are opened once per settings and process, with a memory of their own and no ledger.
    """
    context = runtime.context or Context()
    if context._services is not None:
        return Bench(context, context._services)
    return Bench(context, await asyncio.to_thread(STUDIO.services, context))


def by_meaning(embedder: str | None, ledger: Ledger | None = None) -> SemanticIndex | None:
    """An index by meaning for one run, whose vectors the ledger keeps; None where no embedder is named.

    Raises UsageError for an embedder that cannot be had.
    """
    if embedder is None:
        return None
    from ..memory.ledger import KeptEmbedder
    from ..memory.novelty.semantic import RecentEmbedder, SemanticIndex, open_embedder

    opened = open_embedder(embedder)
    kept = opened if ledger is None else KeptEmbedder(opened, ledger.transact)
    return SemanticIndex(RecentEmbedder(kept))


def known_seeds(seeds: Iterable[Seed], settings: Settings) -> list[Known]:
    """What is known before anything is proposed: prompts that are taken as they are do not bar each other."""
    known = (seed for seed in seeds if not (settings.takes_prompts and isinstance(seed, SeedPrompt)))
    return [Known(seed.id, seed.problem) for seed in known]


def open_texts(settings: Settings) -> Corpus | None:
    """The corpus that the settings name; None where they name none. Blocks.

    Raises UsageError for a path that is not there.
    """
    if not settings.corpus:
        return None
    rules = Rules(
        least=settings.segment_min_chars,
        most=settings.segment_max_chars,
        letters=settings.segment_letters,
        capitals=settings.heading_capitals,
        fields=settings.corpus_fields,
        licence=settings.corpus_licence,
    )
    return open_corpus(settings.corpus, rules)


def open_services(settings: Settings, *, models: ModelPool, sandbox: Sandbox) -> Services:
    """Services with a memory that lasts as long as they do.

    Raises UsageError for bad seeds or sets, and for what holds items of registered held-out sets.
    """
    seeds = load_seeds(Path(settings.seeds) if settings.seeds else None)
    corpus = open_texts(settings)
    traffic = open_traffic(settings.traffic) if settings.traffic else None
    refuse_held_out(HeldOut.registered(), reads_of(settings, seeds, corpus, traffic))
    memory = Admission(
        threshold=settings.novelty_threshold,
        stem=settings.novelty_stem,
        window=1,
        known=known_seeds(seeds, settings),
        semantic=by_meaning(settings.novelty_embedder),
    )
    evaluation = open_evaluation(settings.evaluation_sets)
    return Services(models, sandbox, memory, seeds, evaluation, corpus=corpus, traffic=traffic)
