"""Yields: what each operator, topic, seed, role and model led to, and what that took, from a run's ledger.

An attempt ends in a record or in one rejection. With all of its calls it counts for every operator that was
applied to it, for its topic and for every seed that was shown; for a role and a model, with their own calls.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UsageError
from ..graphs import load_graph
from ..memory import Ledger
from ..memory.ledger import (
    Attempt,
    AttemptCalls,
    CanaryCount,
    attempts,
    calls_by_attempt,
    canary_counts,
    stage_counts,
)
from ..models.apart import is_counted_apart
from ..records import Share, Usage
from .budget import Accounts
from .complexity import Round, by_round
from .config import RunConfig, make_config
from .costs import usage_of, usd_per_kept
from .events import Funnel, funnel_of
from .rundir import check_existing, open_ledger

PARTS = ("operator", "topic", "seed", "role", "model")


@dataclass(slots=True)
class Yield:
    """What came of some attempts.

    Attributes:
        reasons: `stage: code` to attempts that were turned down for it.
    """

    attempts: int = 0
    kept: int = 0
    usage: Usage = field(default_factory=Usage)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> Share:
        """Of the attempts, those that were kept."""
        return Share(self.kept, self.attempts)

    @property
    def usd_per_kept(self) -> float | None:
        """None where a price is unknown or nothing is kept."""
        return usd_per_kept(self.usage, self.kept)

    def add(self, attempt: Attempt, usage: Usage) -> None:
        """Count one attempt and what it took."""
        self.attempts += 1
        self.kept += attempt.kept
        self.usage += usage
        if not attempt.kept:
            self.reasons[attempt.reason] += 1

    def as_json(self) -> dict[str, Any]:
        low, high = self.share.interval
        return {
            "attempts": self.attempts,
            "kept": self.kept,
            "share": self.share.value,
            "interval": [low, high],
            "usage": self.usage.model_dump(),
            "usd_per_kept": self.usd_per_kept,
            "reasons": dict(self.reasons.most_common()),
        }


class Report(NamedTuple):
    """A run as far as it is settled; `by` has the parts of `PARTS`, most attempts first.

    `usage` is all that was paid for; `by` leaves out what open slots have taken so far. `rounds` says how
    instructions grew as they were evolved, where they were. `canaries` counts known-wrong candidates, which
    are no attempts and are in none of the other numbers; calls of a model that they took are in `usage`.
    """

    config: RunConfig
    slots: int
    kept: int
    funnel: Funnel
    usage: Usage
    reasons: dict[str, int]
    by: dict[str, dict[str, Yield]]
    rounds: list[Round]
    canaries: tuple[CanaryCount, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "graph": self.config.graph,
            "n": self.config.n,
            "slots": self.slots,
            "kept": self.kept,
            "bandit_floor": self.config.settings.bandit_floor,
            "funnel": self.funnel._asdict(),
            "usage": self.usage.model_dump(),
            "reasons": self.reasons,
            "by": {
                part: [{"name": name, **one.as_json()} for name, one in names.items()]
                for part, names in self.by.items()
            },
            "rounds": [one._asdict() for one in self.rounds],
            "canaries": [one._asdict() for one in self.canaries],
        }


def report_on(out: Path) -> Report:
    """The report of the run in a directory, which may still be going on.

    Raises UsageError where there is none.
    """
    check_existing(out)
    with closing(open_ledger(out)) as ledger:
        (stored,) = ledger.runs() or (None,)
        if stored is None:
            raise UsageError(f"{out}: the run was ended before it began; start it anew with `proofset run`")
        config = make_config(stored.config, source=f"the run in {out}")
        slots, counts = ledger.settled(stored.run_id), stage_counts(ledger, stored.run_id)
        by, kept = _by_part(ledger, stored.run_id, config, slots)
        rounds = config.settings.evolve_rounds
        evolves = load_graph(config.graph).task.evolve_rounds if rounds is None else rounds
        return Report(
            config=config,
            slots=slots,
            kept=kept,
            funnel=funnel_of(counts, kept=kept),
            usage=Accounts(ledger, config.budget, config.prices).usage(),
            reasons={count.reason: count.attempts for count in counts},
            by=by,
            rounds=by_round(ledger.records(stored.run_id)) if evolves else [],
            canaries=canary_counts(ledger, stored.run_id),
        )


def _by_part(
    ledger: Ledger, run_id: str, config: RunConfig, slots: int
) -> tuple[dict[str, dict[str, Yield]], int]:
    by: dict[str, defaultdict[str, Yield]] = {part: defaultdict(Yield) for part in PARTS}
    kept = 0
    calls = _usages(config, calls_by_attempt(ledger, slots=slots))
    slot, taken = next(calls, (slots, {}))
    for attempt in attempts(ledger, run_id):
        kept += attempt.kept
        while slot < attempt.slot:
            slot, taken = next(calls, (slots, {}))
        usages = taken.get(attempt.attempt, {}) if slot == attempt.slot else {}
        own = sum((one for asked, one in usages.items() if not is_counted_apart(asked.role)), Usage())
        for part, name in _named(attempt):
            by[part][name].add(attempt, own)
        for part in _Asked._fields:
            for name, usage in _summed(usages, part).items():
                by[part][name].add(attempt, usage)
    return {part: _most_first(names) for part, names in by.items()}, kept


class _Asked(NamedTuple):
    role: str
    model: str


def _usages(
    config: RunConfig, calls: Iterator[AttemptCalls]
) -> Iterator[tuple[int, dict[int, dict[_Asked, Usage]]]]:
    """Slot by slot: attempt to role and model to what it took."""
    for slot, ones in groupby(calls, key=lambda one: one.slot):
        taken: defaultdict[int, dict[_Asked, Usage]] = defaultdict(dict)
        for one in ones:
            taken[one.attempt][_Asked(one.role, one.spec)] = usage_of(one, config.prices)
        yield slot, taken


def _summed(usages: Mapping[_Asked, Usage], part: str) -> dict[str, Usage]:
    summed: defaultdict[str, Usage] = defaultdict(Usage)
    for asked, usage in usages.items():
        summed[getattr(asked, part)] += usage
    return summed


def _named(attempt: Attempt) -> Iterator[tuple[str, str]]:
    origin = attempt.origin
    yield from (("operator", name) for name in dict.fromkeys(origin.operators))
    yield from (("seed", name) for name in origin.exemplars)
    if origin.topic:
        yield "topic", origin.topic


def _most_first(names: dict[str, Yield]) -> dict[str, Yield]:
    return dict(sorted(names.items(), key=lambda item: (-item[1].attempts, item[0])))
