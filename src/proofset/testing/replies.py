"""Replies: what the model of an agent under test says. Plain ones fit the prompts of the built-in agents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..models import Call
from .cases import HOSTILE

Respond = Callable[[Call, str], str]

_PROBLEM = {
    "problem": "A farmer has 7 fields with 23 trees each. How many trees are there?",
    "program": "fields = 7\ntrees = 23\nprint(fields * trees)\n",
    "answer_type": "integer",
    "answer": "161",
}
_FUNCTION = {
    "problem": "Return the product of all numbers in a list; 1 where it is empty.",
    "signature": "def product(numbers: list[int]) -> int:",
}
_CRITIQUE = {"flaw": "the answer is not computed", "fault": "answer", "advice": "compute it"}
_SCORES = {"clarity": 5, "quality": 4, "diversity": 3}
_BY_ROLE: dict[str, dict[str, Any]] = {
    "verified_math": {
        **dict.fromkeys(("proposer", "evolver", "reviser"), _PROBLEM),
        "solver": (
            {"program": "rows = 12\neach = 4\nprint(rows * each)"},
            {"reasoning": "Multiply: 12 * 4 = 48.", "answer": "48"},
        ),
        "rephraser": {"problem": "How many jars are there on a shelf of 12 rows, where a row holds 4 jars?"},
    },
    "verified_code": {
        **dict.fromkeys(("proposer", "evolver", "reviser"), _FUNCTION),
        "tester": {"tests": [f"assert total([{n}, {n + 1}]) == {2 * n + 1}" for n in range(8)]},
        "solver": {"program": "def total(numbers: list) -> int:\n    return sum(numbers)\n"},
    },
    "self_instruct": {
        "proposer": " Describe a walk by the sea in winter.\n10. Name three uses of an old newspaper.",
        "classifier": "No",
        "solver": "Example 1\nOutput: Cold wind, grey water, and nobody about.",
        "verifier": {"facts": False},
    },
}


def plain_replies(graph: str) -> Respond:
    """Sensible replies, by role and sample: the same question has the same one."""
    known = {"critic": _CRITIQUE, "judge": _SCORES, **_BY_ROLE.get(graph, {})}

    def respond(call: Call, prompt: str) -> str:
        reply = known.get(call.role, "Yes.")
        if isinstance(reply, tuple):
            reply = reply[call.sample % len(reply)]
        return reply if isinstance(reply, str) else json.dumps(reply)

    return respond


def hostile_replies(number: int) -> Respond:
    """Replies that no form fits, or that fit it with hostile texts."""
    text = HOSTILE[number % len(HOSTILE)]
    texts = dict.fromkeys(
        ("problem", "program", "answer", "reasoning", "signature", "flaw", "advice", "quote", "critique"),
        text,
    )
    forms = (text, json.dumps(texts | {"answer_type": "integer", "fault": "answer"}), "", "[]", "null")

    def respond(call: Call, prompt: str) -> str:
        return forms[(number + call.sample) % len(forms)]

    return respond
