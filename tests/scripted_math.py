"""Scripted replies for `verified_math`: every slot has a problem of its own, some go wrong on purpose."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from proofset.agents import ROLES
from proofset.agents.math_task import math_proposal
from proofset.agents.verify_math import worked
from proofset.models import Call
from proofset.records import Evidence, EvidenceKind, Outcome, Trace, Verdict
from proofset.tools.problems import changed_twin

Fate = Callable[[int, int], str]
"""Takes slot and attempt; says what becomes of it, see `reply`."""

_LETTERS = "bcdfghjklmnprstvwz"


def words(number: int, count: int = 9) -> str:
    """Made-up words that no other number shares."""
    draw = random.Random(f"words {number}")
    return " ".join("".join(draw.choices(_LETTERS, k=4)) + "aeiou"[draw.randrange(5)] for _ in range(count))


def problem(slot: int, attempt: int = 1) -> dict[str, Any]:
    a, b = slot + 11, attempt + 3
    return {
        "problem": f"{words(1000 * slot + attempt)}: {a} rows of {b}, how many?",
        "program": f"rows = {a}\neach = {b}\nprint(rows * each)",
        "answer_type": "integer",
        "answer": str(a * b),
    }


def always(fate: str) -> Fate:
    return lambda slot, attempt: fate


def replies(fate: Fate = lambda slot, attempt: "good") -> Callable[[Call, str], str]:
    """Replies by role.

    Fates: good, malformed, twin (of slot 0), wrong_answer, solver_wrong, false_step, rigid (answers a problem
    told otherwise as if it had not changed).
    """

    def respond(call: Call, prompt: str) -> str:
        slot, attempt = call.slot, call.attempt
        what = fate(slot, attempt)
        if call.role in ("proposer", "evolver", "reviser"):
            if what == "malformed":
                return "Here is a problem for you."
            proposal = problem(0 if what == "twin" else slot, attempt)
            if what == "wrong_answer":
                proposal["answer"] = str(int(proposal["answer"]) + 1)
            return json.dumps(proposal)
        own = problem(0 if what == "twin" else slot, attempt)
        if call.role == "rephraser":
            return json.dumps({"problem": f"How many? {own['problem'].removesuffix(', how many?')}."})
        if call.role == "solver":
            # Read off the text, which may be told with other numbers or in other words.
            told = [int(number) for number in re.findall(r"\d+", prompt)[-2:]]
            a, b = told if len(told) == 2 else (slot + 11, attempt + 3)
            if call.sample % 2 == 0 or call.sample >= 2:
                if what == "rigid" and call.sample >= 2:
                    a, b = slot + 11, attempt + 3
                sign = "+" if what == "solver_wrong" else "*"
                return json.dumps({"program": f"rows = {a}\neach = {b}\nprint(rows {sign} each)"})
            step = f"{a} * {b} = {a * b + (1 if what == 'false_step' else 0)}"
            return json.dumps({"reasoning": f"Multiply: {step}.", "answer": own["answer"]})
        if call.role == "critic":
            return json.dumps({"flaw": "the answer is off", "fault": "answer", "advice": "compute it"})
        worked = f"Multiply: {slot + 11} * {attempt + 3} = {own['answer']}.\n\nAnswer: {own['answer']}"
        # A canary shows another response.
        scores = (5, 4, 3) if f"\n{worked}\n" in prompt else (5, 1, 3)
        return json.dumps(dict(zip(("clarity", "quality", "diversity"), scores, strict=True)))

    return respond


def script_rows(slot: int, what: str = "good") -> list[dict[str, Any]]:
    """The same replies to the first attempt of a slot as rows of a script, for all that it is asked."""
    respond, own = replies(always(what)), problem(slot)
    twin = changed_twin(own["problem"], own["program"])
    told = ["", "", twin.problem if twin else "", ""]
    return [
        {
            "role": role,
            "slot": slot,
            "reply": [respond(Call(role, slot, 1, sample), text) for sample, text in enumerate(told)],
        }
        for role in ROLES
    ]


class TrustingVerifier:
    """Accepts without a look: for tests of the engine, which is not to wait for a sandbox."""

    async def __call__(self, state: Any) -> dict[str, Any]:
        evidence = Evidence(
            kind=EvidenceKind.EXECUTION, check="trust", claim="trusted", outcome=Outcome.PASS, basis="test"
        )
        verdict, proposal = Verdict.accept([evidence]), math_proposal(state)
        traces = tuple(
            Trace(output=worked(solution, proposal), basis=solution.basis, verdict=verdict)
            for solution in state["solutions"]
            if solution.reasoning
        )
        return {"verdict": verdict, "traces": traces, "rephrased": True, "refusal": None}
