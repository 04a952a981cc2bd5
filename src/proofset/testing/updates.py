"""Demands: what the graphs rely on in one update of an agent, each with a name and its mend.

A demand is a function of what was returned; it gives back what is wrong, or nothing.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

from ..agents import attempt_of
from ..agents.state import CodeProposal, InstructionProposal, MathProposal, Proposal, State
from ..records import Evidence, Outcome, Rejection, Usage, Verdict
from ..release.binding import BOUND, bound_as
from .cases import Case
from .trying import plain

_OF_THE_GRAPH = ("slot", "seed", "record", "settlement")
_PROPOSALS: dict[str, type[Proposal]] = {
    "verified_math": MathProposal,
    "verified_code": CodeProposal,
    "self_instruct": InstructionProposal,
}
_GIVES = {
    "proposer": "proposal",
    "evolver": "proposal",
    "classifier": "proposal",
    "reviser": "proposal",
    "tester": "tests",
    "solver": "solutions",
    "verifier": "verdict",
    "rephraser": "rephrased",
    "critic": "critique",
}
"""What each role puts into the state where it lets a candidate pass."""


class Asked(NamedTuple):
    """In what an update was returned."""

    role: str
    graph: str
    case: Case


class Demand(NamedTuple):
    """One thing that the graphs rely on."""

    name: str
    mend: str
    fault: Callable[[Any, Asked], str]


def returns_an_update(returned: Any, asked: Asked) -> str:
    if isinstance(returned, Mapping):
        return ""
    return f"it returns {'None' if returned is None else f'a {type(returned).__name__}'}, and no mapping"


def known_keys(update: Mapping[str, Any], asked: Asked) -> str:
    strange = [key for key in update if key not in State.__annotations__]
    if not strange:
        return ""
    near = difflib.get_close_matches(str(strange[0]), State.__annotations__, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"its update has {strange[0]!r}, which the state has not{hint}"


def leaves_the_graph_its_own(update: Mapping[str, Any], asked: Asked) -> str:
    given = asked.case.state
    taken = [key for key in update if key in _OF_THE_GRAPH and given.get(key) != update[key]]
    return f"its update sets {taken[0]!r}, which is the graph's own" if taken else ""


def typed_values(update: Mapping[str, Any], asked: Asked) -> str:
    for key, value in update.items():
        # No verdict: a judge is to decide. What is wrong in one is told below.
        if key in _adapters() and not (key == "verdict" and isinstance(value, (Verdict, NoneType))):
            try:
                _adapters()[key].validate_python(value, strict=True)
            except ValidationError as error:
                first = error.errors()[0]
                return f"its {key!r} is a {type(value).__name__}: {first['msg']}"
    return ""


@cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    return {key: TypeAdapter(hint) for key, hint in get_type_hints(State).items()}


def serialisable(update: Mapping[str, Any], asked: Asked) -> str:
    for key, value in update.items():
        try:
            json.dumps(plain(value), allow_nan=False)
        except (TypeError, ValueError) as error:
            return f"its {key!r} does not go into JSON ({_line(error)})"
    return ""


def passes_or_refuses(update: Mapping[str, Any], asked: Asked) -> str:
    if "refusal" not in update:
        return "its update does not say 'refusal', so an earlier refusal would stand"
    refusal = update["refusal"]
    if refusal is not None and not isinstance(refusal, Rejection):
        return f"its refusal is a {type(refusal).__name__}, and neither None nor a Rejection"
    return ""


def refusals_are_counted(update: Mapping[str, Any], asked: Asked) -> str:
    refusal, added = update.get("refusal"), list(update.get("rejections", ()))
    if refusal is None:
        new = [one for one in added if one not in asked.case.state.get("rejections", [])]
        return "it adds a rejection and lets the candidate pass" if new else ""
    if added != [refusal] and refusal not in added:
        return "it refuses and adds no rejection, so the attempt would never end"
    attempt = attempt_of(asked.case.state)
    if (refusal.slot, refusal.attempt) != (asked.case.state.get("slot", 0), attempt):
        return f"its rejection is of slot {refusal.slot}, attempt {refusal.attempt}, and not of this one"
    empty = [name for name in ("stage", "code", "reason") if not getattr(refusal, name).strip()]
    return f"its rejection has no {empty[0]}" if empty else ""


def adds_only_its_own(update: Mapping[str, Any], asked: Asked) -> str:
    state = asked.case.state
    earlier = state.get("rejections", [])
    if any(one in earlier for one in update.get("rejections", ())):
        return "it hands back the rejections that it was given, and they would count twice"
    given, found = state.get("usage", Usage()), update.get("usage")
    if isinstance(found, Usage) and given.calls and found.calls >= given.calls and _holds(found, given):
        return "it hands back the usage that it was given, and it would count twice"
    return ""


def _holds(found: Usage, given: Usage) -> bool:
    return found.input_tokens >= given.input_tokens and found.output_tokens >= given.output_tokens


def gives_its_part(update: Mapping[str, Any], asked: Asked) -> str:
    if update.get("refusal") is not None:
        return ""
    by_judge = asked.graph == "self_instruct"
    part = _GIVES.get(asked.role)
    if by_judge and asked.role == "solver":
        part = "instances"
    if part is None or (by_judge and asked.role == "verifier" and "verdict" in update):
        return ""
    if not update.get(part):
        return f"it lets the candidate pass and gives no {part!r}"
    wanted = _PROPOSALS.get(asked.graph)
    if part == "proposal" and wanted is not None and not isinstance(update[part], wanted):
        return f"its proposal is a {type(update[part]).__name__}, and {asked.graph} needs a {wanted.__name__}"
    verdict = update.get("verdict")
    if isinstance(verdict, Verdict) and not verdict.accepted:
        return f"it lets the candidate pass with a verdict of {verdict.decision.value}"
    return ""


def verdicts_have_evidence(update: Mapping[str, Any], asked: Asked) -> str:
    for verdict in verdicts_in(update, asked.case.state):
        try:
            Verdict.model_validate(verdict.model_dump())
        except (ValidationError, ValueError, TypeError) as error:
            return f"its verdict is of no piece: {_line(error)}"
        if not verdict.evidence:
            return f"its verdict of {verdict.decision.value} has no evidence"
        for evidence in verdict.evidence:
            empty = [name for name in ("check", "claim", "basis") if not getattr(evidence, name).strip()]
            if empty:
                return f"its evidence {evidence.check!r} has no {empty[0]}"
    return ""


def evidence_can_be_checked(update: Mapping[str, Any], asked: Asked) -> str:
    for evidence in hard_evidence_in(update, asked.case.state):
        if bound_as(evidence.check) not in BOUND:
            return (
                f"its evidence {evidence.check!r} is of kind {evidence.kind.value} and no check of proofset"
            )
        if not evidence.inputs and evidence.outcome is not Outcome.INCONCLUSIVE:
            return f"its evidence {evidence.check!r} has no inputs to run it again with"
    return ""


def verdicts_in(update: Mapping[str, Any], given: Mapping[str, Any]) -> list[Verdict]:
    """The verdicts of an update that were not given: its own, its refusal's, and those on its traces."""
    known = _verdicts(given)
    return [verdict for verdict in _verdicts(update) if verdict not in known]


