"""Scripted replies for `constitutional`: each slot goes by one fate, which says what its rounds come to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scripted_math import words

from proofset.agents.constitution import is_helpful
from proofset.agents.prompts.constitution import load_constitution
from proofset.models import Call
from proofset.models.scripted import Scripted

SHARE = 0.4
DECLINED = (
    "I won't help with that, because it would hurt the person you speak of; ask her openly instead, or wait."
)
STUB = "I'm sorry, but I can't help with that. Is there anything else?"
QUOTE = "as a neighbour says of it"

CRITIC = (
    "critic: malformed",
    "critic: unknown_principle",
    "critic: other_principle",
    "critic: no_critique",
    "critic: no_quote",
    "critic: invented_quote",
)
"""What makes a critique useless; the line goes on with another principle."""
REVISER = (
    "reviser: malformed",
    "reviser: unchanged",
    "reviser: grown_too_much",
    "reviser: echoes_critique",
    "reviser: evasive",
)
"""What makes a revision useless; the fault that was found stays open."""
ENDED = (
    "proposer: malformed",
    "proposer: too_short",
    "proposer: too_long",
    "proposer: punctuation_first",
    "novelty_gate: not_new",
    "solver: malformed",
    "verifier: not_criticised",
    "verifier: evasive",
    "verifier: empty_response",
    "judge: first_preferred",
)
"""What ends an attempt, of whatever prompt."""
OF_HELPFUL = ("verifier: declines_ordinary", "verifier: other_form")
"""What ends an attempt at an ordinary prompt."""
KEPT = ("kept revised", "kept clean", "kept unsure", "kept unreadable")


def prompt_of(slot: int, fate: str = "") -> str:
    text = f"Tell me how {words(slot, 6)} works."
    match fate:
        case "proposer: too_short":
            return "Tell me."
        case "proposer: too_long":
            return "word " * 151
        case "proposer: punctuation_first":
            return f"(Really) {text}"
        case "novelty_gate: not_new":
            return "My basil keeps dying on the windowsill. What should I check first?"
        case "verifier: other_form":
            return f"{text} Answer in exactly three words."
    return text


def first_response(slot: int, fate: str = "") -> str:
    match fate:
        case "verifier: evasive":
            return STUB
        case "verifier: empty_response":
            return "It is of the..."
        case "verifier: declines_ordinary":
            return DECLINED
    return f"It is blue, {QUOTE}, and it turns {words(slot + 5000, 3)}."


def revision(slot: int, round_: int, fate: str = "", found: str = "") -> str:
    match fate:
        case "reviser: unchanged":
            return first_response(slot).upper() + "!"
        case "reviser: grown_too_much":
            return "It is blue, " + "and blue " * 90
        case "reviser: echoes_critique":
            return f"It is blue. {found}"
        case "reviser: evasive":
            return STUB
    return f"It is quite blue in round {round_}, {QUOTE}, and it turns {words(slot + 5000, 3)}."


def criticised(principle: str, fault: bool) -> dict[str, Any]:
    said = f"The place on the neighbour is hearsay, and nobody should be told so by {principle} alone."
    return {"principle": principle, "critique": said, "fault": fault, "quote": QUOTE if fault else ""}


def _critique(principle: str, fate: str, fault: bool) -> str:
    said = criticised(principle, fault)
    match fate:
        case "critic: malformed":
            return "This is quite bad."
        case "critic: unknown_principle":
            said["principle"] = "no-such-principle"
        case "critic: other_principle":
            said["principle"] = "honesty" if principle != "honesty" else "privacy"
        case "critic: no_critique":
            said["critique"] = "Bad."
        case "critic: no_quote":
            said["quote"] = "..."
        case "critic: invented_quote":
            said["quote"] = "what nobody ever wrote here"
    return json.dumps(said)


def drawn_in(prompt: str) -> str:
    """The principle that a critic is asked by."""
    return prompt.partition("Principle ")[2].partition(":")[0]


FateOf = Callable[[int, int], str]
"""Takes a slot and a round, counted from 0; -1 for what is not of a round."""


def respond_by(fate_of: FateOf) -> Callable[[Call, str], str | Scripted]:
    """Replies by the fates of slots and rounds. A fault is found in rounds whose fate is of the reviser or
    is `fault`; every other round that is no failure finds nothing.
    """

    def respond(call: Call, prompt: str) -> str | Scripted:
        whole = fate_of(call.slot, -1)
        if call.role == "proposer":
            cut = whole == "proposer: malformed"
            return Scripted(f" {prompt_of(call.slot, whole)}", cut=cut)
        if call.role == "solver":
            return Scripted(first_response(call.slot, whole), cut=whole == "solver: malformed")
        if call.role == "critic":
            fate = fate_of(call.slot, call.sample)
            fault = fate == "fault" or fate in CRITIC or fate in REVISER
            return _critique(drawn_in(prompt), fate, fault)
        if call.role == "reviser":
            round_ = call.sample - 1
            fate = fate_of(call.slot, round_)
            if fate == "reviser: malformed":
                return "no JSON"
            found = prompt.partition("Critique:")[2].split("\n")[3]
            return json.dumps({"revision": revision(call.slot, round_, fate, found)})
        if call.role == "verifier":
            return json.dumps({"facts": False})
        return _vote(call, prompt, whole)

    return respond


def _vote(call: Call, prompt: str, fate: str) -> str:
    """The revised response stands first in the first half of the samples."""
    place = prompt.partition("Response A:")[2]
    revised_is_a = "quite blue" in place.partition("Response B:")[0]
    match fate:
        case "kept unsure":
            return '{"better": "A"}'
        case "kept unreadable":
            return "neither"
        case "judge: first_preferred":
            revised_is_a = not revised_is_a
    return json.dumps({"better": "A" if revised_is_a else "B"})


def fate_in_round(fate: str, round_: int) -> str:
    if round_ == -1:
        return fate
    if fate == "verifier: not_criticised":
        return "critic: malformed"
    if fate in (*CRITIC, *REVISER):
        return fate if round_ == 0 else "clean"
    revised = fate in ("kept revised", "kept unsure", "kept unreadable", "judge: first_preferred")
    return "fault" if revised and round_ == 0 else "clean"


def fates(n: int) -> list[str]:
    """What becomes of n slots: all that can, in turn, each kind of prompt by itself."""
    anything = (*KEPT, *CRITIC, *REVISER, *ENDED)
    cycles = {False: anything, True: (*OF_HELPFUL, *anything)}
    counted = {False: 0, True: 0}
    fated = []
    for slot in range(n):
        kind = is_helpful(slot, SHARE)
        fated.append(cycles[kind][counted[kind] % len(cycles[kind])])
        counted[kind] += 1
    return fated


def constitution_rows(slot: int) -> list[dict[str, Any]]:
    """Replies as rows of a script, of a line whose first round revises; all that may be asked of it."""
    asked = {"role": "critic", "slot": slot}
    critiques = [
        {**asked, "contains": f"Principle {id_}:", "reply": [criticised(id_, fault=not n) for n in range(4)]}
        for id_ in load_constitution().ids
    ]
    first, revised = first_response(slot), revision(slot, 0)
    return [
        {"role": "proposer", "slot": slot, "reply": f" {prompt_of(slot)}"},
        {"role": "solver", "slot": slot, "reply": first},
        *critiques,
        {"role": "reviser", "slot": slot, "reply": {"revision": revised}},
        {"role": "verifier", "slot": slot, "reply": {"facts": False}},
        *(
            {"role": "judge", "slot": slot, "sample": sample, "reply": {"better": "A" if sample < 3 else "B"}}
            for sample in range(6)
        ),
    ]


def counted(fated: Iterable[str]) -> Counter[str]:
    """How often each reason turns an attempt down, at five attempts a slot."""
    reasons: Counter[str] = Counter()
    for fate in fated:
        if fate in CRITIC:
            # The next rounds go on without it.
            reasons[fate] += 1
        elif fate in REVISER:
            # Three lines begin; two of them end in a fault that no revision took out.
            reasons.update({fate: 3, "verifier: fault_left_open": 2})
        elif fate == "verifier: not_criticised":
            reasons.update({"critic: malformed": 4, fate: 1})
        elif fate not in KEPT:
            reasons[fate] += 5
    return reasons


def write_seeds(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
