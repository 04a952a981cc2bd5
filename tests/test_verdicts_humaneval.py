"""HumanEval's canonical solutions all pass their own checks; the share in each mode is printed."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proofset.records import Outcome
from proofset.tools.programs import check_solution
from proofset.tools.sandbox import Sandbox

TASKS = Path(__file__).resolve().parents[2] / "shared" / "data" / "humaneval_tasks.jsonl"
pytestmark = pytest.mark.skipif(
    not TASKS.exists(), reason="the corpus ../shared/data/humaneval_tasks.jsonl is not here"
)


def tasks() -> Iterator[dict[str, Any]]:
    with TASKS.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def whole(test: str) -> bool:
    """Whether an assert stands on its own: one of the corpus reads a name that only its check makes."""
    names = {node.id for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Name)}
    return not names & {"lst", "odd_sum"}


@pytest.mark.parametrize("field", ["check", "all_asserts"])
async def test_canonical_solutions_pass(
    field: str, shared_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    modes: Counter[str] = Counter()
    against: list[str] = []
    for task in tasks():
        tests = task["check"] if field == "check" else "\n".join(filter(whole, task["all_asserts"]))
        if not tests.strip():
            modes["no asserts"] += 1
            continue
        suite = await check_solution(task["canonical_solution"], tests, task["entry_point"], shared_sandbox)
        modes[suite.mode.value] += 1
        if suite.outcome is not Outcome.PASS:
            against.append(f"{task['task_id']} {suite.mode.value}: {suite.detail}")
    with capsys.disabled():
        shares = ", ".join(f"{mode} {count}/{modes.total()}" for mode, count in modes.most_common())
        print(f"\nHumanEval {field}: {shares}; not passed: {len(against)}")  # noqa: T201
    assert not against
