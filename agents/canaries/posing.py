"""Posing: a state that a verifier has let pass, made wrong, as the state of another candidate.

state before the verifier + its update ─▶ material ─▶ wrong ─▶ a state of the same keys, types and ids
what the verifier says to that ─▶ let through, or not
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from random import Random
from typing import Any, NamedTuple, cast

from ...records import Decision, Grade, Known, Verdict
from ...tools.instructions import code_in
from ...tools.sandbox import Sandbox
from ..state import CodeProposal, Instance, InstructionProposal, MathProposal, Proposal, Solution, State
from ..verify_code import fenced
from .code import Coded, one_form, wrong_code
from .math import Posed, wrong_math
from .texts import Answered, wrong_text

_SHOWN = ("proposal", "tests", "solutions", "instances", "versions")
"""Of a state: what a verifier decides on."""
_PASSED = ("solution_agrees_with_peers", "solution_passes_tests")


class Posing(NamedTuple):
    """A wrong candidate, ready to be put before a verifier.

    Attributes:
        kind, told, known, fingerprint: as in `Wrong`.
        response: the one that must be let through for the candidate to be; empty where all of it is wrong.
        state: what the verifier gets.
    """

    kind: str
    told: str
    known: Known
    fingerprint: str
    response: str
    state: State

    @property
    def shown(self) -> dict[str, Any]:
        """What is wrong, as JSON, for whoever looks into a false accept."""
        return {name: _plain(self.state[name]) for name in _SHOWN if name in self.state}  # type: ignore[literal-required]


def house_verifier(proposal: Proposal) -> str:
    """The name of the check that decides on proposals of this kind, as `proofset audit` has it."""
    if isinstance(proposal, MathProposal):
        return "verify_math"
    return "check_code" if isinstance(proposal, CodeProposal) else "instruction_checks"


def grade_of_material(update: Mapping[str, Any]) -> Grade | None:
    """The grade of what was let pass."""
    verdict = update.get("verdict")
    return verdict.grade if isinstance(verdict, Verdict) else None


async def posings(
    state: State, update: Mapping[str, Any], random: Random, sandbox: Sandbox
) -> AsyncIterator[Posing]:
    """What can be made of a candidate that its verifier has let pass; nothing of what no check bears on.

    Args:
        state: as the verifier saw it.
        update: what the verifier returned.
    """
    proposal, solutions = state.get("proposal"), state.get("solutions", ())
    # A problem told otherwise is verified on top of itself, and a text of people has no solution of its own.
    if state.get("variants") or state.get("segment") is not None:
        return
    if isinstance(proposal, MathProposal):
        accepted = [trace.output for trace in update.get("traces", ()) if trace.verdict.accepted]
        posed = Posed(proposal, solutions, accepted[0] if accepted else f"Answer: {proposal.answer.value}")
        async for wrong in wrong_math(posed, random, sandbox):
            changed = {"proposal": wrong.made.proposal, "solutions": wrong.made.solutions}
            yield _posing(wrong, state, changed, wrong.response)
    elif isinstance(proposal, CodeProposal):
        place, coded = _right_code(proposal, solutions, update)
        if coded is None:
            return
        async for mutant in wrong_code(coded, random, sandbox):
            others = list(solutions)
            others[place] = others[place].model_copy(update={"program": mutant.made.program})
            yield _posing(mutant, state, {"solutions": tuple(others)}, fenced(mutant.made.program))
    elif isinstance(proposal, InstructionProposal):
        right = _answered(proposal, state, update)
        if right is None:
            return
        async for text in wrong_text(right, random, sandbox):
            yield _posing(text, state, _with_output(state, text.made), "")


def decision_on(update: Mapping[str, Any], response: str) -> Decision:
    """What a verifier decided, by its update: a candidate that it does not turn down is let through.

    Where one response alone is wrong, the candidate is let through where that response is.
    """
    refusal, verdict = update.get("refusal"), update.get("verdict")
    if refusal is not None:
        given = refusal.verdict or verdict
        return given.decision if isinstance(given, Verdict) and not given.accepted else Decision.REJECT
    traces = update.get("traces")
    if not response or not traces:
        return Decision.ACCEPT
    own = [trace.verdict for trace in traces if trace.output == response]
    if any(one.accepted for one in own):
        return Decision.ACCEPT
    # The rest of the candidate is right, and was let through without it.
    return own[0].decision if own else Decision.REJECT


def _posing(wrong: Any, state: State, changed: Mapping[str, Any], response: str) -> Posing:
    posed = cast(State, {**state, **changed})
    return Posing(wrong.kind, wrong.told, wrong.known, wrong.fingerprint, response, posed)


def _right_code(
    proposal: CodeProposal, solutions: tuple[Solution, ...], update: Mapping[str, Any]
) -> tuple[int, Coded | None]:
    """The place of the first solution that was accepted, and what it was accepted by."""
    right = [code_in(trace.output).strip() for trace in update.get("traces", ()) if trace.verdict.accepted]
    for place, solution in enumerate(solutions):
        if right and solution.program.strip() == right[0]:
            name = proposal.entry_point
            suite = tuple(update.get("tests", ()))
            shown = frozenset(one_form(test, name) for test in _shown_tests(update))
            return place, Coded(proposal.task, solution.program, name, suite, shown)
    return 0, None


def _shown_tests(update: Mapping[str, Any]) -> list[str]:
    verdict = update.get("verdict")
    found = verdict.evidence if isinstance(verdict, Verdict) else ()
    for check in _PASSED:
        for evidence in found:
            if evidence.check == check and isinstance(tests := evidence.inputs.get("tests"), str):
                return tests.splitlines()
    return []


def _answered(proposal: InstructionProposal, state: State, update: Mapping[str, Any]) -> Answered | None:
    instances: tuple[Instance, ...] = update.get("instances") or state.get("instances", ())
    if proposal.is_red_team or not instances:
        return None
    return Answered(proposal.problem, instances[0].input, instances[0].output)


def _with_output(state: State, wrong: Answered) -> dict[str, Any]:
    """Where the verifier of the method reads the response: its last version, or its instances."""
    if versions := state.get("versions"):
        return {"versions": (*versions[:-1], versions[-1].model_copy(update={"text": wrong.output}))}
    return {"instances": (Instance(input=wrong.input, output=wrong.output),)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value
