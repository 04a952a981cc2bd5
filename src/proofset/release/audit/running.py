"""The audit of a run: so many canaries, drawn evenly over its records, and how many the verifiers accept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import ProofsetError, UsageError
from ...records import Decision, Record, rng, upper_bound
from ...tools.sandbox import Sandbox
from ..source import Source
from .canaries import Canary, canaries_of

AUDIT = "audit.json"
AT_ONCE = 4


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tried(_Frozen):
    """One canary and what became of it. Its text is nowhere: the same seed makes it again."""

    verifier: str
    kind: str
    record: str = Field(description="Id of the record that it was made of.")
    told: str = Field(description="What was made wrong.")
    fingerprint: str
    decision: Decision


class Kind(_Frozen):
    """Counts of one kind of canary."""

    canaries: int
    false_accepts: int


class Verifier(_Frozen):
    """How one verifier did; an abstention keeps nothing."""

    verifier: str
    canaries: int
    false_accepts: int
    abstained: int
    bound_95: float = Field(description="Clopper-Pearson, one-sided: at most this share is accepted.")
    kinds: dict[str, Kind]


class Audit(_Frozen):
    """The audit of a run as it was then."""

    audit_version: Literal[1] = 1
    seed: int
    records: int = Field(description="That the run had kept when it was audited.")
    verifiers: tuple[Verifier, ...]
    canaries: tuple[Tried, ...]

    @property
    def fingerprints(self) -> frozenset[str]:
        return frozenset(tried.fingerprint for tried in self.canaries)


async def audit(
    source: Path, count: int, sandbox: Sandbox, tell: Callable[[Tried], None], *, seed: int = 0
) -> Audit:
    """Put so many canaries before the verifiers; fewer where the records do not give as many.

    Raises ProofsetError where there is no record of which one can be made.
    """
    records = list(Source.at(source).records())
    canaries = await _drawn(records, count, sandbox, seed)
    if not canaries:
        raise ProofsetError(
            f"{source}: none of its {len(records)} records gives a canary; it needs records of verified_code "
            "or verified_math"
        )
    turns = asyncio.Semaphore(AT_ONCE)

    async def tried(canary: Canary) -> Tried:
        async with turns:
            decision = await canary.ruled(sandbox)
        found = Tried(
            verifier=canary.verifier,
            kind=canary.kind,
            record=canary.record,
            told=canary.told,
            fingerprint=canary.fingerprint,
            decision=decision,
        )
        tell(found)
        return found

    found = await asyncio.gather(*map(tried, canaries))
    return Audit(seed=seed, records=len(records), verifiers=counted(found), canaries=tuple(found))


async def _drawn(records: Sequence[Record], count: int, sandbox: Sandbox, seed: int) -> list[Canary]:
    """One of each record in turn, the records in an order drawn at random, until there are enough."""
    order = sorted(records, key=lambda record: rng("audit", seed, record.id).random())
    makers = [canaries_of(record, rng("canary", seed, record.id), sandbox) for record in order]
    drawn: list[Canary] = []
    known: set[str] = set()
    while makers and len(drawn) < count:
        left = []
        for maker in makers:
            if len(drawn) == count:
                break
            canary = await anext(maker, None)
            if canary is None:
                continue
            left.append(maker)
            if canary.fingerprint not in known:
                known.add(canary.fingerprint)
                drawn.append(canary)
        makers = left
    return drawn


def counted(found: Sequence[Tried]) -> tuple[Verifier, ...]:
    """The counts by verifier and kind."""
    verifiers = []
    for name in sorted({tried.verifier for tried in found}):
        own = [tried for tried in found if tried.verifier == name]
        kinds = {
            kind: Kind(
                canaries=sum(tried.kind == kind for tried in own),
                false_accepts=sum(tried.kind == kind and _passed(tried) for tried in own),
            )
            for kind in sorted({tried.kind for tried in own})
        }
        passed = sum(map(_passed, own))
        verifiers.append(
            Verifier(
                verifier=name,
                canaries=len(own),
                false_accepts=passed,
                abstained=sum(tried.decision is Decision.ABSTAIN for tried in own),
                bound_95=upper_bound(passed, len(own)),
                kinds=kinds,
            )
        )
    return tuple(verifiers)


def _passed(tried: Tried) -> bool:
    return tried.decision is Decision.ACCEPT


def read_audit(source: Path) -> Audit | None:
    """The audit that lies in a run, or beside a file; None where there is none.

    Raises UsageError for one that cannot be read.
    """
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
