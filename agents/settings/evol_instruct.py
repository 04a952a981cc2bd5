"""Settings of Evol-Instruct (arXiv 2304.12244); defaults are those of its paper and code."""

from __future__ import annotations

from pydantic import BaseModel, Field


class EvolInstructSettings(BaseModel):
    """What steers evol_instruct."""

    max_growth: int = Field(
        default=60,
        ge=1,
        description="Evol-Instruct: most words that one round may add. Its prompts ask for 10 to 20; a data "
        "format added to the input takes more.",
    )
    apology_words: int = Field(
        default=80,
        ge=0,
        description="Evol-Instruct, second elimination: a response that says sorry is dropped below this "
        "many words.",
    )
    checkpoint_every: int | None = Field(
        default=None,
        ge=1,
        le=8,
        description="Evol-Instruct: have a person look at what survived after so many rounds, which keeps "
        "it from drifting; None never asks.",
    )