def _verdicts(values: Mapping[str, Any]) -> list[Verdict]:
    refusal = values.get("refusal")
    own = [values.get("verdict"), refusal.verdict if isinstance(refusal, Rejection) else None]
    traced = [getattr(trace, "verdict", None) for trace in values.get("traces", ())]
    return [verdict for verdict in (*own, *traced) if isinstance(verdict, Verdict)]


def hard_evidence_in(update: Mapping[str, Any], given: Mapping[str, Any]) -> list[Evidence]:
    """All evidence in them that is no opinion."""
    made = verdicts_in(update, given)
    return [evidence for verdict in made for evidence in verdict.evidence if evidence.hard]


def _line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"])
    return " ".join(str(error).split())[:200]


def canonical(update: Any) -> str:
    """An update as text: equal where the updates are."""
    if not isinstance(update, Mapping):
        return repr(update)
    return json.dumps({str(key): _told(value) for key, value in update.items()}, sort_keys=True)


def _told(value: Any) -> Any:
    try:
        return plain(value)
    except (TypeError, ValueError):
        return repr(value) if not isinstance(value, BaseModel) else value.model_dump_json()


FORM = Demand(
    "returns_an_update",
    "return a dict with the keys of the state that change; where nothing does, {'refusal': None}",
    returns_an_update,
)
DEMANDS = (
    Demand(
        "known_keys",
        "use the keys of proofset.agents.State; LangGraph drops any other without a word",
        known_keys,
    ),
    Demand("leaves_the_graph_its_own", "leave it out", leaves_the_graph_its_own),
    Demand("typed_values", "give the types that proofset.agents.State names", typed_values),
    Demand("serialisable", "give pydantic models of proofset.agents, and plain numbers", serialisable),
    Demand(
        "passes_or_refuses",
        "return 'refusal': None to let it pass, or proofset.agents.refuse(state, …) to turn it down",
        passes_or_refuses,
    ),
    Demand(
        "refusals_are_counted",
        "return what proofset.agents.refuse(state, stage=…, code=…, reason=…) gives",
        refusals_are_counted,
    ),
    Demand(
        "adds_only_its_own",
        "return what this node adds; wrap a compiled graph in proofset.agents.as_agent",
        adds_only_its_own,
    ),
    Demand("gives_its_part", "return what the role is there for, or refuse", gives_its_part),
    Demand(
        "verdicts_have_evidence",
        "make verdicts by Verdict.accept, reject and abstain, with one Evidence for each check",
        verdicts_have_evidence,
    ),
    Demand(
        "evidence_can_be_checked",
        "make evidence by the functions of proofset.tools.checks, so that `proofset verify` can run it "
        "again; what nothing can run again is of kind judge",
        evidence_can_be_checked,
    ),
)
"""What is asked of each update, in this order."""
