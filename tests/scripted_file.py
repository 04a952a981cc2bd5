"""A script file with a reply for every call of a `verified_math` run, for runs in other processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripted_math import Fate, problem, replies

from proofset.engine import Order, make_config
from proofset.models import Call

AGENTS = {"verifier": "scripted_math:TrustingVerifier"}
"""Found in this directory."""
SETTINGS: dict[str, Any] = {"n_attempts": 2, "other_numbers": False, "other_words": False}
_SAMPLES = {"solver": 2}


def files(out: Path) -> tuple[bytes, bytes]:
    """What a run wrote."""
    return (out / "records.jsonl").read_bytes(), (out / "rejected.jsonl").read_bytes()


def scripted_order(script: Path, out: Path, slots: int, fate: Fate, **options: Any) -> Order:
    """A run of that script, which is written where it is missing."""
    if not script.exists():
        write_script(script, slots, fate)
    values = {
        "graph": "verified_math",
        "n": slots,
        "models": {"default": f"scripted:{script}"},
        "agents": AGENTS,
        "settings": SETTINGS,
        "window": 8,
        **options,
    }
    return Order(make_config(values, source="run"), out)


def write_script(path: Path, n: int, fate: Fate = lambda slot, attempt: "good") -> str:
    """Write it; returns the model spec."""
    respond = replies(fate)
    with path.open("w") as file:
        for slot in range(n):
            for attempt in range(1, SETTINGS["n_attempts"] + 1):
                told = problem(0 if fate(slot, attempt) == "twin" else slot, attempt)["problem"]
                for role in ("proposer", "reviser", "critic", "solver"):
                    for sample in range(_SAMPLES.get(role, 1)):
                        call = Call(role, slot, attempt, sample)
                        row = {"role": role, "slot": slot, "attempt": attempt, "sample": sample}
                        file.write(json.dumps({**row, "reply": respond(call, told)}) + "\n")
    return f"scripted:{path}"
