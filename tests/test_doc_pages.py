"""Pages of the docs that are run as they stand, and the runner itself."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doc_pages import DocError, blocks_of, prints_as, run_page
from released import judged_record, write

from proofset.tools.consensus import Ballot, Vote
from proofset.tools.sandbox import Sandbox

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = (
    "collapse.md",
    "config.md",
    "consensus.md",
    "decontamination.md",
    "dedup.md",
    "flywheel.md",
    "mixing.md",
    "models.md",
    "plugins.md",
    "tutorial.md",
)
"""Run from the first block to the last."""
OWN = {
    "judge.md": "test_judge_docs.py",
    "novelty.md": "test_novelty_docs.py",
    "novelty_semantic.md": "test_semantic_docs.py",
    "release.md": "test_docs.py",
}
"""Pages whose blocks are run by tests of their own."""


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory to stand in; modules that a page writes there are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def rows(path: Path, *texts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = ({"instruction": text, "output": text.upper()} for text in texts)
    path.write_text("".join(json.dumps(row) + "\n" for row in made))
    return path


def prepared(page: str, place: Path, sandbox: Sandbox) -> dict[str, Any]:
    """What a page takes for granted: files, and names."""
    texts = [f"Tell me how the {word} of a {other} works." for word in _PARTS for other in _THINGS]
    match page:
        case "collapse.md":
            return {"human_texts": texts, "first": texts, "second": texts[:1] * len(texts)}
        case "consensus.md":
            return {"sandbox": sandbox, "ballots": [Ballot((Vote("3", basis="openai:a"),), "What is 1 + 2?")]}
        case "decontamination.md":
            rows(place / "in.jsonl", *texts)
            rows(place / "gsm8k/test.jsonl", "How many legs do seven herons and a cat have, all told?")
        case "dedup.md":
            rows(place / "in.jsonl", *texts)
            rows(place / "pool.jsonl", texts[0])
        case "flywheel.md":
            pytest.importorskip("phonenumbers", reason="the scrub needs proofset[traffic]")
            (place / "logs").mkdir()
            shutil.copy(EXAMPLES / "flywheel/traffic.jsonl", place / "logs")
        case "mixing.md":
            rows(place / "human.jsonl", *texts)
            (place / "runs/a").mkdir(parents=True)
            write(place / "runs/a/records.jsonl", (judged_record(slot) for slot in range(8)))
        case "tutorial.md":
            shutil.copytree(EXAMPLES, place / "examples")
    return {}


_PARTS = ("gate", "hinge", "sail", "keel", "wheel", "rope", "bell", "floor")
_THINGS = ("canal", "barn", "sloop", "ferry", "windmill", "lock", "church", "press")


@pytest.mark.parametrize("page", PAGES)
def test_the_page_runs(page: str, empty: Path, shared_sandbox: Sandbox) -> None:
    skipped = run_page(DOCS / page, empty, given=prepared(page, empty, shared_sandbox))
    ran = [block for block in blocks_of(DOCS / page) if block.runs]
    assert len(ran) > 2 * len(skipped)


def test_no_page_is_left_out() -> None:
    with_blocks = {path.name for path in DOCS.glob("*.md") if any(block.runs for block in blocks_of(path))}
    assert with_blocks == {*PAGES, *OWN}


def page(place: Path, text: str) -> Path:
    path = place / "page.md"
    path.write_text(text)
    return path


def test_blocks_run_in_order_in_one_namespace_and_one_directory(empty: Path) -> None:
    text = (
        "```python\nx = 2\n```\n\n```python\nimport asyncio\nawait asyncio.sleep(0)\nx += 1\n"
        "open('x', 'w').write(str(x))\n```\n\n<!-- file: sub/y -->\n```yaml\n4\n```\n\n"
        "```sh\n# both\ncat x \\\n   sub/y > z\n```\n\n```console\n$ cat z\n34\n$ true\n```\n\n"
        "<!-- not run: it would take a week -->\n```sh\nfalse\n```\n\n<!-- exit: 3 -->\n```sh\nexit 3\n```\n"
        "\n```text\nnot a program\n```\n"
    )
    (left,) = run_page(page(empty, text), empty)
    assert (left.value, left.language) == ("it would take a week", "sh")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python\nraise KeyError('x')\n```\n", "page.md line 1: KeyError: 'x'"),
        ("\n\n```sh\nfalse\n```\n", "page.md line 3: $ false: exit code 1, not 0"),
        ("```console\n$ echo a\nb\n```\n", "prints\na\n\nand not\nb"),
        ("```console\n$ echo a\n```\n", "prints\na"),
        ("```console\necho a\n```\n", "begins with `$ `"),
        ("<!-- exit: 1 -->\n```sh\ntrue\n```\n", "exit code 0, not 1"),
        ("<!-- not run: -->\n```sh\nfalse\n```\n", "say why it is not run"),
        ("<!-- not-run: later -->\n```sh\nfalse\n```\n", "is none of ours"),
        ("<!-- not run: lost -->\n\nWords.\n\n```sh\ntrue\n```\n", "a remark stands over no block"),
        ("<!-- file: ../x -->\n```text\n```\n", "is not in the directory"),
    ],
)
def test_what_a_page_says_must_be_so(text: str, message: str, empty: Path) -> None:
    with pytest.raises(DocError) as told:
        run_page(page(empty, text), empty)
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a\n…\nd", "a\nb\nc\nd\n", True),
        ("a\n…", "a\n", True),
        ("in … s", "in 3.4 s\n", True),
        ("a", "a\nb\n", False),
        ("a.c", "abc\n", False),
        ("", "", True),
        ("", "a\n", False),
    ],
)
def test_what_is_shown_is_what_is_printed(shown: str, printed: str, same: bool) -> None:
    assert prints_as(shown, printed) is same
