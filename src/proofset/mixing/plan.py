"""MixPlan: what goes into a version, and by which rules."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class MixPlan(BaseModel):
    """One version of a training set. The same plan over the same files gives the same bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    human: tuple[str, ...] = Field(default=(), description="Files or directories of rows that people wrote.")
    synthetic: tuple[str, ...] = Field(
        default=(), description="`records.jsonl` files, or directories of runs."
    )
    previous: str | None = Field(
        default=None,
        description="The version before, all of which stays: accumulate, do not replace (arXiv 2404.01413).",
    )
    human_share: float = Field(
        default=0.3,
        ge=0.2,
        le=0.4,
        description="The least share of human rows, and of human tokens: never 100 % synthetic, 20 to 40 % "
        "curated by people.",
    )
    all_synthetic: bool = Field(
        default=False, description="No human rows and no floor; written into the manifest."
    )
    held_out: tuple[str, ...] = Field(
        default=(), description="Evaluation sets: no row with their ids, or with text of theirs, is taken."
    )
    target_model: str | None = Field(
        default=None,
        description="The model to be trained: records whose generator is not stronger are left out, but for "
        "`proved` ones. None does not look.",
    )
    tiers: str | None = Field(
        default=None, description="YAML file of `part of a model's name: size in billions of parameters`."
    )
    factual: bool = Field(default=False, description="Take records with the risk `unverified_factual`, too.")
    red_team: bool = Field(
        default=False, description="Take records whose prompts were made to draw out harm (`red_team`), too."
    )
    allow_collapse: bool = Field(
        default=False, description="Go on where the collapse watch would stop; written into the manifest."
    )
    seed: int = Field(default=0, ge=0, description="Of the order in which records of one grade are taken.")
    shard_rows: int = Field(default=50_000, ge=1, le=1_000_000, description="Rows per file.")
