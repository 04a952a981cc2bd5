"""The audit of a run: its own canaries, topped up by more of its records, and how many the verifiers accept.

canaries of the run, from its ledger ─┐
                                      ├─▶ counts by verifier, kind and grade, with the bound
more, made of its records offline  ───┘
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...engine.rundir import holds_run, open_ledger
from ...errors import ProofsetError, UsageError
from ...memory.ledger import run_canaries
from ...records import CanaryResult, Decision, Record, RunCanary, rng, upper_bound
from ...tools.sandbox import Sandbox
from ..source import Source
from .canaries import Canary, canaries_of, verifier_of

AUDIT = "audit.json"
AT_ONCE = 4
ENOUGH = 300
"""Canaries of a verifier, without a false accept among them, that bound its share of false accepts by 1 %."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tried(CanaryResult):
    """One canary and what became of it. Its text is not here: the same seed makes it again."""

    source: Literal["run", "audit"] = Field(description="Put before the verifier in the run, or afterwards.")
    record: str = Field(default="", description="Id of the record that it was made of, by an audit.")
    slot: int | None = Field(default=None, description="The slot that it was put between, in a run.")


class Kind(_Frozen):
    """Counts of one kind of canary, or of those that were made of one grade."""

    canaries: int
    false_accepts: int
    bound_95: float = Field(description="Clopper-Pearson, one-sided: at most this share is accepted.")


class Verifier(_Frozen):
    """How one verifier did; an abstention keeps nothing."""

    verifier: str
    canaries: int
    false_accepts: int
    abstained: int
    bound_95: float = Field(description="Clopper-Pearson, one-sided: at most this share is accepted.")
    in_run: int = Field(description="Of the canaries, those that were put between the run's candidates.")
    topped_up: int = Field(description="Of the canaries, those that an audit made afterwards.")
    kinds: dict[str, Kind] = Field(description="By kind of defect.")
    grades: dict[str, Kind] = Field(description="By the grade of what was made wrong.")


class Audit(_Frozen):
    """The audit of a run as it was then."""

    audit_version: Literal[2] = 2
    seed: int | None = Field(description="Of the canaries that were made afterwards; None without any.")
    records: int | None = Field(description="That the run had kept then; None where it was never audited.")
    verifiers: tuple[Verifier, ...]
    canaries: tuple[Tried, ...]

    @property
    def fingerprints(self) -> frozenset[str]:
        return frozenset(tried.fingerprint for tried in self.canaries if tried.fingerprint)


async def audit(
    source: Path, count: int, sandbox: Sandbox, tell: Callable[[Tried], None], *, seed: int = 0
) -> Audit:
    """Count a run's own canaries, and put more before each verifier that had fewer than `count`; fewer where
    the records do not give as many.

    Raises ProofsetError where there is neither a canary nor a record of which one can be made.
    """
    records, own = list(Source.at(source).records()), canaries_in(source)
    canaries = await _drawn(records, count, own, sandbox, seed)
    if not canaries and not own:
        raise ProofsetError(
            f"{source}: none of its {len(records)} records gives a canary; it needs records of verified_code "
            "or verified_math, or responses whose form or sum was checked"
        )
    turns = asyncio.Semaphore(AT_ONCE)

    async def tried(canary: Canary) -> Tried:
        async with turns:
            decision = await canary.ruled(sandbox)
        found = Tried(
            source="audit",
            verifier=canary.verifier,
            kind=canary.kind,
            record=canary.record,
            told=canary.told,
            known=canary.known,
            fingerprint=canary.fingerprint,
            grade=canary.grade,
            decision=decision,
        )
        tell(found)
        return found

    found = [*own, *await asyncio.gather(*map(tried, canaries))]
    return Audit(seed=seed, records=len(records), verifiers=counted(found), canaries=tuple(found))


def canaries_in(source: Path) -> tuple[Tried, ...]:
    """What a run's hard verifiers made of its own canaries; none of a file."""
    if not source.is_dir() or not holds_run(source):
        return ()
    with closing(open_ledger(source)) as ledger:
        found = [one for run in ledger.runs() for one in run_canaries(ledger, run.run_id)]
    return tuple(_of_run(one) for one in found if not one.is_judges)


