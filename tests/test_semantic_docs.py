"""What the page on novelty by meaning shows works, and its thresholds are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from proofset.memory.novelty.semantic import KINDS, THRESHOLDS

PAGE = (Path(__file__).resolve().parent.parent / "docs/novelty_semantic.md").read_text("utf-8")


def test_the_example_finds_the_paraphrase(tmp_path: Path) -> None:
    pytest.importorskip("wordllama")
    pytest.importorskip("chromadb")
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(compile(block, "novelty_semantic.md", "exec"), names)  # noqa: S102 - our own page
    found, reason = names["remember"](tmp_path)
    assert found == "a" and reason.endswith(" to a")


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_holds_the_thresholds(kind: str) -> None:
    (row,) = re.findall(rf"^\| `{kind}` \|(.*)\|$", PAGE, re.MULTILINE)
    cells = [cell.strip() for cell in row.split("|")]
    assert (float(cells[0]), float(cells[3])) == (THRESHOLDS["wordllama"][kind], THRESHOLDS["minilm"][kind])
