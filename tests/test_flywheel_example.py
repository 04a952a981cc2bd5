"""examples/flywheel, once around: traffic in, decisions in a browser, a mixed version out, a model named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from reviewed_runs import lines, serving

from proofset.seeds import load_seed_instructions

pytest.importorskip("phonenumbers", reason="the scrub needs proofset[traffic]")
pytest.importorskip("uvicorn", reason="the server needs proofset[review]")
playwright = pytest.importorskip("playwright.sync_api", reason="the browser is driven by playwright")

if TYPE_CHECKING:
    from playwright.sync_api import Page

EXAMPLE = Path(__file__).resolve().parent.parent / "examples/flywheel"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)
MINE = "Clear the lock file, then install once more."


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.chdir(tmp_path)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def proofset(*words: str | Path) -> str:
    """Run a command, in a process of its own: the browser's driver has this one's event loop."""
    command = [sys.executable, "-m", "proofset", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout} {done.stderr}"
    return done.stdout


def decide(page: Page, directory: str) -> None:
    """Two drafts accepted, the next answer edited, the next two rejected, all others accepted."""
    expect = playwright.expect
    with serving(Path(directory)) as server:
        page.goto(server.url)
        page.get_by_label("Your name").fill("ann")
        page.keyboard.press("Enter")
        expect(page.locator("#progress-text")).to_contain_text("0 of 24 decided")
        # What is fixable comes first, with its draft beside it.
        expect(page.locator("#output")).to_contain_text("Name the steps in order")
        for number in range(24):
            title = page.locator("#title").inner_text()
            if number == 2:
                page.keyboard.press("e")
                expect(page.locator("#text")).to_be_focused()
                page.keyboard.press("Control+a")
                page.keyboard.type(MINE)
                page.keyboard.press("Control+Enter")
                expect(page.locator("#status")).to_contain_text(f"Edited: {title}")
            elif number in (3, 4):
                page.keyboard.press("r")
                page.keyboard.press("1")
                expect(page.locator("#status")).to_contain_text(f"Rejected: {title}")
            else:
                page.keyboard.press("a")
                expect(page.locator("#status")).to_contain_text(f"Accepted: {title}")
        expect(page.locator("#progress-text")).to_contain_text("24 of 24 decided")


def test_once_around(page: Page, tmp_path: Path) -> None:
    log, script = EXAMPLE / "traffic.jsonl", EXAMPLE / "answers.jsonl"
    (tmp_path / "evaluation.jsonl").write_text('{"question": "How many legs have seven herons and a cat?"}\n')
    proofset("flywheel", "heldout", "add", "legs", "evaluation.jsonl")

    assert "177 entered traffic" in proofset("flywheel", "ingest", log, "--rate", "1", "--out", "traffic")
    # Once more: nothing enters twice.
    assert "0 entered traffic" in proofset("flywheel", "ingest", log, "--rate", "1", "--out", "traffic")

    asked = ("--traffic", "traffic", "--config", EXAMPLE / "run.yaml", "--model", f"scripted:{script}")
    said = proofset("run", "flywheel", *asked, "--out", "runs/w1")
    assert "24 kept of 177 slots" in said and "every item was taken" in said
    decide(page, "runs/w1")
    proofset("review", "runs/w1", "--write")
    proofset("review", "runs/w1", "--reviewed", "reviewed.jsonl")
    kept = lines(tmp_path / "reviewed.jsonl")
    assert len(kept) == 22
    assert {record["verdict"]["grade"] for record in kept} == {"human"}  # type: ignore[index]
    assert MINE in [record["output"] for record in kept]

    rows: list[dict[str, Any]] = [
        {"id": seed.id, "instruction": seed.instruction, "output": seed.instances[0].output}
        for seed in load_seed_instructions()[:40]
    ]
    (tmp_path / "human.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    mixed = ("--human", "human.jsonl", "--target-model", "mine-3b")
    proofset("mix", *mixed, "--synthetic", "reviewed.jsonl", "--out", "sets/v1")
    manifest = json.loads((tmp_path / "sets/v1/mix.json").read_text())
    # Rows and tokens, and nothing of the held-out set.
    assert (manifest["human"][0], manifest["synthetic"][0]) == (40, 22)
    assert manifest["grades"] == {"human": 22}
    assert manifest["held_out"][0]["checked"] == 62

    trainer = Path(__file__).parent / "trainer.py"
    command = f"{sys.executable} {trainer} calls.jsonl --model openai:mine-3b-r1@http://127.0.0.1:8000/v1"
    sent = ("sets/v1", "--command", command, "--pairs", "runs/w1/pairs.jsonl", "--role", "judge")
    assert "would" in proofset("flywheel", "publish", *sent, "--dry-run")
    assert not (tmp_path / "calls.jsonl").exists()
    proofset("flywheel", "publish", *sent)
    (told,) = lines(tmp_path / "calls.jsonl")
    assert (told["round"], told["pairs"][0]["rows"]) == (1, 1)  # type: ignore[index]
    # It is no larger than what is trained next, and judges nothing.
    assert "no larger than mine-3b" in proofset("flywheel", "status", "sets")
