"""What agents hand to each other: the private state of one candidate's graph, and the types in it.

A node returns an update of this state. `refusal` is None when a node lets the candidate pass and the
reason when it does not; every refusal also joins `rejections`, and so ends one attempt.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from typing_extensions import TypedDict

from ..corpus import Segment
from ..memory import MadeItem
from ..records import (
    Answer,
    Evidence,
    Message,
    Neighbour,
    Origin,
    Record,
    Rejection,
    Risk,
    Trace,
    Usage,
    Verdict,
)
from .reviews import Decision

VariantKind = Literal["other_numbers", "other_words"]
KINDS: tuple[VariantKind, ...] = get_args(VariantKind)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proposal(Origin):
    """A proposed problem, and where it came from."""

    problem: str
    ancestors: tuple[str, ...] = Field(default=(), description="Its texts before each round of evolution.")

    @property
    def content(self) -> dict[str, JsonValue]:
        """What its author wrote, without where it came from."""
        return self.model_dump(mode="json", exclude={*Origin.model_fields, "ancestors"})

    def before(self, evolved: Proposal) -> Proposal:
        """What was evolved from this one, with this one as its last ancestor."""
        return evolved.model_copy(update={"ancestors": (*self.ancestors, self.problem)})

    def asked(self) -> dict[str, str]:
        """What a solver's prompt may show of it, by placeholder: never what its author answers."""
        return {"problem": self.problem}

    def shown(self) -> dict[str, str]:
        """What prompts of the other roles may show of it."""
        return self.asked()


class MathProposal(Proposal):
    """A problem with the answer its author states and the program that computes it."""

    answer: Answer
    program: str

    def shown(self) -> dict[str, str]:
        return self.asked() | {"answer": self.answer.value, "program": self.program}


class CodeProposal(Proposal):
    """A programming problem: what the function does, and its head. Whoever proposes writes no solution."""

    entry_point: str
    signature: str = Field(description="`def name(argument: type, …) -> type:`")

    @property
    def task(self) -> str:
        """The problem as solvers and test writers get it: the text, then the head."""
        return f"{self.problem}\n\n```python\n{self.signature}\n```"

    def asked(self) -> dict[str, str]:
        return {"problem": self.problem, "signature": self.signature, "entry_point": self.entry_point}


class InstructionProposal(Proposal):
    """An instruction, in the words of people or of a model."""

    input: str = Field(default="", description="What a person's instruction came with.")
    is_classification: bool = False

    def asked(self) -> dict[str, str]:
        return {"instruction": self.problem, "input": self.input}


class ExchangeProposal(InstructionProposal):
    """What a person asked a model in production, after what was said before, and what it answered."""

    system: str = ""
    history: tuple[Message, ...] = ()
    output: str

    @property
    def turns(self) -> tuple[Message, ...]:
        """All turns before the answer."""
        system = (Message(role="system", content=self.system),) if self.system else ()
        return (*system, *self.history, Message(role="user", content=self.problem))


class Instance(_Frozen):
    """One input of an instruction, empty where it needs none, and a response."""

    input: str
    output: str


class Survivor(_Frozen):
    """What a line of evolution has come to: an instruction, and its response with the verdict."""

    proposal: InstructionProposal
    instances: tuple[Instance, ...] = ()
    traces: tuple[Trace, ...] = ()
    verdict: Verdict | None = None
    risk: Risk = Risk.UNVERIFIED_FACTUAL
    asked_as: str = ""


class Solution(_Frozen):
    """One independent solution. Its author saw the problem and nothing else."""

    style: Literal["program", "reasoning", "code"]
    sample: int
    about: str = Field(default="", description="Kind of the variant that it solves; empty for the problem.")
    basis: str = Field(description="Spec of the model that wrote it.")
    program: str = Field(default="", description="A program that prints its answer, or a function's code.")
    reasoning: str = ""
    answer: str = Field(default="", description="Stated answer; empty for a program that is yet to run.")
    unreadable: str = Field(default="", description="Why there is none: what was wrong with the reply.")


class Variant(_Frozen):
    """The same problem told otherwise: with other numbers, or in other words.

    `program` prints what a right solution of the variant prints.
    """

    kind: VariantKind
    problem: str
    program: str
    basis: str = Field(description="Spec of the model whose work the variant is.")


class Critique(_Frozen):
    """What a critic found: where the fault lies, and what to do."""

    flaw: str
    fault: Literal["problem", "program", "answer", "tests"]
    advice: str


