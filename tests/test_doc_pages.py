"""Pages of the docs that are run as they stand, and the runner itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from doc_pages import DocError, blocks_of, prints_as, run_page

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = ("plugins.md", "config.md")
"""Run from the first block to the last; other pages have tests of their own."""


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


@pytest.mark.parametrize("page", PAGES)
def test_the_page_runs(page: str, empty: Path, needs_sandbox: None) -> None:
    skipped = run_page(DOCS / page, empty)
    ran = [block for block in blocks_of(DOCS / page) if block.runs]
    assert len(ran) > 2 * len(skipped)


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
