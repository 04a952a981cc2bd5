"""What docs/judge.md says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from proofset.agents import Settings, judging
from proofset.agents.judging import CanaryKind, hearing, node, opinion, pairs

DOCS = (Path(__file__).resolve().parent.parent / "docs/judge.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", DOCS, re.DOTALL | re.MULTILINE)


def rows(section: str) -> list[list[str]]:
    """The cells of the table in a section."""
    text = DOCS.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_settings_and_defaults() -> None:
    fields = {name: field for name, field in Settings.model_fields.items() if name.startswith("judge_")}
    told = {name.strip("`"): default for name, default, _ in rows("What it is asked")}
    assert told == {name: str(field.default or "none") for name, field in fields.items()}


def test_codes() -> None:
    sources = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (hearing, node, opinion))
    used = set(re.findall(r'"(judged?_[a-z_]+|not_accepted)"', sources)) - {hearing.CHECK}
    assert {row[0].strip("`") for row in rows("What becomes of an example")} == used
    pair_codes = re.findall(
        r'"(pair_[a-z]+|orders_[a-z]+|same_text)"', Path(str(pairs.__file__)).read_text("utf-8")
    )
    assert len(set(pair_codes)) == 4
    assert all(f"`{code}`" in DOCS for code in pair_codes)


def test_kinds_of_canaries() -> None:
    told = [kind for row in rows("Canaries") for kind in re.findall(r"`([a-z_]+)`", row[0])]
    assert told == [kind.value for kind in CanaryKind]


async def test_blocks_run(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    for block in BLOCKS:
        exec(compile(block, "judge.md", "exec"), names)  # noqa: S102 - our own docs
    assert isinstance(names["judge"], judging.Judge)
    script = tmp_path / "script.jsonl"
    script.write_text('{"contains": "Response A:\\n\\n<<<", "reply": {"better": "A"}}\n', encoding="utf-8")
    found = await names["compare"](f"scripted:{script}")
    assert found == (judging.Preferred.NEITHER, pytest.approx(0.5), "orders_disagree")
