"""Every command of the tutorial is run, in order, and prints what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
_BLOCK = re.compile(
    r"^```(?P<kind>console|python title=\"(?P<name>[\w.]+)\")\n(?P<text>.*?)^```", re.S | re.M
)


class Shown(NamedTuple):
    """A command as the page shows it, and the lines that follow it."""

    command: str
    lines: list[str]


def shown_in(block: str) -> list[Shown]:
    parts = re.split(r"^\$ ", block, flags=re.M)[1:]
    return [Shown(command, rest) for command, *rest in (part.splitlines() for part in parts)]


def missing(expected: list[str], printed: str) -> str:
    """The first expected line that is not printed in its turn; `…` stands for anything. Empty for none."""
    lines = iter(printed.splitlines())
    for line in expected:
        if line == "…":
            continue
        wanted = re.compile(".*".join(map(re.escape, line.split("…"))))
        if not any(wanted.fullmatch(found) for found in lines):
            return line
    return ""


def test_a_line_that_is_not_printed_is_found() -> None:
    assert missing(["a … c", "…", "d"], "a b c\nx\nd\n") == ""
    assert missing(["d", "a"], "a\nd\n") == "a"
    assert missing(["3 kept"], "13 kept\n") == "3 kept"


def test_the_tutorial_works_as_printed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "200"}
    commands = 0
    for block in _BLOCK.finditer(PAGE):
        if block["name"]:
            (tmp_path / block["name"]).write_text(block["text"], encoding="utf-8")
            continue
        for shown in shown_in(block["text"]):
            ran = subprocess.run(
                ["bash", "-c", shown.command],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert ran.returncode == 0, f"{shown.command}\n{ran.stdout}"
            assert missing(shown.lines, ran.stdout) == "", f"{shown.command}\n{ran.stdout}"
            commands += 1
    assert commands > 8
