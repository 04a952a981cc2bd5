"""A script in which one operator and one topic lead to problems, and all others to nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripted_math import problem, replies

from proofset.agents.prompts import load_operators
from proofset.engine import Order, make_config
from proofset.models import Call

TOPICS = ("apples", "boats", "clouds", "dice")
GOOD_TOPIC, GOOD_OPERATOR = "boats", "reverse"
OPERATORS = sorted(load_operators("math_operators"))
_SHOWN = load_operators("math_operators")[GOOD_OPERATOR].says


def write_picky(path: Path, n: int, *, attempts: int = 2) -> None:
    """Each slot's problem is good where the good operator is asked for; the topic decides nothing."""
    respond = replies()
    with path.open("w") as file:
        for slot in range(n):
            for attempt in range(1, attempts + 1):
                told = problem(slot, attempt)
                here = {"slot": slot, "attempt": attempt}
                good = here | {"role": "proposer", "contains": _SHOWN, "reply": told}
                file.write(json.dumps(good) + "\n")
                for sample in range(2):
                    reply = respond(Call("solver", slot, attempt, sample), told["problem"])
                    row = here | {"role": "solver", "sample": sample, "reply": reply}
                    file.write(json.dumps(row) + "\n")
        file.write(json.dumps({"role": "proposer", "reply": "no"}) + "\n")


def picky_order(script: Path, out: Path, n: int, floor: float | None, **options: Any) -> Order:
    """A run of it."""
    values = {
        "graph": "verified_math",
        "n": n,
        "models": {"default": f"scripted:{script}"},
        "agents": {"verifier": "scripted_math:TrustingVerifier"},
        "settings": {
            "n_attempts": 2,
            "other_numbers": False,
            "other_words": False,
            "topics": TOPICS,
            "bandit_floor": floor,
        },
        "window": 8,
        **options,
    }
    return Order(make_config(values, source="run"), out)
