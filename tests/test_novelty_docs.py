"""What the page on novelty shows works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from proofset.memory.novelty import Match

PAGE = (Path(__file__).resolve().parent.parent / "docs/novelty.md").read_text("utf-8")


def test_the_second_of_two_near_twins_is_told_what_it_repeats(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(compile(block, "novelty.md", "exec"), names)  # noqa: S102 - our own page
    first, second = names["offer"](tmp_path)
    assert first is None
    assert second == Match("mine/1", 0.9, "rouge-l", 0.7)
