"""RunConfig: all that a run is told, the same for Python, the command line and a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..agents import Settings
from ..corpus import Corpus
from ..errors import UsageError, first_problem
from ..loop import resolved
from ..models import Price
from ..traffic import Traffic
from .budget import Budget

Executor = Literal["local", "processes", "ray"]

_AHEAD = 8
"""Slots ahead for each call at once. Where one slot in fifty takes ten times as long, a hundred calls at once
lose more than half of their time at 8, and five sixths at 2."""


class RunConfig(BaseModel):
    """One run. The window is part of what makes two runs equal; concurrency is not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    graph: str = Field(description="Name of the graph.")
    n: int = Field(ge=1, le=1_000_000_000, description="Slots: candidates to try.")
    keep: int | None = Field(default=None, ge=1, description="Stop as soon as so many records are kept.")
    seed: int = Field(default=0, ge=0, description="All randomness derives from it.")
    models: dict[str, str] = Field(description="Role to model spec; `default` serves the rest.")
    concurrency: int = Field(default=8, ge=1, le=10_000, description="Model calls at once, per model.")
    executor: Executor | None = Field(
        default=None, description="Where slots are driven; `processes` where there are workers, else `local`."
    )
    workers: int = Field(default=1, ge=1, le=1024, description="Processes that drive slots.")
    ray: str | None = Field(
        default=None, description="Address of a Ray cluster, such as `auto`; one on this machine by default."
    )
    window: int | None = Field(
        default=None,
        ge=1,
        description="How far slots may run ahead of the oldest unfinished one; eight times the "
        "concurrency where not given. What is new is decided by it, so it stays as it is in a resumed run.",
    )
    replay: str | None = Field(
        default=None,
        description="Directory of a recorded run: its answers are given again, and no model is asked. "
        "`--model scripted:RUN_DIR` sets it, with the recorded run's config.",
    )
    memory: str | None = Field(
        default=None,
        description="Directory that remembers what is kept, for later runs of any graph; made where it is "
        "missing.",
    )
    against: tuple[str, ...] = Field(
        default=(),
        description="Data files whose texts are known from the start: what repeats them is not kept.",
    )
    anchor: tuple[str, ...] = Field(
        default=(),
        description="Data files of texts that people wrote: the run ends where what it keeps has lost their "
        "breadth. None does not watch.",
    )
    allow_collapse: bool = Field(
        default=False, description="Tell of a collapse and go on; it stays in the run's config."
    )
    chroma: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="`http://host:port` of a Chroma server (`chroma run`), where several machines use one "
        "memory by meaning.",
    )
    ledger: str | None = Field(
        default=None,
        description="`postgresql://USER@HOST/DATABASE` of the ledger, its password in PGPASSWORD or "
        "~/.pgpass; a file in the run's directory where not given.",
    )
    held_out_registry: str | None = Field(
        default=None,
        description="YAML file of registered held-out sets: set by the run where one holds in its directory, "
        "so that a resume finds the same.",
    )
    held_out: tuple[str, ...] = Field(
        default=(),
        description="Files of the held-out sets that were registered when the run began: what holds a text "
        "of theirs is not kept. Set by the run.",
    )
    corpus_sha256: str | None = Field(
        default=None,
        description="Of the corpus's segments, or of the traffic's items: set by the run, so that it goes on "
        "with the same ones only.",
    )
    timeout_s: float = Field(default=600.0, gt=0, description="Longest wait for one reply, in seconds.")
    trace: str | None = Field(
        default=None,
        description="Where traces go: `http://host:port` of a collector that takes OTLP by HTTP, or a file. "
        "None takes the collector of OTEL_EXPORTER_OTLP_ENDPOINT, where that is set, and else makes none.",
    )
    trace_share: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Share of the slots that are traced, whole ones, the same in every replay: there, and in "
        "LangSmith, where its variables ask for traces.",
    )
    trace_text: bool = Field(
        default=False, description="Put prompts, replies and programs into traces, not their hashes alone."
    )
    agents: dict[str, str] = Field(default_factory=dict, description="Role to `module:attribute`.")
    prices: dict[str, Price] = Field(
        default_factory=dict, description="Model spec or name to USD per million tokens."
    )
    budget: Budget = Field(default_factory=Budget)
    settings: Settings = Field(default_factory=Settings)

    @property
    def runs_on(self) -> Executor:
        """The executor in force."""
        return self.executor or ("processes" if self.workers > 1 else "local")

    @property
    def not_to_be_made(self) -> tuple[str, ...]:
        """Files of evaluation sets whose texts are not kept: those that are named, and those registered."""
        return (*self.settings.evaluation_sets, *self.held_out)

    @property
    def slots_ahead(self) -> int:
        """The window in force."""
        return self.window or _AHEAD * self.concurrency


def settled_config(config: RunConfig) -> RunConfig:
    """The config as a resume must find it: another concurrency or directory then changes nothing."""
    memory = config.memory and str(Path(config.memory).absolute())
    trace = config.trace if not config.trace or "://" in config.trace else str(Path(config.trace).absolute())
    return config.model_copy(update={"window": config.slots_ahead, "memory": memory, "trace": trace})


def begun_with(config: RunConfig, items: Corpus | Traffic) -> RunConfig:
    """The config of a run over these: no more slots than there are items, and a resume finds the same."""
    return config.model_copy(update={"n": min(config.n, len(items)), "corpus_sha256": items.sha256})


def make_config(values: Mapping[str, Any], *, source: str) -> RunConfig:
    """A config from plain values, with who serves in place of `loop:DIR`.

    Raises UsageError that names the source, the field and the bound, or the loop.
    """
    given = dict(values)
    if isinstance(given.get("models"), Mapping):
        given["models"] = _with_loops(given["models"])
    try:
        return RunConfig.model_validate(given)
    except ValidationError as error:
        raise UsageError(f"{source}: {first_problem(error)}") from error


def _with_loops(models: Mapping[Any, Any]) -> dict[Any, Any]:
    # A run keeps the models themselves: who serves in a loop may change while it lasts.
    specs = {role: spec for role, spec in models.items() if isinstance(spec, str)}
    return {**models, **resolved(specs)}


def read_config_file(path: Path) -> dict[str, Any]:
    """The values of a YAML file. Raises UsageError that names the file and the line."""
    import yaml

    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"config {path}: cannot read it ({error})") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise UsageError(
            f"config {path}{where}: no valid YAML ({getattr(error, 'problem', error)})"
        ) from error
    if not isinstance(values, dict):
        raise UsageError(f"config {path}: write `name: value` lines, such as `n: 100`")
    return values
