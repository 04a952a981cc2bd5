"""The benchmark of verifiers counts as it says."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from proofset.records import wilson
from proofset.tools.sandbox import Sandbox

BENCHMARK = Path(__file__).resolve().parent.parent / "benchmarks" / "verifiers.py"
SHARES = runpy.run_path(str(BENCHMARK.with_name("shares.py")))
shown, quantile = (SHARES[name] for name in ("shown", "quantile"))
PAIRS = [
    {"gold": "5", "answer": "5.0", "equivalent": True, "kind": "int"},
    {"gold": "5", "answer": "6", "equivalent": True, "kind": "int"},
    {"gold": "5", "answer": "5.00", "equivalent": False, "kind": "int"},
    {"gold": "5 cm", "answer": "5", "equivalent": False, "kind": "unit"},
    {"gold": "1/2", "answer": "2/4", "equivalent": True, "type": "rational"},
]


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 495, 0.0, 0.0077), (10, 430, 0.0127, 0.0423), (5, 10, 0.2366, 0.7634), (7, 7, 0.6457, 1.0)],
)
def test_wilson_intervals_are_those_of_the_formula(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_shares_without_anything_to_count() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert shown(0, 0) == "–"
    assert quantile([], 0.5) == 0
    assert [quantile([3.0, 1.0, 2.0], share) for share in (0.01, 0.5, 0.99, 1.0)] == [1, 2, 3, 3]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARK), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_errors_are_counted_by_kind(tmp_path: Path, shared_sandbox: Sandbox) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(pair) + "\n" for pair in PAIRS))
    done = run("answers", path, "--alone")
    assert done.returncode == 0, done.stderr
    assert (
        "| proofset | 1/2 = 50.0 % (9.5–90.5) | 1/3 = 33.3 % (6.1–79.2) | 1/5 = 20.0 % (3.6–62.4) |"
        in done.stdout
    )
    assert "| all | 1 | 0 | 0 | 0 | 0 | 0 |" in done.stdout
    assert "| int | 1 | 1 | 0 | 1 | 0 | 0 |" in done.stdout
    assert "| unit | 0 | 0 | 0 | 0 | 0 | 1 |" in done.stdout


def test_a_file_that_is_not_labelled_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(PAIRS[0]) + "\n" + json.dumps({"gold": "5"}) + "\n")
    done = run("answers", path)
    assert done.returncode == 2
    assert "line 2" in done.stderr and "Traceback" not in done.stderr
    assert "cannot read it" in run("answers", tmp_path / "none.jsonl").stderr
