"""What the README shows works as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from proofset.cli import cli
from proofset.engine import make_config, read_config_file
from proofset.tools.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_python_blocks_compile() -> None:
    assert len(BLOCKS) == 3
    for block in BLOCKS:
        compile(block, "README.md", "exec")


def test_the_agent_of_the_readme_is_a_node_of_the_graph() -> None:
    (block,) = [block for block in BLOCKS if "verified_math.build(" in block]
    names: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own README
    assert "judge" in names["graph"].compile().get_graph().nodes


async def test_the_check_of_the_readme_passes(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = [block for block in BLOCKS if "check_solution(" in block]
    names: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own README
    await names["check"]()
    assert capsys.readouterr().out.startswith("pass values (CaseResult(")


def test_the_python_of_the_release_page_compiles_and_its_names_are_there() -> None:
    text = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(compile(block, "release.md", "exec"), names)  # noqa: S102 - our own page
    assert callable(names["check_again"])


def commands_in(page: Path) -> list[str]:
    """The commands that a page shows indented; lines that end in a backslash go on."""
    text = re.sub(r"[ \t]*\\\n\s*", " ", page.read_text(encoding="utf-8"))
    return re.findall(r"^    (proofset [^#\n]*)", text, re.MULTILINE)


PAGES = [command for page in sorted((ROOT / "docs").glob("*.md")) for command in commands_in(page)]


@pytest.mark.parametrize("command", [*commands_in(ROOT / "README.md"), *PAGES])
def test_commands_exist_with_their_options(command: str) -> None:
    context = click.Context(cli)
    found: click.Command | None = cli
    words = shlex.split(command)[1:]
    # A group may be a command itself, as `mix` is.
    while isinstance(found, click.Group) and words and not words[0].startswith("--"):
        found = found.get_command(context, words.pop(0))
    assert found is not None
    options = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(
    ("example", "graph", "keep"), [("first_run", "verified_math", 3), ("verified_code", "verified_code", 5)]
)
def test_the_examples_are_valid_configs(example: str, graph: str, keep: int) -> None:
    config = make_config(read_config_file(ROOT / f"examples/{example}.yaml") | {"graph": graph}, source="x")
    assert config.keep == keep


def test_every_rule_of_the_algorithms_has_the_test_that_is_named() -> None:
    text = (ROOT / "docs" / "algorithms.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|") and "`test_" in line]
    written = {
        name
        for path in (ROOT / "tests").glob("test_*.py")
        for name in re.findall(
            r"^(?:async )?def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert len(rows) > 30
    assert [name for row in rows for name in re.findall(r"`(test_\w+)`", row) if name not in written] == []
    for row in rows:
        places = re.findall(r"`((?:agents|graphs|memory|seeds|corpus|engine)/[\w/.]+)`", row.split("|")[2])
        assert all((ROOT / place).exists() or (ROOT / "src/proofset" / place).exists() for place in places)
