"""Events: what a run tells while it goes, and the summary at its end."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

from ..memory import StageCount
from ..records import Usage
from .costs import usd_per_kept


class Funnel(NamedTuple):
    """Attempts that got so far: proposed → novel → solved → verified → kept."""

    proposed: int = 0
    novel: int = 0
    solved: int = 0
    verified: int = 0
    kept: int = 0


_TURNED_DOWN_BY = {
    "proposed": {"segment", "filter", "perplexity", "proposer", "critic", "reviser", "compare"},
    "novel": {"novelty_gate", "decontamination", "evolver"},
    "solved": {"tester", "classifier", "solver"},
    "verified": {"verifier", "rephraser", "triage"},
}


def funnel_of(counts: tuple[StageCount, ...], *, kept: int) -> Funnel:
    """The funnel of settled slots: every attempt ended in one rejection or in a record."""
    left = kept + sum(count.attempts for count in counts)
    passed = {}
    for stage, nodes in _TURNED_DOWN_BY.items():
        left -= sum(count.attempts for count in counts if count.stage in nodes)
        passed[stage] = left
    return Funnel(**passed, kept=kept)


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events; `as_json` gives the name and the fields."""

    def as_json(self) -> dict[str, Any]:
        return {"event": _snake(type(self).__name__), **asdict(self)}


@dataclass(frozen=True, slots=True)
class ModelLoading(Event):
    """A local model is fetched: bytes so far and in all."""

    model: str
    done_bytes: int
    total_bytes: int
    source: str


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """All is checked and open. `settled` slots were done before, when a run is resumed."""

    graph: str
    out: str
    n: int
    settled: int
    kept: int
    sandbox: str


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """Something to know about a run that goes on all the same; told once."""

    message: str


@dataclass(frozen=True, slots=True)
class NodeDone(Event):
    """A node of a slot's graph has ended; `refused` is the reason's code where it turned down."""

    slot: int
    node: str
    refused: str | None


@dataclass(frozen=True, slots=True)
class CallDone(Event):
    """A model call has ended; a replayed one came from the journal."""

    model: str
    role: str
    slot: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    replayed: bool


@dataclass(frozen=True, slots=True)
class SlotDone(Event):
    """A slot is settled: kept, rejected, duplicate or surplus."""

    slot: int
    settlement: str
    record_id: str | None
    kept: int


Status = Literal["finished", "kept_enough", "budget_spent", "collapsed", "awaiting_review", "drained"]


@dataclass(frozen=True, slots=True)
class Summary(Event):
    """The end of a run.

    `usage` is what the run took in all, resumed or not; `paid` what this process paid, `replayed` what
    the journal gave it back. `budget_spent` says which limit ended it, `collapsed` what was lost, and
    `all_taken` whether of the corpus or the traffic that it began with no item is left. `canaries` counts the
    known-wrong candidates that were put before the verifier, `false_accepts` names those that it let pass.
    """

    status: Status
    out: str
    slots: int
    n: int
    kept: int
    rejected: int
    funnel: Funnel
    reasons: dict[str, int]
    usage: Usage
    paid: Usage
    replayed: Usage
    seconds: float
    budget_spent: str = ""
    collapsed: str = ""
    all_taken: bool = False
    canaries: int = 0
    false_accepts: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)

    @property
    def usd_per_kept(self) -> float | None:
        """US dollars per kept record; None where a price is unknown or nothing is kept."""
        return usd_per_kept(self.usage, self.kept)

    def as_json(self) -> dict[str, Any]:
        return {
            **Event.as_json(self),
            "funnel": self.funnel._asdict(),
            "usage": self.usage.model_dump(),
            "paid": self.paid.model_dump(),
            "replayed": self.replayed.model_dump(),
            "usd_per_kept": self.usd_per_kept,
        }


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))