def _of_run(canary: RunCanary) -> Tried:
    shared = {name: getattr(canary, name) for name in CanaryResult.model_fields}
    return Tried(source="run", slot=canary.slot, **shared)


class _Making(NamedTuple):
    verifier: str
    canaries: Any


async def _drawn(
    records: Sequence[Record], count: int, own: Sequence[Tried], sandbox: Sandbox, seed: int
) -> list[Canary]:
    """One of each record in turn, the records in an order drawn at random, until each verifier has enough."""
    order = sorted(records, key=lambda record: rng("audit", seed, record.id).random())
    makers = [
        _Making(verifier, canaries_of(record, rng("canary", seed, record.id), sandbox))
        for record in order
        if (verifier := verifier_of(record))
    ]
    has = Counter(tried.verifier for tried in own)
    known = {tried.fingerprint for tried in own}
    drawn: list[Canary] = []
    while makers:
        left = []
        for maker in makers:
            if has[maker.verifier] >= count:
                continue
            canary = await anext(maker.canaries, None)
            if canary is None:
                continue
            left.append(maker)
            if canary.fingerprint not in known:
                known.add(canary.fingerprint)
                drawn.append(canary)
                has[maker.verifier] += 1
        makers = left
    return drawn


def counted(found: Sequence[Tried]) -> tuple[Verifier, ...]:
    """The counts by verifier, kind and grade."""
    verifiers = []
    for name in sorted({tried.verifier for tried in found}):
        own = [tried for tried in found if tried.verifier == name]
        whole = _kind(own)
        verifiers.append(
            Verifier(
                verifier=name,
                **whole.model_dump(),
                abstained=sum(tried.decision is Decision.ABSTAIN for tried in own),
                in_run=sum(tried.source == "run" for tried in own),
                topped_up=sum(tried.source == "audit" for tried in own),
                kinds=_by(own, lambda tried: tried.kind),
                grades=_by(own, lambda tried: tried.grade.value if tried.grade else "none"),
            )
        )
    return tuple(verifiers)


def _by(found: Sequence[Tried], named: Callable[[Tried], str]) -> dict[str, Kind]:
    names = sorted(set(map(named, found)))
    return {name: _kind([tried for tried in found if named(tried) == name]) for name in names}


def _kind(found: Sequence[Tried]) -> Kind:
    passed = sum(tried.passed for tried in found)
    return Kind(canaries=len(found), false_accepts=passed, bound_95=upper_bound(passed, len(found)))


def read_audit(source: Path) -> Audit | None:
    """A run's own canaries as they are now, with those of the audit that lies in it, or beside a file; None
    where there are none.

    Raises UsageError for an audit that cannot be read.
    """
    stored, own = _stored(source), canaries_in(source)
    if stored is None:
        return Audit(seed=None, records=None, verifiers=counted(own), canaries=own) if own else None
    is_run = source.is_dir() and holds_run(source)
    kept = tuple(tried for tried in stored.canaries if tried.source == "audit" or not is_run)
    found = (*own, *kept)
    return stored.model_copy(update={"verifiers": counted(found), "canaries": found})


def _stored(source: Path) -> Audit | None:
    path = (source if source.is_dir() else source.parent) / AUDIT
    if not path.is_file():
        return None
    try:
        return Audit.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        raise UsageError(f"{path}: no audit that can be read ({said}); audit the run anew") from error


def far_fault(found: Audit | None, bound: float) -> str:
    """Why an audit does not show that no greater share of wrong candidates is accepted; empty if it does."""
    if found is None:
        return "it was not audited; run `proofset audit` on it"
    for one in found.verifiers:
        if one.bound_95 > bound:
            return (
                f"{one.verifier} accepted {one.false_accepts} of {one.canaries} canaries: up to "
                f"{one.bound_95:.2%} at 95 %, more than {bound:.2%}; audit more, or mend the verifier"
            )
    return ""


def as_card(found: Audit) -> dict[str, Any]:
    """What a card says of an audit."""
    return found.model_dump(mode="json", include={"seed", "records", "verifiers"})
