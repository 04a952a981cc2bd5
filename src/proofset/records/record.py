"""Record: one kept candidate, with its verdict, its lineage and what it cost; and its opposite, Rejection."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .answer import Answer
from .verdict import Verdict

SCHEMA_VERSION: Literal[5] = 5
RED_TEAM = "red_team"
"""The first operator of what began with a prompt that was made to draw out harm."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(_Frozen):
    """One chat turn, in the field's usual form."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(_Frozen):
    """What model calls took. Adding two gives the sum; an unknown price makes the sum unknown."""

    calls: int = Field(default=0, ge=0, description="Model calls, each counted once, also when replayed.")
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    usd: float | None = Field(default=0.0, description="US dollars; None when a price is not known.")

    def __add__(self, other: Usage) -> Usage:
        known = self.usd is not None and other.usd is not None
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=(self.usd or 0.0) + (other.usd or 0.0) if known else None,
        )


class Risk(StrEnum):
    """What can be wrong with a record in spite of its verdict.

    `verified`: machine checks bear on its content (math, code). `style`: what matters is form or wording,
    and nothing is asserted that is not in its instruction and input. `backtranslation`: the output is a text
    that people wrote, the instruction was made for it. `traffic`: a person asked it and a model in production
    answered; exports leave it out until a person has decided on it. `unverified_factual`: it asserts facts
    that nothing here can check; exports leave it out where nobody asks for it. `red_team`: its prompt was
    made to draw out harm, and what was answered first is kept with it; it stands in a file apart.
    """

    VERIFIED = "verified"
    STYLE = "style"
    BACKTRANSLATION = "backtranslation"
    TRAFFIC = "traffic"
    UNVERIFIED_FACTUAL = "unverified_factual"
    RED_TEAM = "red_team"


class Neighbour(_Frozen):
    """A known item and how similar it is."""

    id: str
    score: float = Field(ge=0, le=1, description="ROUGE-L F-measure.")


class Source(_Frozen):
    """Where a text stands that people wrote, or that a model answered to them; and on what terms."""

    path: str = Field(description="The file, as the corpus or the log was named.")
    line: int = Field(ge=0, description="Where it begins; the first line is 1.")
    segment: int = Field(ge=0, description="Which segment of its file it is; the first is 1.")
    heading: str = Field(default="", description="What it stands under, such as `Runs > Resume`.")
    sha256: str = Field(description="Of the text in UTF-8.")
    licence: str = Field(default="", description="As the corpus names it; empty where it does not.")
    url: str = Field(default="", description="As a row of the corpus names it.")
    item: str = Field(default="", description="Id of the item of traffic.")
    model: str = Field(default="", description="Which model answered, as the log names it.")
    time: str = Field(default="", description="When, in ISO 8601, as the log tells it.")


class Origin(_Frozen):
    """What a candidate was made from."""

    topic: str = ""
    operators: tuple[str, ...] = Field(default=(), description="Operators applied, in order.")
    exemplars: tuple[str, ...] = Field(default=(), description="Ids of what was shown to the proposer.")
    parent: str = Field(
        default="", description="Id of the seed that it was evolved from, and which it may resemble."
    )
    source: Source | None = Field(
        default=None, description="The text of a corpus that it was written for, or the log that it is from."
    )

    @property
    def is_red_team(self) -> bool:
        """Whether it began with a prompt that was made to draw out harm: what came of it is kept apart."""
        return RED_TEAM in self.operators

    @property
    def origin(self) -> Origin:
        """This part alone, of what has more."""
        return Origin(**{name: getattr(self, name) for name in Origin.model_fields})

    def after(self, operator: str) -> Origin:
        """The origin of what one more operator makes of it."""
        return self.origin.model_copy(update={"operators": (*self.operators, operator)})


class Lineage(Origin):
    """Where a record came from; enough to ask the same questions again."""

    seed: int = Field(description="The run's seed.")
    slot: int = Field(ge=0, description="The unit of work in the run.")
    attempt: int = Field(ge=1, description="Which attempt of the slot was kept; the first is 1.")
    ancestors: tuple[str, ...] = Field(
        default=(), description="What it was evolved from, round by round, the first before all operators."
    )
    models: dict[str, str] = Field(default_factory=dict, description="Role to model spec.")
    prompts: dict[str, str] = Field(default_factory=dict, description="Prompt name to SHA-256 of its text.")
    similar: tuple[Neighbour, ...] = Field(
        default=(), description="The most similar known items, best first, as many as were asked for."
    )
    mean_similarity: float | None = Field(
        default=None, ge=0, le=1, description="Mean ROUGE-L F-measure to all known items; None if not asked."
    )


class Trace(_Frozen):
    """One solution that was tried for a record. Right and wrong ones are kept: they make preference pairs."""

    input: str = Field(default="", description="As the record's `input` would show it.")
    output: str = Field(description="As the record's `output` would show it.")
    basis: str = Field(description="Spec of the model that wrote it.")
    verdict: Verdict = Field(description="On this solution alone, with its evidence.")


class Record(_Frozen):
    """One kept training example and its proof. JSON in, the same JSON out."""

    schema_version: Literal[5] = SCHEMA_VERSION
    id: str
    method: str = Field(description="The graph that made it, e.g. `verified_math`.")
    instruction: str
    input: str = ""
    output: str
    messages: tuple[Message, ...]
    chosen: str | None = None
    rejected: str | None = None
    answer: Answer | None = None
    tests: tuple[str, ...] = Field(default=(), description="Asserts that the output passes.")
    traces: tuple[Trace, ...] = Field(
        default=(), description="All solutions that were tried, this one first."
    )
    lineage: Lineage
    risk: Risk
    verdict: Verdict
    scores: dict[str, float] = Field(
        default_factory=dict,
        description="Judge's scores, 1 to 5, and measured shares, 0 to 1: `pass_rate`, of the solutions "
        "that are right; `tests_confirmed`, of the tests that solutions confirm; `p_wrong`, an estimate; "
        "`p_chosen`, the soft label of a preference pair; `uncertainty`, of a judge. `queue` is a place "
        "among what people review: 1 comes first.",
    )
    cost: Usage = Field(default_factory=Usage, description="All calls of the slot, failed attempts too.")


class Rejection(_Frozen):
    """One attempt that was not kept, and why. `stage` is the node that turned it down."""

    schema_version: Literal[5] = SCHEMA_VERSION
    slot: int = Field(ge=0)
    attempt: int = Field(ge=1)
    stage: str
    code: str = Field(description="Short name of the reason, for counting.")
    reason: str = Field(description="One sentence with the values and the bound.")
    candidate: dict[str, JsonValue] = Field(default_factory=dict, description="What was turned down.")
    origin: Origin = Origin()
    verdict: Verdict | None = None
