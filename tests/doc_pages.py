"""Pages of the docs, run block by block as a reader would: in order, in one directory.

```python          runs in the page's namespace; `await` may stand at the top
```sh              each command must end well; lines that end in a backslash go on
```console         commands begin with `$ `; what stands below one is what it prints, where `…` is anything
<!-- file: NAME -->            the block below is written to NAME and runs only as what uses it
<!-- exit: N -->               the one command of the block below ends with N
<!-- not run: REASON -->       the block below is left alone, and counted

Other languages are shown, and not run. A remark that is none of these is an error: it would be taken for one.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

RUN = ("python", "sh", "console")
_BLOCK = re.compile(r"^```(?P<language>[a-z]*)[^\n]*\n(?P<text>.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)
_REMARK = re.compile(r"<!--\s*(?P<name>file|exit|not run):\s*(?P<value>[^\n]*?)\s*-->\s*\Z")
_ANY_REMARK = re.compile(r"<!--(?P<text>.*?)-->\s*\Z", re.DOTALL)


class Block(NamedTuple):
    """One fenced block; `remark` and `value` are those of the comment right above it."""

    page: str
    line: int
    language: str
    text: str
    remark: str = ""
    value: str = ""

    @property
    def runs(self) -> bool:
        return self.language in RUN and self.remark not in ("file", "not run")


class DocError(AssertionError):
    """A block does not do what the page says; the message names page and line."""


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page, in order. Raises DocError for a remark that is misspelt or over no block."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        before = text[: match.start()]
        remark = _REMARK.search(before)
        strange = None if remark else _ANY_REMARK.search(before)
        if strange:
            raise DocError(f"{page.name} line {line}: the remark {strange['text'].strip()!r} is none of ours")
        name, value = (remark["name"], remark["value"]) if remark else ("", "")
        found.append(Block(page.name, line, match["language"], match["text"], name, value))
    said = len(re.findall(r"^<!--\s*(?:file|exit|not run):", text, re.MULTILINE))
    if said != sum(bool(block.remark) for block in found):
        raise DocError(f"{page.name}: a remark stands over no block")
    return found


def run_page(
    page: Path, directory: Path, *, env: dict[str, str] | None = None, given: Mapping[str, Any] | None = None
) -> list[Block]:
    """Run a page in a directory, the current one; returns the blocks that were left alone.

    Args:
        given: names that the page's Python takes for granted.

    Raises DocError at the first block that does not do what the page says.
    """
    names: dict[str, Any] = {"__name__": "__page__", **(given or {})}
    skipped = []
    for block in blocks_of(page):
        if block.remark == "file":
            place = directory / block.value
            if not place.resolve().is_relative_to(directory.resolve()):
                raise DocError(f"{block.page} line {block.line}: {block.value} is not in the directory")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block.text, encoding="utf-8")
        elif block.remark == "not run":
            if not block.value:
                raise DocError(f"{block.page} line {block.line}: say why it is not run")
            skipped.append(block)
        elif block.language == "python":
            _run_python(block, names)
        elif block.runs:
            for command in commands_in(block):
                _run_command(block, command, directory, env or {})
    return skipped


def _run_python(block: Block, names: dict[str, Any]) -> None:
    # The page's own line numbers, in what a failure shows.
    source = "\n" * block.line + block.text
    code = compile(source, block.page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    try:
        made = eval(code, names)  # noqa: S307 - our own page
        if inspect.iscoroutine(made):
            import asyncio

            asyncio.run(made)
    except Exception as error:
        raise DocError(f"{block.page} line {block.line}: {type(error).__name__}: {error}") from error


class Command(NamedTuple):
    """One command, and what it prints; None where the page does not say."""

    text: str
    prints: str | None


def commands_in(block: Block) -> Iterator[Command]:
    """The commands of a block of sh or console."""
    if block.language == "sh":
        for line in re.sub(r"[ \t]*\\\n\s*", " ", block.text).splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield Command(line, None)
        return
    first, *rest = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    if first.strip() or not rest:
        raise DocError(f"{block.page} line {block.line}: a console block begins with `$ `")
    for one in rest:
        command, _, prints = re.sub(r"[ \t]*\\\n\s*", " ", one).partition("\n")
        yield Command(command, prints)


def _run_command(block: Block, command: Command, directory: Path, env: dict[str, str]) -> None:
    where = f"{block.page} line {block.line}: $ {command.text}"
    done = subprocess.run(
        ["sh", "-c", command.text],
        capture_output=True,
        text=True,
        cwd=directory,
        env=_environment(env),
        timeout=240,
    )
    wanted = int(block.value) if block.remark == "exit" else 0
    if done.returncode != wanted:
        raise DocError(f"{where}: exit code {done.returncode}, not {wanted}\n{done.stdout}{done.stderr}")
    if command.prints is not None and not prints_as(command.prints, done.stdout + done.stderr):
        raise DocError(f"{where}: prints\n{done.stdout}{done.stderr}\nand not\n{command.prints}")


def _environment(env: dict[str, str]) -> dict[str, str]:
    venv = str(Path(sys.executable).parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return {**kept, "PATH": f"{venv}{os.pathsep}{kept.get('PATH', '')}", **env}


def prints_as(shown: str, printed: str) -> bool:
    """Whether a command prints what a page shows. `…` is anything on a line; alone on one, any lines."""
    pattern = ""
    for line in shown.strip().splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ \t]*\n"
    return re.fullmatch(pattern, printed.strip() + "\n" if printed.strip() else "") is not None
