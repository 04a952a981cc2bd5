"""Settings of Constitutional AI (arXiv 2212.08073); defaults are those of its paper where it names any."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class ConstitutionalSettings(BaseModel):
    """What steers constitutional."""

    constitution: str | None = Field(
        default=None,
        description="Constitutional: YAML file of principles; None takes `constitution.yaml` of the prompts' "
        "directory, where it has one, else the built-in one. 16 principles, as in the paper "
        "(arXiv 2212.08073).",
    )
    critique_rounds: int = Field(
        default=4,
        ge=1,
        le=12,
        description="Constitutional: most rounds of critique and revision, 4 in the paper "
        "(arXiv 2212.08073).",
    )
    clean_rounds: int = Field(
        default=2,
        ge=1,
        le=12,
        description="Constitutional: stop as soon as the critic finds nothing so many times on end. The "
        "paper always goes through all rounds.",
    )
    helpful_share: float = Field(
        default=0.4,
        ge=0,
        le=1,
        description="Constitutional: share of the slots that take an ordinary prompt, spread evenly. The "
        "paper (arXiv 2212.08073) trains on both, about 43 % of its prompts are ordinary ones: without them "
        "a model learns to turn people away.",
    )
    prompt_source: Literal["seeds", "model"] | None = Field(
        default=None,
        description="Constitutional: `seeds` takes each prompt of the seeds as it is, `model` has new ones "
        "written after them; None takes the prompts of a file where one is given.",
    )
    new_prompts: int = Field(
        default=5,
        ge=1,
        le=30,
        description="Constitutional: prompts asked for in one list, where a model writes them.",
    )
    revision_growth: int = Field(
        default=150,
        ge=1,
        description="Constitutional: most words that a revision may add to what it revises. The paper sets "
        "no bound.",
    )
    echo_words: int = Field(
        default=8,
        ge=3,
        description="Constitutional: a revision that has so many words on end of the critique, or of what "
        "was asked of it, and that the text before had not, echoes it.",
    )
    engaged_words: int = Field(
        default=15,
        ge=1,
        description="Constitutional: a response that declines says at least so many words besides: why, or "
        "what helps instead. The paper asks for responses that are harmless and not evasive, and names no "
        "number.",
    )
    comparison_samples: int = Field(
        default=3,
        ge=1,
        le=15,
        description="Constitutional: votes for each order of a pair, where the provider gives no log-probs; "
        "with log-probs one is asked for each order. The soft label is their share.",
    )
