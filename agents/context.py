"""What a graph is given: Context, the settings a user may edit, and Services, the live things behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from ..memory import Admission, Known, Ledger, Memory
from ..models import ModelPool, catalogue
from ..seeds import Seed, load_seeds
from ..tools.sandbox import Sandbox, open_sandbox
from .decontamination import open_evaluation

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

    from ..memory.contamination import Decontaminator
    from ..memory.novelty.semantic import SemanticIndex

DEFAULT_MODEL = f"local:{catalogue.DEFAULT_MODEL}"


class Settings(BaseModel):
    """The numbers that steer a graph; each default names its source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_attempts: int = Field(
        default=5,
        ge=1,
        le=50,
        description="Attempts per slot before it is discarded: what cannot be verified is not kept.",
    )
    solver_samples: int | None = Field(
        default=None,
        ge=2,
        le=16,
        description="Independent solutions per problem; None takes the graph's own: 2 for a math problem, by "
        "program and by reasoning in turn, 4 for code.",
    )
    other_numbers: bool = Field(
        default=True,
        description="Verified math: have the problem solved once more with other numbers; the author's "
        "program must follow.",
    )
    other_words: bool = Field(
        default=True,
        description="Verified math: have the problem told in other words and solved once more; the answer "
        "must stay.",
    )
    tests: int = Field(
        default=8, ge=3, le=40, description="Verified code: tests to ask of the tester per problem."
    )
    min_tests: int = Field(
        default=5,
        ge=1,
        le=40,
        description="Verified code: tests that the solutions must confirm, 5 as in AceCoder "
        "(arXiv 2502.01718).",
    )
    max_denied: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Verified code: share of the tests that the solutions may deny before the problem counts "
        "as one that can be read in two ways.",
    )
    solutions_kept: int = Field(
        default=2,
        ge=1,
        le=8,
        description="Verified code: different right solutions to prove and keep per problem; several help "
        "training (arXiv 2509.20837).",
    )
    evolve_rounds: int = Field(
        default=0, ge=0, le=8, description="Rounds of making a new problem harder before it is solved."
    )
    exemplars: int = Field(
        default=3, ge=1, le=20, description="Seed problems shown to the proposer; one is of another topic."
    )
    bandit_floor: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Draw operators and topics by how many of their attempts were kept (Thompson sampling), "
        "but in this share of the draws without regard to that: 0.3 keeps the data broad. None never looks.",
    )
    novelty_threshold: float = Field(
        default=0.7,
        gt=0,
        le=1,
        description="A text is known above this ROUGE-L F-measure; 0.7 itself passes. Self-Instruct "
        "(arXiv 2212.10560).",
    )
    novelty_stem: bool = Field(
        default=True,
        description="Compare the stems of words, as rouge_score does with use_stemmer=True; the code of "
        "Self-Instruct compares words as they are.",
    )
    novelty_embedder: str | None = Field(
        default=None,
        description="Compare by meaning, too: wordllama, minilm or openai:MODEL; None compares by wording "
        "only. Needs `pip install 'proofset[semantic]'`.",
    )
    neighbours: int = Field(
        default=0,
        ge=0,
        le=100,
        description="How many of the most similar known items to keep with each record, and the mean over "
        "all of them; Self-Instruct keeps 10. It compares with every item: 0 does not.",
    )
    judge_minimum: int | None = Field(
        default=None,
        ge=1,
        le=5,
        description="Reject below this on clarity, quality or diversity, 3 being usual. None asks no judge.",
    )
    judge_samples: int = Field(
        default=1,
        ge=1,
        le=15,
        description="How often the judge is asked about one example; from 3 on it shows whether it agrees "
        "with itself.",
    )
    judge_agreement: float = Field(
        default=0.6,
        ge=0.5,
        le=1,
        description="Abstain where fewer pairs of the judge's samples decide alike: at 0.6 three samples "
        "must be of one mind, and one of five may differ.",
    )
    judge_canary_share: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Share of examples of which a bad one is made and judged, too; a judge that keeps it is "
        "not heard on the example.",
    )
    topics: tuple[str, ...] = Field(
        default=(), description="Topics to write on, in rotation; empty takes all that the seeds have."
    )
    seeds: str | None = Field(
        default=None, description="File of seeds for this graph; None takes the built-in ones."
    )
    evaluation_sets: tuple[str, ...] = Field(
        default=(),
        description="Files or directories of what a model will be evaluated on: what holds a text of theirs "
        "is not kept.",
    )


class Context(Settings):
    """The run-time context of every graph: settings, and which model serves which role."""

    models: dict[str, str] = Field(
        default_factory=lambda: {"default": DEFAULT_MODEL},
        description="Role to model spec; the role `default` serves all that are not named.",
    )
    _services: Services | None = PrivateAttr(default=None)

    def bound(self, services: Services) -> Context:
        """This context with live services, as a run gives it to its graphs."""
        copy = self.model_copy()
        copy._services = services
        return copy


@dataclass(frozen=True, slots=True)
class Services:
    """The live things that agents use: models, a sandbox, what is known, the seeds, what must not be made."""

    models: ModelPool
    sandbox: Sandbox
    memory: Memory
    seeds: Sequence[Seed]
    evaluation: Decontaminator | None = None


class Bench(NamedTuple):
    """What one node works with."""

    context: Context
    services: Services


_for_studio: dict[str, Services] = {}
_opening = threading.Lock()


async def bench_of(runtime: Runtime[Context]) -> Bench:
    """The context and services of a running node.

    A run binds its services to the context. LangGraph Studio gives plain settings, or none: then
    services are opened once per settings and process, with a memory of their own and no ledger.
    """
    context = runtime.context or Context()
    if context._services is not None:
        return Bench(context, context._services)
    return Bench(context, await asyncio.to_thread(_open_for_studio, context))


def _open_for_studio(context: Context) -> Services:
    key = context.model_dump_json()
    with _opening:
        if key not in _for_studio:
            _for_studio[key] = open_services(
                context, models=ModelPool(context.models, traced=lambda call: True), sandbox=open_sandbox()
            )
        return _for_studio[key]


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


def known_seeds(seeds: Iterable[Seed]) -> list[Known]:
    """What is known before anything is proposed."""
    return [Known(seed.id, seed.problem) for seed in seeds]


def open_services(settings: Settings, *, models: ModelPool, sandbox: Sandbox) -> Services:
    """Services with a memory that lasts as long as they do. Raises UsageError for bad seeds or sets."""
    seeds = load_seeds(Path(settings.seeds) if settings.seeds else None)
    memory = Admission(
        threshold=settings.novelty_threshold,
        stem=settings.novelty_stem,
        window=1,
        known=known_seeds(seeds),
        semantic=by_meaning(settings.novelty_embedder),
    )
    return Services(models, sandbox, memory, seeds, open_evaluation(settings.evaluation_sets))
