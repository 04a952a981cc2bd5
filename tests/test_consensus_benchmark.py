"""The benchmark of consensus counts as it says, and says what it cannot read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from proofset.tools.sandbox import Sandbox

BENCHMARK = Path(__file__).resolve().parent.parent / "benchmarks" / "verifiers.py"


def run(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARK), "consensus", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


def row(*answers: str, right: str) -> str:
    return json.dumps(
        {
            "problem": "How many?",
            "solutions": [
                {"model": model, "solution": f"It is {a}.", "answer": a, "is_correct": a == right}
                for model, a in zip("abcd", answers, strict=True)
            ],
        }
    )


def test_agreement_is_graded_and_estimated(tmp_path: Path, shared_sandbox: Sandbox) -> None:
    path = tmp_path / "graded.jsonl"
    rows = [row("4", "4.0", "4", "8/2", right="4")] * 9 + [row("5", "5", "5", "5", right="6")]
    path.write_text("\n".join([*rows, *[row("1", "2", "3", "7", right="7")] * 10]) + "\n")
    done = run(path)
    assert done.returncode == 0, done.stderr
    whole = next(line for line in done.stdout.splitlines() if line.startswith("| all; fitted to the batch"))
    # `4.0` and `8/2` are graded wrong by their texts here, yet their group holds a right answer.
    assert "| 10/20 = 50.0 %" in whole and "| 1/10 = 10.0 %" in whole
    assert "| 4 | 1/10 = 10.0 %" in done.stdout


def test_rows_without_grades_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "graded.jsonl"
    path.write_text(row("1", "2", "3", "4", right="4") + "\n" + json.dumps({"problem": "x"}) + "\n")
    done = run(path)
    assert done.returncode == 2
    assert "line 2" in done.stderr and "Traceback" not in done.stderr
