"""What each method makes of a verified state: its record, which is what the judge was shown."""

from __future__ import annotations

from collections.abc import Callable

from ..agents import State
from ..agents.backtranslating import curation_example
from ..agents.backtranslation_task import BACKTRANSLATION
from ..agents.code_task import CODE
from ..agents.constitution_task import CONSTITUTIONAL
from ..agents.flywheel_task import FLYWHEEL, exchange_of
from ..agents.instruction_task import instruction_proposal
from ..agents.judging import asked_with, code_example, math_example
from ..agents.math_task import MATH, math_proposal
from ..agents.reviews import STUDIO, Decision
from ..records import Record, Risk, accepted_by, edited_by
from .settle import record_of


def instruction_record(method: str) -> Callable[[State], Record]:
    """What makes the record of an instruction with one instance of it, asked as it is to be trained."""

    def record(state: State) -> Record:
        instance, instruction = state["instances"][0], instruction_proposal(state).problem
        return record_of(
            state,
            method,
            instruction,
            instance.output,
            input=instance.input,
            # A verifier of the user's own may say neither: then nobody has assessed it.
            prompt=state.get("asked_as") or asked_with(instruction, instance.input),
            risk=state.get("risk", Risk.UNVERIFIED_FACTUAL),
        )

    return record


def backtranslated_record(state: State) -> Record:
    """A text that people wrote, unchanged, as the answer to the instruction that was made for it."""
    instruction, text = curation_example(state)
    # A verifier of the user's own may not say it: then nothing was run.
    risk, tests = state.get("risk", Risk.BACKTRANSLATION), state.get("tests", ())
    method, tag = BACKTRANSLATION.method, state.get("tag", "")
    return record_of(state, method, instruction, text, system=tag, risk=risk, tests=tests)


def revised_record(state: State) -> Record:
    """A prompt with its last response; chosen before the first one where a comparison says so."""
    # A verifier of the user's own may not say it: a prompt of a red team is one all the same.
    unknown = Risk.RED_TEAM if state["proposal"].is_red_team else Risk.UNVERIFIED_FACTUAL
    prompt, response = instruction_proposal(state).problem, state["instances"][0].output
    return record_of(state, CONSTITUTIONAL.method, prompt, response, risk=state.get("risk", unknown))


def exchange_record(state: State) -> Record:
    """What a person asked in production, with its answer, or with the draft that was made for it; as a person
    decided, where one was asked.
    """
    exchange, output = exchange_of(state), state["instances"][0].output
    record = record_of(
        state,
        FLYWHEEL.method,
        exchange.problem,
        output,
        system=exchange.system,
        history=exchange.history,
        risk=Risk.TRAFFIC,
    )
    match state.get("decision", Decision()):
        case Decision(decision="edit", edited=text) if text != output:
            return edited_by(record, STUDIO, text)
        case Decision(decision="accept" | "edit" as decision):
            return accepted_by(record, STUDIO, decision=decision)
    return record


def math_record(state: State) -> Record:
    """A problem with its worked answer."""
    return record_of(state, MATH.method, *math_example(state), answer=math_proposal(state).answer)


def code_record(state: State) -> Record:
    """A programming problem with a proved solution, and the tests that it passes."""
    return record_of(state, CODE.method, *code_example(state), tests=state["tests"])