class Finding(_Frozen):
    """What a critic found in a response, by a principle of the constitution."""

    principle: str
    critique: str
    quote: str


class Version(_Frozen):
    """A response as it was before or after a revision, and what was found about it: how it was made, and what
    the critic says of it.
    """

    text: str
    basis: str = Field(description="Spec of the model that wrote it.")
    evidence: tuple[Evidence, ...] = ()

    def knowing(self, evidence: Evidence) -> Version:
        """It, with one thing more that was found."""
        return self.model_copy(update={"evidence": (*self.evidence, evidence)})


class Near(_Frozen):
    """What is known at the gate and most similar, best first, and the mean similarity to all."""

    similar: tuple[Neighbour, ...] = ()
    mean: float | None = None


class State(TypedDict, total=False):
    """One candidate on its way. All keys are optional: a graph starts from a slot and a seed."""

    slot: int
    seed: int
    proposal: Proposal
    near: Near
    listed: tuple[str, ...]
    listed_from: Origin
    segment: Segment
    tag: str
    iteration: int
    shown: tuple[MadeItem, ...]
    instances: tuple[Instance, ...]
    risk: Risk
    asked_as: str
    survivor: Survivor
    looked_at: str
    evolutions: int
    tests: tuple[str, ...]
    solutions: tuple[Solution, ...]
    variants: tuple[Variant, ...]
    rephrased: bool
    traces: tuple[Trace, ...]
    verdict: Verdict
    critique: Critique
    finding: Finding | None
    versions: tuple[Version, ...]
    critiques: int
    clean: int
    decision: Decision
    scores: dict[str, float]
    refusal: Rejection | None
    rejections: Annotated[list[Rejection], operator.add]
    usage: Annotated[Usage, operator.add]
    models: Annotated[dict[str, str], operator.or_]
    prompts: Annotated[dict[str, str], operator.or_]
    record: Record | None
    settlement: str


def attempt_of(state: State) -> int:
    """The current attempt: 1 and one more for every rejection so far."""
    return len(state.get("rejections", ())) + 1


class Posed(NamedTuple):
    """One question to a solver: the values that its prompt may show, and which variant they are of."""

    sample: int
    about: str
    values: dict[str, str]


def posed(state: State, samples: int) -> list[Posed]:
    """What a solver is to solve now: the problem, so many times, or each of its variants once."""
    variants = state.get("variants", ())
    if not variants:
        return [Posed(sample, "", state["proposal"].asked()) for sample in range(samples)]
    # Numbered after the samples of the problem itself, and by kind: no seed is drawn twice.
    return [
        Posed(samples + KINDS.index(variant.kind), variant.kind, {"problem": variant.problem})
        for variant in variants
    ]


def afresh(proposal: Proposal) -> dict[str, Any]:
    """The update for a new proposal: what was found about the one before is no longer so."""
    return {"proposal": proposal, "variants": (), "rephrased": False, "refusal": None}


def refuse(
    state: State,
    *,
    stage: str,
    code: str,
    reason: str,
    candidate: BaseModel | None = None,
    origin: Origin | None = None,
    verdict: Verdict | None = None,
    keep_verdict: bool = False,
    **update: Any,
) -> dict[str, Any]:
    """The update of a node that turns the candidate down, with whatever else the node found.

    With `keep_verdict` the rejection alone has the verdict, and the state keeps its own.

    The origin is that of the candidate, else of the state's proposal where none was refused before.
    """
    shown: dict[str, JsonValue] = {}
    if isinstance(candidate, Proposal):
        shown = candidate.content
    elif candidate is not None:
        shown = candidate.model_dump(mode="json")
    rejection = Rejection(
        slot=state.get("slot", 0),
        attempt=attempt_of(state),
        stage=stage,
        code=code,
        reason=reason,
        candidate=shown,
        origin=origin or _origin(state, candidate),
        verdict=verdict,
    )
    if verdict is not None and not keep_verdict:
        update["verdict"] = verdict
    return {**update, "refusal": rejection, "rejections": [rejection]}


def _origin(state: State, candidate: BaseModel | None) -> Origin:
    if isinstance(candidate, Proposal):
        return candidate.origin
    proposal = state.get("proposal")
    # After a refusal the proposal is the last attempt's, until another takes its place.
    return proposal.origin if proposal and state.get("refusal") is None else Origin()
