"""Scripted replies for `verified_code`: every slot has a function of its own, some go wrong on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scripted_math import Fate, words

from proofset.models import Call


def problem(slot: int, attempt: int = 1) -> dict[str, Any]:
    return {
        "problem": f"{words(1000 * slot + attempt)}: return the sum of the numbers in a list that are "
        f"greater than {limit(slot)}; 0 where there are none.",
        "signature": f"def sum_{slot}(numbers: list[int]) -> int:",
    }


def limit(slot: int) -> int:
    return slot % 5 + 2


def tests(slot: int) -> list[str]:
    bound, name = limit(slot), f"sum_{slot}"
    lists = [[], [1], [bound, bound + 1], [9, 8, -3], [bound + 1, bound + 1], [0, 7], [20]]
    return [f"assert {name}({given}) == {sum(n for n in given if n > bound)}" for given in lists]


def solutions(slot: int, *, sign: str = ">") -> list[str]:
    """Four different ways to the same values."""
    bound, head = limit(slot), problem(slot)["signature"]
    return [
        f"{head}\n    return sum(n for n in numbers if n {sign} {bound})\n",
        f"{head}\n    total = 0\n    for n in numbers:\n        if n {sign} {bound}:\n"
        "            total += n\n    return total\n",
        f"{head}\n    kept = list(filter(lambda n: n {sign} {bound}, numbers))\n    return sum(kept)\n",
        f"{head}\n    if not numbers:\n        return 0\n    first, *rest = numbers\n"
        f"    return (first if first {sign} {bound} else 0) + sum_{slot}(rest)\n",
    ]


def replies(fate: Fate = lambda slot, attempt: "good") -> Callable[[Call, str], str]:
    """Replies by role.

    Fates: good, malformed, wrong_tests, no_tests, one_wrong (solution of four), split (two and two), cheat
    (all read the tests' values off a table), raises (one of four).
    """

    def respond(call: Call, prompt: str) -> str:
        slot = call.slot
        what = fate(slot, call.attempt)
        if call.role in ("proposer", "evolver", "reviser"):
            return "A fine problem." if what == "malformed" else json.dumps(problem(slot, call.attempt))
        if call.role == "tester":
            return json.dumps({"tests": _tests(slot, what)})
        if call.role == "solver":
            return json.dumps({"program": _solution(slot, call.sample % 4, what)})
        if call.role == "critic":
            return json.dumps({"flaw": "it can be read in two ways", "fault": "problem", "advice": "say it"})
        return json.dumps({"clarity": 5, "quality": 4, "diversity": 3})

    return respond


def _tests(slot: int, what: str) -> list[str]:
    if what == "no_tests":
        return ["sum them", "import os"]
    if what == "wrong_tests":
        return [f"{test} + 1" for test in tests(slot)]
    return tests(slot)


def _solution(slot: int, sample: int, what: str) -> str:
    wrong = solutions(slot, sign=">=")
    if (what == "one_wrong" and sample == 3) or (what == "split" and sample >= 2):
        return wrong[sample]
    if what == "raises" and sample == 3:
        return f"{problem(slot)['signature']}\n    return {{}}[0]\n"
    if what == "cheat":
        pairs = (test.removeprefix(f"assert sum_{slot}(").split(") == ") for test in tests(slot))
        table = ", ".join(f"{given!r}: {value}" for given, value in pairs)
        return f"{problem(slot)['signature']}\n    return {{{table}}}.get(str(numbers), {sample})\n"
    return solutions(slot)[sample]
