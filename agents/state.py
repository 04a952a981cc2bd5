"""What agents hand to each other: the private state of one candidate's graph, and the types in it.

A node returns an update of this state. `refusal` is None when a node lets the candidate pass and the
reason when it does not; every refusal also joins `rejections`, and so ends one attempt.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from typing_extensions import TypedDict

from ..models import Malformed
from ..records import Answer, Record, Rejection, Usage, Verdict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proposal(_Frozen):
    """A proposed problem with the answer its author states and the program that computes it."""

    problem: str
    answer: Answer
    program: str
    topic: str = ""
    operators: tuple[str, ...] = ()
    exemplars: tuple[str, ...] = ()


class Solution(_Frozen):
    """One independent solution. Its author saw the problem and nothing else."""

    style: Literal["program", "reasoning"]
    sample: int
    basis: str = Field(description="Spec of the model that wrote it.")
    program: str = ""
    reasoning: str = ""
    answer: str = Field(default="", description="Stated answer; empty for a program that is yet to run.")
    unreadable: str = Field(default="", description="Why there is none: what was wrong with the reply.")


class Critique(_Frozen):
    """What a critic found: where the fault lies, and what to do."""

    flaw: str
    fault: Literal["problem", "program", "answer"]
    advice: str


class Near(_Frozen):
    """The nearest known item at the gate."""

    id: str = ""
    rouge_l: float = 0.0


class State(TypedDict, total=False):
    """One candidate on its way. All keys are optional: a graph starts from a slot and a seed."""

    slot: int
    seed: int
    proposal: Proposal
    nearest: Near
    evolutions: int
    solutions: tuple[Solution, ...]
    verdict: Verdict
    critique: Critique
    scores: dict[str, float]
    refusal: Rejection | None
    rejections: Annotated[list[Rejection], operator.add]
    usage: Annotated[Usage, operator.add]
    record: Record | None
    settlement: str


def attempt_of(state: State) -> int:
    """The current attempt: 1 and one more for every rejection so far."""
    return len(state.get("rejections", ())) + 1


def refuse(
    state: State,
    *,
    stage: str,
    code: str,
    reason: str,
    candidate: BaseModel | None = None,
    verdict: Verdict | None = None,
    **update: Any,
) -> dict[str, Any]:
    """The update of a node that turns the candidate down, with whatever else the node found."""
    shown: dict[str, JsonValue] = candidate.model_dump(mode="json") if candidate else {}
    rejection = Rejection(
        slot=state.get("slot", 0),
        attempt=attempt_of(state),
        stage=stage,
        code=code,
        reason=reason,
        candidate=shown,
        verdict=verdict,
    )
    if verdict is not None:
        update["verdict"] = verdict
    return {**update, "refusal": rejection, "rejections": [rejection]}


def refuse_malformed(
    state: State, *, stage: str, reply: Malformed, candidate: BaseModel | None = None
) -> dict[str, Any]:
    """The update of a node whose model answered twice in a form that cannot be read."""
    return refuse(
        state, stage=stage, code="malformed", reason=reply.problem, candidate=candidate, usage=reply.usage
    )
