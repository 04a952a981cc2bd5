"""Scripted replies for `self_instruct`: each slot trips one rule, or is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scripted_math import words

from proofset.seeds import load_seed_instructions

SCORES = {"clarity": 4, "quality": 4, "diversity": 4}
BLUE = "Example 1\nOutput: It is blue, as far as one can see."


def task(slot: int, text: str = "Praise {}, please.") -> str:
    return text.format(words(slot, 6))


def rows(slot: int, fate: str) -> list[dict[str, Any]]:
    """What the slot's model answers, role by role."""
    proposed, label, instances, facts, scores = task(slot), "No", BLUE, False, dict(SCORES)
    cut: tuple[str, ...] = ()
    match fate:
        case "kept style":
            pass
        case "commit: duplicate":
            # Of a slot so near that the gate does not know of it yet.
            proposed = task(slot - slot % len(CYCLE))
        case "kept factual by a name":
            instances = "Example 1\nOutput: It was first seen by Ada Lovelace on a walk."
        case "kept factual by the model":
            facts = True
        case "kept verified sum":
            asked = f"{slot + 31} * {slot + 502} - {3 * slot + 77}"
            proposed = f"What is {asked}?"
            instances = f"Example 1\nOutput: {asked} = {(slot + 31) * (slot + 502) - 3 * slot - 77}"
        case "kept verified code":
            name = f"f{slot}"
            proposed = f"{task(slot, 'Write {}')} as Python function {name}, where {name}(2) == {slot + 2}."
            instances = f"Example 1\nOutput: def {name}(x):\n    return x + {slot}"
        case "kept label":
            proposed, label = task(slot, "Tell whether {} is warm or cold."), "Yes"
            instances = "Class label: warm\nInput: a summer day\nClass label: cold\nInput: snow"
        case "proposer: malformed":
            cut = ("proposer",)
        case "proposer: too_short":
            proposed = "Sing now."
        case "proposer: too_long":
            proposed = "word " * 151
        case "proposer: begins_with_image":
            proposed = task(slot, "Imagery of {} in words")
        case "proposer: blacklisted":
            proposed = task(slot, "Draw {} in words")
        case "proposer: write_a_program":
            proposed = task(slot, "Write a program for {}")
        case "proposer: punctuation_first":
            proposed = task(slot, "(Optional) praise {}")
        case "proposer: not_ascii_first":
            proposed = task(slot, "Über {} etwas sagen")
        case "proposer: no_letter_first":
            proposed = task(slot, "7 uses of {}")
        case "novelty_gate: not_new":
            proposed = load_seed_instructions()[slot].instruction
        case "classifier: malformed":
            label = "Perhaps"
        case "solver: malformed":
            instances = "No valid output found."
        case "solver: empty_output":
            instances = "Example 1\nInput: a\nOutput:"
        case "solver: output_is_input":
            instances = "Example 1\nInput: a\nOutput: a"
        case "solver: ends_in_colon":
            instances = "Example 1\nOutput: as follows:"
        case "solver: same_input_other_output":
            instances = "Example 1\nInput: a\nOutput: b\nExample 2\nInput: a\nOutput: c"
        case "solver: one_label":
            label, instances = "Yes", "Class label: warm\nInput: tea\nClass label: warm\nInput: soup"
        case "verifier: other_form":
            proposed = task(slot, "Praise {} in exactly three words.")
        case "verifier: wrong_result":
            proposed = f"Calculate {slot + 61} * {slot + 902} + {5 * slot + 7}."
            instances = "Example 1\nOutput: The result is 4."
        case "verifier: fails_examples":
            name = f"g{slot}"
            proposed = f"{task(slot, 'Write {}')} as Python function {name}, where {name}(2) == 5."
            instances = f"Example 1\nOutput: def {name}(x):\n    return x"
        case "judge: judged_low":
            scores["quality"] = 2
        case "judge: judge_unreadable":
            scores["quality"] = 7
        case _:
            raise AssertionError(fate)
    replies = {
        # The number of the first item is written for the model already.
        "proposer": f" {proposed}\n10. A task that nobody takes up.",
        "classifier": label,
        "solver": instances,
        "verifier": {"facts": facts},
        "judge": scores,
    }
    return [
        {"role": role, "slot": slot, "reply": reply, **({"cut": True} if role in cut else {})}
        for role, reply in replies.items()
    ]


REJECTED = (
    "proposer: malformed",
    "proposer: too_short",
    "proposer: too_long",
    "proposer: begins_with_image",
    "proposer: blacklisted",
    "proposer: write_a_program",
    "proposer: punctuation_first",
    "proposer: not_ascii_first",
    "proposer: no_letter_first",
    "novelty_gate: not_new",
    "classifier: malformed",
    "solver: malformed",
    "solver: empty_output",
    "solver: output_is_input",
    "solver: ends_in_colon",
    "solver: same_input_other_output",
    "solver: one_label",
    "verifier: other_form",
    "verifier: wrong_result",
    "verifier: fails_examples",
    "judge: judged_low",
    "judge: judge_unreadable",
)
KEPT = (
    "kept style",
    "kept factual by a name",
    "kept factual by the model",
    "kept verified sum",
    "kept verified code",
    "kept label",
)
CYCLE = (*KEPT, *REJECTED)


def fates(n: int) -> list[str]:
    """What becomes of n slots: all that can, in turn, and one near-twin of the first."""
    return [CYCLE[slot % len(CYCLE)] for slot in range(n - 1)] + ["commit: duplicate"]


def write_instruct_script(path: Path, fated: Iterable[str]) -> Path:
    lines = [json.dumps(row) for slot, fate in enumerate(fated) for row in rows(slot, fate)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
