"""Settings of the flywheel. No paper names its numbers: they are ours, and say what they come from."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from ...traffic import TrafficRules


class FlywheelSettings(BaseModel):
    """What steers flywheel."""

    traffic: tuple[str, ...] = Field(
        default=(),
        description="Flywheel: directories of traffic, or files of its items, as `proofset flywheel ingest` "
        "writes them; `--traffic PATH`.",
    )
    traffic_rules: TrafficRules = Field(
        default=TrafficRules(),
        description="Flywheel: bounds of length, languages and safety; what is outside of them is dropped.",
    )
    perplexity: bool = Field(
        default=False,
        description="Flywheel: have the model of the role `scorer` read each exchange, and drop noise. It "
        "needs log-probs of a text: local:NAME, llama.cpp's server or vLLM.",
    )
    perplexity_bits: float = Field(
        default=4.0,
        gt=0,
        description="Flywheel: bits a character (the logarithm of the perplexity by character) above which "
        "a text is noise. Measured with SmolLM2-135M on 250 characters: texts have 0.2 to 2.7, random "
        "letters 5.2 to 6.6. By character, so that models with other tokens can be compared.",
    )
    perplexity_chars: int = Field(
        default=500,
        ge=40,
        le=20_000,
        description="Flywheel: characters that the scorer reads of an instruction and of an output each; "
        "llama.cpp's server takes as long for them as for writing them.",
    )
    production_minimum: float = Field(
        default=3.5,
        ge=1,
        le=5,
        description="Flywheel: from this mean of the judge's samples on an answer is taken for a good one; "
        "3.5 lies between one demand of five missed and two.",
    )
    production_floor: float = Field(
        default=2.0,
        ge=1,
        le=5,
        description="Flywheel: an answer below it is dropped, seen by nobody: it meets one demand at most.",
    )
    uncertain_from: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="Flywheel: from this uncertainty on an answer stands at the head of the review queue, "
        "and is not dropped. With three samples, two that decide against one have 0.67.",
    )
    draft_revisions: bool = Field(
        default=True,
        description="Flywheel: have the reviser draft a better answer where the judge finds a fault, for "
        "people to compare.",
    )
    draft_votes: int = Field(
        default=1,
        ge=0,
        le=15,
        description="Flywheel: votes for each order by which the judge compares a draft with the answer; 0 "
        "asks for none.",
    )
    review: Literal["queue", "interrupt"] = Field(
        default="queue",
        description="Flywheel: `queue` leaves each answer to `proofset review`; `interrupt` stops and asks, "
        "in LangGraph Studio only.",
    )
