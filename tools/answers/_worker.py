"""The sandbox's side of answer comparison: a JSON batch on standard input, JSON on standard output.

    {"pairs": [{"type": …, "expected": …, "given": …, "problem": …}, …]}
    {"versions": {"python": …, "sympy": …}, "results": [{"outcome": …, …}, …]}

Results stand in the order of the pairs. One pair's fault never ends the batch, unless it kills the process.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from typing import Any

import sympy

from ._cap import CpuCap
from ._judge import MAX_SHOWN, Judgement, judge
from ._terms import OPEN

SECONDS_PER_PAIR = 3.0
"""CPU seconds after which a pair is given up as inconclusive."""


def compare_pair(kind: str, expected: str, given: str, problem: str = "") -> Judgement:
    """`judge` under the CPU cap of one pair; what exhausts memory, stack or time is inconclusive."""
    with CpuCap(SECONDS_PER_PAIR):
        try:
            return judge(kind, expected, given, problem)
        except (MemoryError, RecursionError):
            return _given_up(kind, "too large: it exhausts memory or stack")
        except Exception as defect:
            return _given_up(kind, f"the comparison failed with {type(defect).__name__}: {defect}")
    return _given_up(kind, f"not decided within {SECONDS_PER_PAIR:g} CPU seconds")


def _given_up(kind: str, reason: str) -> Judgement:
    return Judgement(OPEN, reason[:MAX_SHOWN], OPEN, OPEN, "", "", kind or "text")


def run(batch: dict[str, Any]) -> dict[str, Any]:
    versions = {"python": platform.python_version(), "sympy": sympy.__version__}
    return {"versions": versions, "results": [_timed(pair) for pair in batch["pairs"]]}


def _timed(pair: dict[str, str]) -> dict[str, Any]:
    begun = time.process_time()
    judgement = compare_pair(pair["type"], pair["expected"], pair["given"], pair["problem"])
    return judgement._asdict() | {"cpu_ms": round(1000 * (time.process_time() - begun))}


def main() -> None:
    json.dump(run(json.load(sys.stdin)), sys.stdout)
