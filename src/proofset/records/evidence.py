"""Evidence: one check that was made, with all it takes to make it again without a model."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class EvidenceKind(StrEnum):
    """How a check works. Judge and human are soft: they never make a record `checked` or `proved`.

    `format` reads the form of a text and says nothing of its content: it never counts towards `proved`.
    `wording` compares words only: what fails it is turned down, what passes is none the stronger for it.
    """

    EXECUTION = "execution"
    SYMBOLIC = "symbolic"
    NUMERIC = "numeric"
    AGREEMENT = "agreement"
    MUTATION = "mutation"
    FORMAT = "format"
    WORDING = "wording"
    JUDGE = "judge"
    HUMAN = "human"


SOFT_KINDS = frozenset({EvidenceKind.JUDGE, EvidenceKind.HUMAN})


class Outcome(StrEnum):
    """What a check found. `inconclusive` is a limit hit or an unreadable value: neither for nor against."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class Evidence(BaseModel):
    """One check: what was claimed, what ran, what came out.

    `check` and `inputs` suffice to run it again; `observed` is what it gave the first time. Nothing
    in here depends on the clock, so that a replay writes the same bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: EvidenceKind
    check: str = Field(description="Name of the check that made this, e.g. `program_prints`.")
    claim: str = Field(description="One sentence: what was tested.")
    outcome: Outcome
    basis: str = Field(
        description="What the check stands on: the spec of the model whose work it trusts, or `none`. "
        "Two checks are independent only when their bases differ."
    )
    inputs: dict[str, JsonValue] = Field(
        default_factory=dict, description="Code, values, expectations and limits (seconds, bytes)."
    )
    observed: dict[str, JsonValue] = Field(default_factory=dict, description="What came out.")
    versions: dict[str, str] = Field(default_factory=dict, description="Tools that ran: name to version.")
    forgeable: bool = Field(
        default=False,
        description="True where the code under test ran in the process that made the finding, and so could "
        "have made it itself. Such evidence never counts towards `proved`.",
    )

    @property
    def hard(self) -> bool:
        """True for a machine check, false for an opinion."""
        return self.kind not in SOFT_KINDS
