"""Canary: what became of a candidate that is known to be wrong. It is no record, and none can be made of it.

A run puts known-wrong candidates before its verifier, as `proofset audit` does afterwards. What is told here
goes to files and tables of its own; admission, which makes a run's data set, takes nothing of this type.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .verdict import Decision, Grade, Verdict


class HowKnown(StrEnum):
    """By what a candidate is known to be wrong, without the verifier that it is put before.

    `separating_input`: a call is shown on which it gives another value than a right one.
    `unequal`: it states an answer that the typed comparison finds unequal to the right one.
    `undetermined`: the answer hangs on a number that is not stated any more.
    `false_calculation`: it writes out a calculation that was true, and is false now, by exact arithmetic.
    `broken_demand`: it was made so that what the instruction asks of the form cannot hold.
    `bad_on_purpose`: a canary of a judge, such as an empty response.
    """

    SEPARATING_INPUT = "separating_input"
    UNEQUAL = "unequal"
    UNDETERMINED = "undetermined"
    FALSE_CALCULATION = "false_calculation"
    BROKEN_DEMAND = "broken_demand"
    BAD_ON_PURPOSE = "bad_on_purpose"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Known(_Frozen):
    """Why it is known to be wrong: in which way, and what shows it."""

    by: HowKnown
    shown: str = Field(default="", description="The call, the answers, the number, the calculation.")


class CanaryResult(_Frozen):
    """One canary, and what its verifier decided."""

    verifier: str = Field(description="A hard verifier, an agent's name, or `judge SPEC`.")
    kind: str = Field(description="Of the defect.")
    told: str = Field(description="What was made wrong.")
    known: Known
    fingerprint: str = Field(default="", description="By which an export knows it; none of a judge's.")
    grade: Grade | None = Field(
        default=None, description="Of the candidate that it was made of, before it was made wrong."
    )
    decision: Decision

    @property
    def passed(self) -> bool:
        """Whether it was accepted: a false accept."""
        return self.decision is Decision.ACCEPT

    @property
    def is_judges(self) -> bool:
        """Whether it was put before a judge, who may only turn down, and not before a hard verifier."""
        return self.verifier.startswith("judge ")


class RunCanary(CanaryResult):
    """A canary of a run, with what a person needs to look into a false accept.

    Its texts stand under no name that a data set has: a line of canaries.jsonl is no training row.
    """

    slot: int = Field(ge=0, description="The slot that it was put between.")
    number: int = Field(ge=0, description="Which of its slot's; the first is 0.")
    wrong: dict[str, JsonValue] = Field(
        default_factory=dict, description="What the verifier was given; empty for a judge's."
    )
    verdict: Verdict | None = Field(default=None, description="The verifier's, where it gave one.")
