"""The sandbox's side of answer comparison: a JSON batch on standard input, JSON on standard output.

    {"pairs": [{"type": …, "expected": …, "given": …}, …]}
    {"versions": {"python": …, "sympy": …}, "results": [{"outcome": …, …}, …]}

Results stand in the order of the pairs. One pair's fault never ends the batch, unless it kills the process.
"""

from __future__ import annotations

import json
import platform
import sys
from typing import Any

import sympy

from ._cap import CpuCap
from ._judge import MAX_SHOWN, Judgement, judge
from ._terms import OPEN

SECONDS_PER_PAIR = 3.0
"""CPU seconds after which a pair is given up as inconclusive."""


def compare_pair(kind: str, expected: str, given: str) -> Judgement:
    """`judge` under the CPU cap of one pair; what exhausts memory, stack or time is inconclusive."""
    with CpuCap(SECONDS_PER_PAIR):
        try:
            return judge(kind, expected, given)
        except (MemoryError, RecursionError):
            return _given_up("too large: it exhausts memory or stack")
        except Exception as defect:
            return _given_up(f"the comparison failed with {type(defect).__name__}: {defect}")
    return _given_up(f"not decided within {SECONDS_PER_PAIR:g} CPU seconds")


def _given_up(reason: str) -> Judgement:
    return Judgement(OPEN, reason[:MAX_SHOWN], OPEN, OPEN, "", "")


def run(batch: dict[str, Any]) -> dict[str, Any]:
    results = [compare_pair(pair["type"], pair["expected"], pair["given"]) for pair in batch["pairs"]]
    versions = {"python": platform.python_version(), "sympy": sympy.__version__}
    return {"versions": versions, "results": [judgement._asdict() for judgement in results]}


def main() -> None:
    json.dump(run(json.load(sys.stdin)), sys.stdout)
