"""Verdict: accept, reject or abstain, with the evidence and the grade that the evidence earns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .evidence import Evidence, EvidenceKind, Outcome


class Decision(StrEnum):
    """Only `accept` is kept; `abstain` means that the checks could not decide."""

    ACCEPT = "accept"
    REJECT = "reject"
    ABSTAIN = "abstain"


class Grade(StrEnum):
    """How strong the evidence of an accepted record is.

    `proved`: passed hard checks of at least two kinds on at least two independent bases, none forgeable and
    none of form alone.
    `checked`: at least one passed hard check, not of wording alone. `judged`: no more than opinions and
    checks of wording. `human`: a person decided.
    """

    PROVED = "proved"
    CHECKED = "checked"
    JUDGED = "judged"
    HUMAN = "human"


def grade_of(evidence: Iterable[Evidence]) -> Grade | None:
    """The grade that a list of evidence earns, or None where nothing passed.

    One model that agrees with itself is one basis, however many times it was asked.
    """
    passed = [e for e in evidence if e.outcome is Outcome.PASS]
    hard = [e for e in passed if e.hard and e.kind is not EvidenceKind.WORDING]
    proving = [e for e in hard if not e.forgeable and e.kind is not EvidenceKind.FORMAT]
    kinds = {e.kind for e in proving}
    bases = {e.basis for e in proving}
    if len(kinds) >= 2 and len(bases) >= 2:
        return Grade.PROVED
    if hard:
        return Grade.CHECKED
    if any(e.kind is EvidenceKind.HUMAN for e in passed):
        return Grade.HUMAN
    return Grade.JUDGED if passed else None


class Verdict(BaseModel):
    """The outcome of verification. Make one with `accept`, `reject` or `abstain`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Decision
    grade: Grade | None = Field(default=None, description="Set when accepted, and only then.")
    code: str = Field(default="", description="Short name of the reason, for counting; empty when accepted.")
    reason: str = Field(default="", description="One sentence with the values and the bound.")
    evidence: tuple[Evidence, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.decision is Decision.ACCEPT:
            if self.grade is None or self.grade is not grade_of(self.evidence):
                raise ValueError("an accepted verdict has exactly the grade that its evidence earns")
            if any(e.outcome is Outcome.FAIL for e in self.evidence if e.hard):
                raise ValueError("an accepted verdict holds no failed hard check")
        elif self.grade is not None or not self.code or not self.reason:
            raise ValueError(f"a verdict of {self.decision.value} has a code, a reason and no grade")
        return self

    @property
    def accepted(self) -> bool:
        return self.decision is Decision.ACCEPT

    @classmethod
    def accept(cls, evidence: Sequence[Evidence]) -> Verdict:
        """Accept on this evidence. Raises ValueError where nothing passed or a hard check failed."""
        return cls(decision=Decision.ACCEPT, grade=grade_of(evidence), evidence=tuple(evidence))

    @classmethod
    def reject(cls, code: str, reason: str, evidence: Sequence[Evidence] = ()) -> Verdict:
        return cls(decision=Decision.REJECT, code=code, reason=reason, evidence=tuple(evidence))

    @classmethod
    def abstain(cls, code: str, reason: str, evidence: Sequence[Evidence] = ()) -> Verdict:
        return cls(decision=Decision.ABSTAIN, code=code, reason=reason, evidence=tuple(evidence))
