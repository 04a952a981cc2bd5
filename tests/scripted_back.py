"""A corpus and scripted replies for `backtranslation`: each text names its fate, and replies follow it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import scripted_code
from scripted_math import words

from proofset.agents.judging import Curation
from proofset.models import Call
from proofset.models.scripted import Respond, Scripted
from proofset.seeds import load_seed_instructions

GOOD = dict.fromkeys(Curation.model_fields, True)
_TEXT = (
    "The guild keeps its boats in a long shed that stands on oak posts, and every autumn its members scrape "
    "the hulls, rub them with tar and turn them over, so that no frost can crack the planks. {}"
)
EVALUATION = "Which of the ferries that cross the sound between the islands carries the post in early May?"
KEPT = ("kept text", "kept answer", "kept function")
REJECTED = (
    "segment: points_elsewhere",
    "segment: contaminated",
    "proposer: malformed",
    "critic: speaks_of_a_text",
    "critic: gives_away",
    "critic: subject_missing",
    "critic: other_language",
    "critic: other_subject",
    "novelty_gate: not_new",
    "solver: malformed",
    "verifier: other_answer",
    "verifier: undecided_answer_agrees",
    "judge: judged_low",
    "judge: judge_unreadable",
    "tester: no_tests",
    "verifier: no_doctests",
    "verifier: fails_doctests",
    "verifier: tests_denied",
    "verifier: fails_tests",
)
FATES = (*KEPT, *REJECTED)
_ANSWERS = ("kept answer", "solver: malformed", "verifier: other_answer", "verifier: undecided_answer_agrees")
_FUNCTIONS = (
    "kept function",
    "tester: no_tests",
    "verifier: no_doctests",
    "verifier: fails_doctests",
    "verifier: tests_denied",
    "verifier: fails_tests",
)


class Told(NamedTuple):
    """What a text says of itself: its number and its fate."""

    number: int
    fate: str


def text_of(number: int, fate: str) -> str:
    """One text of the corpus."""
    mark = f"[{number}: {fate}]"
    if fate in _FUNCTIONS:
        bound = scripted_code.limit(number)
        return (
            f"def sum_{number}(numbers: list[int]) -> int:\n"
            f"    # {mark} {words(number, 60)}\n    total = 0\n    for n in numbers:\n"
            f"        if n > {bound}:\n            total = total + n\n    return total"
        )
    text = _TEXT.format(f"{mark} So it is told: {words(number, 60)}.")
    match fate:
        case "segment: points_elsewhere":
            return f"However, {text}"
        case "segment: contaminated":
            return f"{text} {EVALUATION}"
        case "critic: subject_missing":
            return f"{text} Ask Aldermoor, praise Aldermoor, trust Aldermoor."
        case "novelty_gate: not_new":
            return f"{text} {' '.join(reversed(load_seed_instructions()[number].instruction.split()))}"
    return f"{text} The answer is {number + 31}." if fate in _ANSWERS else text


def corpus_at(path: Path, fates: Sequence[str]) -> list[str]:
    """A corpus of these fates: lines of JSON, and a file for each function. Returns its paths."""
    path.mkdir()
    rows = []
    for number, fate in enumerate(fates):
        text = text_of(number, fate)
        if fate in _FUNCTIONS:
            (path / f"f{number:03}.py").write_text(f"import os\n\n\n{text}\n")
        else:
            url = f"https://texts.example/{number}"
            rows.append({"text": text, "license": "CC0-1.0", "title": "Boats", "url": url})
    (path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [str(path)]


def told_by(prompt: str) -> Told:
    found = re.search(r"\[(\d+): ([^\]]+)\]", prompt)
    assert found
    return Told(int(found[1]), found[2])


def replies(change: Callable[[Call, Told], Told] = lambda call, told: told) -> Respond:
    """Replies by the fate of the slot's text; `change` gives another one for some calls."""
    seen: dict[int, Told] = {}

    def respond(call: Call, prompt: str) -> str | Scripted:
        if call.slot not in seen:
            seen[call.slot] = told_by(prompt)
        told = change(call, seen[call.slot])
        reply = _reply(call, told)
        return reply if isinstance(reply, str | Scripted) else json.dumps(reply)

    return respond


def instruction_of(number: int) -> str:
    return f"Tell how {words(number, 7)} looks after boats."


def back_rows() -> list[dict[str, Any]]:
    """Rows of a script for one text that is kept."""
    return [
        {"role": "proposer", "reply": {"instruction": instruction_of(0)}},
        {"role": "judge", "reply": GOOD},
    ]


def _reply(call: Call, told: Told) -> Any:
    number, fate = told
    match call.role:
        case "proposer":
            return "No JSON." if fate == "proposer: malformed" else _proposed(number, fate)
        case "tester":
            return {"tests": _tests(number, fate)}
        case "solver" if fate in _FUNCTIONS:
            sign = ">=" if fate == "verifier: fails_tests" else ">"
            return {"program": scripted_code.solutions(number, sign=sign)[call.sample % 4]}
        case "solver":
            return _answered(number, fate)
        case "judge":
            expert: Any = fate != "judge: judged_low"
            return {**GOOD, "expert": "yes" if fate == "judge: judge_unreadable" else expert}
    raise AssertionError(call.role)


def _proposed(number: int, fate: str) -> dict[str, Any]:
    if fate in _FUNCTIONS:
        bound, name = scripted_code.limit(number), f"sum_{number}"
        wrong = fate == "verifier: fails_doctests"
        name = "other" if fate == "verifier: no_doctests" else name
        problem = f"For {words(number, 8)}: add those of a list that are greater than {bound}; 0 for none."
        return {
            "problem": problem,
            "examples": [f"{name}([{bound + 1}, 1]) == {bound + 1 + wrong}", f"{name}([]) == 0"],
        }
    asked = instruction_of(number)
    match fate:
        case "critic: speaks_of_a_text":
            asked = f"Summarise the text above on {words(number, 7)}."
        case "critic: gives_away":
            asked = f"Tell {words(number, 7)} why it keeps its boats in a long shed that stands on oak posts"
        case "critic: other_language":
            asked = (
                f"Wie bewahrt die Gilde von {words(number, 7)} die Boote auf, und was ist für sie wichtig?"
            )
        case "critic: other_subject":
            asked = f"Name the capitals of {words(number + 500, 7)}."
        case "novelty_gate: not_new":
            asked = load_seed_instructions()[number].instruction
    return {"instruction": asked}


def _tests(number: int, fate: str) -> list[str]:
    bound, name = scripted_code.limit(number), f"sum_{number}"
    if fate == "tester: no_tests":
        return ["sum them"]
    if fate == "verifier: tests_denied":
        return [f"{test} + 1" for test in scripted_code.tests(number)]
    if fate == "verifier: fails_tests":
        lists = [[], [1], [bound, bound + 1], [9, 8, -3], [bound], [bound, bound], [20]]
        return [f"assert {name}({given}) == {sum(n for n in given if n >= bound)}" for given in lists]
    return scripted_code.tests(number)


def _answered(number: int, fate: str) -> str | Scripted:
    match fate:
        case "solver: malformed":
            return Scripted("", cut=True)
        case "verifier: undecided_answer_agrees":
            return "Perhaps. The answer is 4. Or else the answer is x + y."
        case "verifier: other_answer":
            return "The answer is 2."
    return f"The answer is {number + 31}."
