"""What a loop's ledger says, entry by entry."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

LoopRole = Literal["generator", "judge"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VersionSeen(_Frozen):
    """A version as it was published."""

    path: str = Field(description="From the ledger's directory where it lies below it, else absolute.")
    sha256: str = Field(description="Of its manifest, which has the hashes of its shards.")
    human: int = Field(description="Rows that people wrote.")
    synthetic: int = Field(description="Rows that were generated.")
    generators: tuple[str, ...] = Field(default=(), description="Specs of the models that wrote its records.")


class PairsSeen(_Frozen):
    """A file of preference pairs that went with it."""

    path: str
    sha256: str
    rows: int


class _Of(_Frozen):
    round: int = Field(ge=1, description="Models of the loop before it, and one.")
    attempt: int = Field(ge=1, description="Of this round.")
    at: str = Field(description="Time in UTC, ISO 8601.")


class Begun(_Of):
    """A version went out to be trained on."""

    event: Literal["begun"] = "begun"
    version: VersionSeen
    pairs: tuple[PairsSeen, ...] = ()
    by: Literal["command", "webhook", "hand"]
    what: str = Field(description="The command or URL, its secrets hidden.")
    target: str | None = Field(default=None, description="The model that the next round trains.")


class Sent(_Of):
    """A webhook took it; the model comes later."""

    event: Literal["sent"] = "sent"


class Failed(_Of):
    """No model came of it."""

    event: Literal["failed"] = "failed"
    reason: str
    exit_code: int | None = None
    seconds: float | None = None
    log: str = ""


class Appointment(_Frozen):
    """Whether a model may serve, and why."""

    role: LoopRole
    model: str
    serves: bool
    ruling: str = Field(description="The stronger-model guard's.")
    reason: str


class Trained(_Of):
    """A model came of it."""

    event: Literal["trained"] = "trained"
    model: str
    appointments: tuple[Appointment, ...] = ()
    exit_code: int | None = None
    seconds: float | None = None
    log: str = ""


Entry = Annotated[Begun | Sent | Failed | Trained, Field(discriminator="event")]
