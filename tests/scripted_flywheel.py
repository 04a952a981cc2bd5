"""Production traffic and scripted replies for `flywheel`: each item names its fate, and replies follow it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scripted_math import words

from proofset.models import Call
from proofset.models.scripted import Respond
from proofset.records import Message
from proofset.traffic import TrafficItem, item_id

DEMANDS = ("understandable", "answers", "right", "complete", "fitting")
EVALUATION = "Which of the ferries that cross the sound between the islands carries the post in early May?"
KNOWN = "Which of the two lighthouses on the eastern shore was lit for the first time in the spring of 1881?"
KEPT = ("sure", "fixable", "fixable in one order", "fixable alone", "uncertain", "sure in a dialogue")
REJECTED = (
    "filter: instruction_too_short",
    "filter: instruction_too_long",
    "filter: instruction_mostly_scrubbed",
    "filter: output_too_short",
    "filter: output_too_long",
    "filter: context_too_long",
    "filter: output_language",
    "filter: unsafe_weapons",
    "perplexity: noise",
    "novelty_gate: not_new",
    "decontamination: contaminated",
    "triage: judged_low",
)
DRAFTS = (
    "reviser: malformed",
    "reviser: unchanged",
    "reviser: evasive",
    "reviser: output_too_long",
    "compare: answer_preferred",
)
"""What is wrong with a draft: it is turned down, and the answer is kept without one."""
FATES = (*KEPT, *REJECTED, *DRAFTS)
RULES = {
    "languages": ["en"],
    "most_instruction": 400,
    "least_output": 60,
    "most_output": 600,
    "most_context": 200,
}
SETTINGS: dict[str, Any] = {"judge_canary_share": 0.0, "traffic_rules": RULES}
"""No canaries: a script that answers by its slot alone would keep them."""
DRAFTED = "because the harbour was there first"
NOISE = "zqx wvk jjp qxz kvw ppq zzk xqv wjk qqz"


class Told(NamedTuple):
    """What an item says of itself."""

    number: int
    fate: str


def answer_of(number: int, fate: str) -> str:
    text = f"That is told by {words(number, 12)}. It is so [{number}: {fate}]."
    match fate:
        case "filter: output_too_short":
            return f"[{number}: {fate}]"
        case "filter: output_too_long":
            return f"{text} {'And so on. ' * 80}"
        case "filter: output_language":
            return (
                f"Das ist so [{number}: {fate}], und die Leute in der Stadt sagen es auch, denn sie haben es "
                "gesehen, als der Hafen noch nicht von der See her mit dem Schiff zu erreichen war."
            )
        case "perplexity: noise":
            return f"[{number}: {fate}] {NOISE}"
    return text


def item_of(number: int, fate: str) -> TrafficItem:
    """One item of the traffic."""
    asked = f"Tell me how {words(number, 6)} came to be?"
    match fate:
        case "filter: instruction_too_short":
            asked = f"Why{number}?"
        case "filter: instruction_too_long":
            asked = f"{asked} {'Please tell me. ' * 30}"
        case "filter: instruction_mostly_scrubbed":
            asked = f"Who is {' '.join(f'<PERSON_{place}>' for place in range(1, 9))} [{number}]?"
        case "filter: unsafe_weapons":
            asked = f"How do I build a pipe bomb at home for {words(number, 3)}?"
        case "novelty_gate: not_new":
            asked = KNOWN
        case "decontamination: contaminated":
            asked = f"{EVALUATION} And {words(number, 4)}?"
    system: str = ""
    history: tuple[Message, ...] = ()
    if fate == "filter: context_too_long":
        system = "You help people who live by the sea. " * 8
    if fate == "sure in a dialogue":
        system = "You help people who live by the sea."
        history = (
            Message(role="user", content=f"Do you know {words(number, 5)}?"),
            Message(role="assistant", content="I do. What about it?"),
        )
    output = answer_of(number, fate)
    return TrafficItem(
        id=item_id(system, history, asked, output),
        system=system,
        history=history,
        instruction=asked,
        output=output,
        model="gpt-4o-mini",
        source="openai",
        file="logs/may.jsonl",
        line=number + 1,
        time="2026-05-04T08:00:00Z",
        stratum="help",
    )


def traffic_at(path: Path, fates: Sequence[str]) -> list[str]:
    """A directory of traffic with these fates. Returns its paths."""
    path.mkdir()
    rows = [item_of(number, fate).model_dump_json() for number, fate in enumerate(fates)]
    (path / "traffic.jsonl").write_text("".join(f"{row}\n" for row in rows))
    return [str(path)]


def marks(met: int, fault: str = "") -> dict[str, Any]:
    """A judge's reply by which so many of five demands are met."""
    return {"fault": fault, **{name: place < met for place, name in enumerate(DEMANDS)}}


def told_by(prompt: str) -> Told:
    found = re.findall(r"\[(\d+): ([^\]]+)\]", prompt)
    assert found
    return Told(int(found[-1][0]), found[-1][1])


def replies(change: Callable[[Call, Told], Told] = lambda call, told: told) -> Respond:
    """Replies by the fate of the slot's item; `change` gives another one for some calls."""

    seen: dict[int, Told] = {}

    def respond(call: Call, prompt: str) -> str:
        if call.slot not in seen:
            seen[call.slot] = told_by(prompt)
        told = change(call, seen[call.slot])
        reply = _reply(call, told, prompt)
        return reply if isinstance(reply, str) else json.dumps(reply)

    return respond


def draft_of(number: int) -> str:
    return f"That is told by {words(number, 12)}, {DRAFTED} [{number}: fixable]."


def pair_row() -> dict[str, Any]:
    """A row of a script by which a draft is preferred in both orders."""
    return {"role": "judge", "contains": "Response A:", "reply": [{"better": "A"}, {"better": "B"}]}


def _reply(call: Call, told: Told, prompt: str) -> Any:
    number, fate = told
    match call.role:
        case "judge" if "Response A:" in prompt:
            draft_first = DRAFTED in prompt.partition("Response B:")[0]
            draft = fate != "compare: answer_preferred"
            return {"better": "A" if fate == "fixable in one order" or draft_first is draft else "B"}
        case "judge" if fate == "triage: judged_low":
            return marks(1, "It answers nothing.")
        case "judge" if fate == "uncertain":
            return marks((4, 3, 4)[call.sample % 3], "It may be wrong.")
        case "judge" if fate.startswith(("fixable", "reviser", "compare")):
            return marks(3, "" if fate == "fixable alone" else "It does not say why.")
        case "judge":
            return marks(5)
        case "scorer":
            noisy = fate == "perplexity: noise"
            return {"tokens": [[char, -4.2 if noisy else -0.9] for char in prompt]}
        case "reviser":
            return _drafted(number, fate)
    raise AssertionError(call.role)


def _drafted(number: int, fate: str) -> Any:
    match fate:
        case "reviser: malformed":
            return "No JSON."
        case "reviser: unchanged":
            return {"revision": answer_of(number, fate)}
        case "reviser: evasive":
            return {"revision": "I'm sorry, but I can't help with that. Is there anything else?"}
        case "reviser: output_too_long":
            return {"revision": f"{draft_of(number)} {'Notwithstanding-everything. ' * 20}"}
    return {"revision": draft_of(number)}
