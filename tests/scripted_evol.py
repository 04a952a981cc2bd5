"""Scripted replies for `evol_instruct`: each slot goes by one fate, which says what its rounds come to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scripted_math import words

from proofset.agents.evolving.elimination import COPIED
from proofset.models import Call
from proofset.models.scripted import Scripted

FAILED = (
    "evolver: malformed",
    "critic: copies_prompt",
    "critic: grown_too_much",
    "critic: malformed",
    "critic: no_gain",
    "critic: unrealistic",
    "critic: unanswerable",
    "solver: malformed",
    "verifier: apology",
    "verifier: empty_response",
    "verifier: other_form",
)
"""What fails a round; its parent goes on."""
ENDED = ("judge: judged_low", "novelty_gate: not_new")
"""What ends a line when its rounds are over."""
KEPT = "kept"


def evolved(slot: int, round_: int, fate: str = KEPT) -> str:
    number = 0 if fate == "novelty_gate: not_new" else 100 * slot + round_
    text = f"Praise {words(number, 7)} in your own way."
    match fate:
        case "critic: copies_prompt":
            return f"{text} This is the {COPIED[1]}."
        case "critic: grown_too_much":
            return text + " again" * 120
        case "verifier: other_form":
            return f"Praise {words(number, 7)} in exactly three words."
    return text


def respond_by(fate_of: Callable[[int, int], str]) -> Callable[[Call, str], str | Scripted]:
    """Replies by the fate of (slot, round); a round is what the sample of an evolver's call counts."""

    def respond(call: Call, prompt: str) -> str | Scripted:
        round_ = call.sample if call.role == "evolver" else call.sample - 1
        fate = fate_of(call.slot, round_)
        failed = fate == f"{call.role}: malformed"
        if call.role == "evolver":
            return "no JSON" if failed else json.dumps({"instruction": evolved(call.slot, round_, fate)})
        if call.role == "critic":
            said: dict[str, Any] = {
                "equal": fate == "critic: no_gain",
                "realistic": fate != "critic: unrealistic",
                "answerable": fate != "critic: unanswerable",
            }
            return "Equal" if failed else json.dumps(said)
        if call.role == "solver":
            texts = {"verifier: apology": "I am sorry, no.", "verifier: empty_response": "It is of the..."}
            text = texts.get(fate, f"It is blue, as line {call.slot} says in round {round_}.")
            return Scripted(text, cut=failed)
        if call.role == "verifier":
            return json.dumps({"facts": False})
        low = fate_of(call.slot, -1) == "judge: judged_low"
        return json.dumps({"clarity": 4, "quality": 2 if low else 4, "diversity": 4})

    return respond


def evol_rows(slot: int) -> list[dict[str, Any]]:
    """The same replies as rows of a script, of a line that is kept; all that may be asked of it."""
    respond = respond_by(lambda slot, round_: KEPT)
    return [
        {
            "role": role,
            "slot": slot,
            "reply": [respond(Call(role, slot, 1, sample), "") for sample in range(5)],
        }
        for role in ("evolver", "critic", "solver", "verifier", "judge")
    ]
