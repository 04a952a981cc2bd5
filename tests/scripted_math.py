"""Scripted replies for `verified_math`: every slot has a problem of its own, some go wrong on purpose."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from proofset.models import Call
from proofset.records import Evidence, EvidenceKind, Outcome

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
    """Replies by role. Fates: good, malformed, twin (of slot 0), wrong_answer, solver_wrong, false_step."""

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
        if call.role == "solver":
            a, b = slot + 11, attempt + 3
            if call.sample % 2 == 0:
                program = f"print({a} + {b})" if what == "solver_wrong" else f"print({a} * {b})"
                return json.dumps({"program": program})
            step = f"{a} * {b} = {a * b + (1 if what == 'false_step' else 0)}"
            return json.dumps({"reasoning": f"Multiply: {step}.", "answer": own["answer"]})
        if call.role == "critic":
            return json.dumps({"flaw": "the answer is off", "fault": "answer", "advice": "compute it"})
        worked = f"Multiply: {slot + 11} * {attempt + 3} = {own['answer']}.\n\nAnswer: {own['answer']}"
        # A canary shows another response.
        scores = (5, 4, 3) if f"\n{worked}\n" in prompt else (5, 1, 3)
        return json.dumps(dict(zip(("clarity", "quality", "diversity"), scores, strict=True)))

    return respond


class TrustingVerifier:
    """Accepts without a look: for tests of the engine, which is not to wait for a sandbox."""

    async def __call__(self, state: Any) -> dict[str, Any]:
        from proofset.records import Verdict

        evidence = Evidence(
            kind=EvidenceKind.EXECUTION, check="trust", claim="trusted", outcome=Outcome.PASS, basis="test"
        )
        return {"verdict": Verdict.accept([evidence]), "refusal": None}
