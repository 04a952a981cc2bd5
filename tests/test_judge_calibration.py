"""How far a judge errs: counted by hand on judges that err in a known way."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from scripted_judge import judging, knows, model, scores

from proofset.agents.judging import (
    Bounds,
    CanaryKind,
    CanaryOutcome,
    Example,
    Labelled,
    Panel,
    calibrate,
)
from proofset.agents.judging.calibration import Cell
from proofset.models import Call
from proofset.records import Decision, Interval, Share

ROOT = Path(__file__).resolve().parent.parent


def row(number: int, good: bool) -> Labelled:
    result = 7 * number + (0 if good else 1)
    response = (
        f"Each of the {number} boxes holds 7 pens.\nThat is {number} * 7 = {result}.\n\nAnswer: {result}"
    )
    return Labelled(Example(f"How many pens are in {number} boxes of 7?", response), good)


ROWS = [row(number, good=number % 3 != 0) for number in range(2, 32)]
GOOD = {one.example.response for one in ROWS if one.good}
BAD = {one.example.response for one in ROWS if not one.good}


async def test_a_perfect_judge() -> None:
    found = await calibrate(model(judging(knows(GOOD))), ROWS)
    assert found.confusion == {Cell(True, Decision.ACCEPT): 20, Cell(False, Decision.REJECT): 10}
    assert (found.false_accepts, found.false_rejects) == (Share(0, 10), Share(0, 20))
    assert found.false_accepts.interval == pytest.approx(Interval(0.0, 0.2775), abs=1e-4)
    assert (found.abstentions, found.unreadable) == (Share(0, 30), Share(0, 30))
    assert (found.kappa, found.self_agreement) == (1.0, None)
    assert found.canaries_passed == Share(0, 20)
    assert sum(counts[CanaryOutcome.CAUGHT] for counts in found.canaries.values()) == 20
    assert len(found.canaries) > 4


async def test_a_judge_that_keeps_all_is_no_better_than_chance() -> None:
    found = await calibrate(model(judging(lambda example, call: scores())), ROWS)
    assert (found.false_accepts, found.false_rejects) == (Share(10, 10), Share(0, 20))
    assert found.kappa == 0.0
    assert found.canaries_passed == Share(20, 20)


async def test_errors_and_abstentions_are_counted_apart() -> None:
    wrong, lost = sorted(BAD)[:2], sorted(GOOD)[:3]

    def says(example: Example, call: Call) -> str:
        if example.response == lost[0]:
            return "no idea"
        if example.response in lost[1:]:
            return scores(quality=2)
        return scores() if example.response in GOOD or example.response in wrong else scores(quality=1)

    found = await calibrate(model(judging(says)), ROWS, canary_share=0.0)
    assert found.confusion == {
        Cell(True, Decision.ACCEPT): 17,
        Cell(True, Decision.REJECT): 2,
        Cell(True, Decision.ABSTAIN): 1,
        Cell(False, Decision.ACCEPT): 2,
        Cell(False, Decision.REJECT): 8,
    }
    assert (found.false_accepts, found.false_rejects) == (Share(2, 10), Share(3, 20))
    assert (found.abstentions, found.unreadable) == (Share(1, 30), Share(1, 30))
    # 29 decided: 25 alike; by chance (19 * 19 + 10 * 10) / 29².
    assert found.kappa == pytest.approx((25 / 29 - 461 / 841) / (1 - 461 / 841))
    assert found.canaries == {}


async def test_self_agreement_is_a_mean_over_the_examples() -> None:
    def says(example: Example, call: Call) -> str:
        torn = example.response in GOOD and call.sample == 0
        return scores(quality=1 if torn or example.response in BAD else 5)

    panel = Panel(model(judging(says)), bounds=Bounds(agreement=0.5), samples=3)
    found = await calibrate(panel, ROWS, canary_share=0.0)
    # 20 good rows with one pair of three alike, 10 bad rows with all.
    assert found.self_agreement == pytest.approx((20 / 3 + 10) / 30)
    assert found.abstentions == Share(20, 30)


async def test_canaries_are_counted_by_kind() -> None:
    def says(example: Example, call: Call) -> str:
        weak = example.response.startswith("Thought") or example.response in GOOD
        return scores() if weak else "?" if example.response == ":" else scores(1, 1, 1)

    found = await calibrate(model(judging(says)), ROWS * 4)
    assert found.canaries[CanaryKind.THOUGHT].keys() == {CanaryOutcome.PASSED}
    assert found.canaries[CanaryKind.COLON].keys() == {CanaryOutcome.UNDECIDED}
    others = [found.canaries[kind] for kind in set(CanaryKind) - {CanaryKind.THOUGHT, CanaryKind.COLON}]
    assert all(counts.keys() == {CanaryOutcome.CAUGHT} for counts in others)
    assert sum(sum(counts.values()) for counts in found.canaries.values()) == 80


async def test_a_calibration_repeats_itself() -> None:
    seen: list[Counter[str]] = []
    for _ in range(2):
        asked: Counter[str] = Counter()

        def respond(call: Call, prompt: str, asked: Counter[str] = asked) -> str:
            asked[f"{call} {prompt}"] += 1
            return scores()

        await calibrate(model(respond), ROWS, canary_share=0.5, seed=3)
        seen.append(asked)
    assert seen[0] == seen[1]


# The benchmark


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks/judge.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_benchmark_prints_what_it_counted(tmp_path: Path) -> None:
    rows, script = tmp_path / "rows.jsonl", tmp_path / "script.jsonl"
    rows.write_text(
        "".join(json.dumps({**one.example._asdict(), "good": one.good, "id": 1}) + "\n" for one in ROWS)
    )
    replies = [
        {"contains": response, "reply": json.loads(scores())} for response in [*sorted(GOOD), min(BAD)]
    ]
    replies.append({"reply": json.loads(scores(quality=1))})
    script.write_text("".join(json.dumps(reply) + "\n" for reply in replies))
    done = run(rows, "--model", f"scripted:{script}", "--samples", "3")
    assert done.returncode == 0, done.stderr
    assert "| 1/10 = 10.0 % (1.8–40.4) | 0/20 = 0.0 % (0.0–16.1) | 0/30 = 0.0 % (0.0–11.4) |" in done.stdout
    assert "| good | 20 | 0 | 0 |" in done.stdout
    assert "| bad | 1 | 9 | 0 |" in done.stdout
    assert "| empty |" in done.stdout
    # Kappa: 29 of 30 alike; by chance (20 * 21 + 10 * 9) / 30².
    assert "| 0.92 | 1.00 | 0/90 = 0.0 % (0.0–4.1) | 0/20 = 0.0 % (0.0–16.1) |" in done.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"instruction": "a", "response": "b"}\n', "line 1"),
        ('{"instruction": "a", "response": 5, "good": true}\n', "line 1"),
        ('{"instruction": "a", "response": "b", "good": true}\n[]\n', "line 2"),
        ("", "no rows"),
        (None, "cannot read it"),
    ],
)
def test_rows_without_a_label_are_refused(
    tmp_path: Path,
    text: str | None,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = tmp_path / "rows.jsonl"
    if text is not None:
        rows.write_text(text)
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    main = runpy.run_path(str(ROOT / "benchmarks/judge.py"))["main"]
    assert main([str(rows), "--model", "scripted:none"]) == 2
    assert message in capsys.readouterr().err
