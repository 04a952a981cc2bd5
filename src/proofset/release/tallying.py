"""Tally: what a card counts, record by record, as they are exported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..agents.judging import CanaryOutcome
from ..agents.judging.hearing import CHECK as JUDGED
from ..records import Evidence, Outcome, Record, Rejection, Share, Usage


@dataclass(slots=True)
class Canaries:
    """What one verifier made of known-wrong candidates: of all, how many it let pass, by kind."""

    of: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> Share:
        """False accepts of all canaries."""
        return Share(self.passed.total(), self.of.total())


@dataclass(slots=True)
class Tally:
    """Counts over the records of an export.

    Attributes:
        checks: check to records in which it passed.
        models: role to the specs that played it; prompts: name to the hashes of its texts.
        left_out: reason to records that were not exported.
        no_row: exported formats may have no row for a record: no pair, no steps.
    """

    records: int = 0
    grades: Counter[str] = field(default_factory=Counter)
    risks: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    seeds: set[int] = field(default_factory=set)
    models: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    prompts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    left_out: Counter[str] = field(default_factory=Counter)
    no_row: int = 0
    cost: Usage = field(default_factory=Usage)

    def add(self, record: Record) -> None:
        """Count one record that is exported."""
        self.records += 1
        self.grades[record.verdict.grade.value if record.verdict.grade else "none"] += 1
        self.risks[record.risk.value] += 1
        self.methods[record.method] += 1
        self.checks.update({e.check for e in record.verdict.evidence if e.outcome is Outcome.PASS})
        self.seeds.add(record.lineage.seed)
        for role, spec in record.lineage.models.items():
            self.models[role].add(spec)
        for name, sha256 in record.lineage.prompts.items():
            self.prompts[name].add(sha256)
        self.cost += record.cost


def judge_canaries(made: Iterable[Record | Rejection]) -> dict[str, Canaries]:
    """Judge's spec to what became of the canaries that it was shown beside these candidates.

    A judge that keeps a canary has its candidate turned down, so that rejections belong to the count.
    """
    found: defaultdict[str, Canaries] = defaultdict(Canaries)
    for one in made:
        for evidence in one.verdict.evidence if one.verdict else ():
            _count(evidence, found)
    return dict(found)


def _count(evidence: Evidence, found: defaultdict[str, Canaries]) -> None:
    if evidence.check != JUDGED:
        return
    match evidence.observed.get("canary"):
        case {"kind": str(kind), "outcome": str(outcome)}:
            found[evidence.basis].of[kind] += 1
            found[evidence.basis].passed[kind] += outcome == CanaryOutcome.PASSED
