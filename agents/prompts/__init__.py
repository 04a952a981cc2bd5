"""Prompts: one Markdown file each, made of `## system`, `## user` and `## assistant` parts.

The system part comes first and a user part last; user and assistant parts between them are worked
examples, shown to the model as turns of the chat. Placeholders stand as `{{name}}`. Values are put in
as they are, in one pass: text from a model is never read as a template.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from ...errors import UsageError
from ...records import Message, text_sha256
from .constitution import CONSTITUTION, load_constitution

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
_HEADING = re.compile(r"^## (system|user|assistant)\n", re.MULTILINE)
_Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a role says to its model. `sha256` is the hash of the whole file, for provenance."""

    name: str
    parts: tuple[Message, ...]
    sha256: str

    @property
    def places(self) -> frozenset[str]:
        """Names of the placeholders."""
        return frozenset(name for part in self.parts for name in _PLACEHOLDER.findall(part.content))

    def render(self, **values: str) -> tuple[Message, ...]:
        """The messages. Raises ValueError where a placeholder has no value or a value no placeholder."""
        if self.places != set(values):
            raise ValueError(
                f"prompt {self.name}: it has {sorted(self.places)}, it was given {sorted(values)}"
            )

        def fill(text: str) -> str:
            return _PLACEHOLDER.sub(lambda match: values[match[1]], text).strip()

        return tuple(Message(role=part.role, content=fill(part.content)) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to make a text differ.

    Attributes:
        says: what is put into the prompt.
        prompt: the name of a prompt of its own, where it has one.
        one_of: other placeholders of that prompt, and the texts of which each gets one.
    """

    says: str
    prompt: str | None = None
    one_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_prompt(name: str, text: str) -> Prompt:
    """Read a prompt file's text. Raises UsageError where its parts are not in order."""
    _, *pieces = _HEADING.split(text.replace("\r\n", "\n"))
    roles = cast("list[_Role]", pieces[::2])
    turns = ["user", "assistant"] * len(roles)
    if len(roles) < 2 or roles != ["system", *turns[: len(roles) - 1]] or roles[-1] != "user":
        raise UsageError(
            f"prompt {name}: write `## system`, then `## user` and `## assistant` in turn, `## user` last"
        )
    contents = (content.strip() for content in pieces[1::2])
    parts = (Message(role=role, content=content) for role, content in zip(roles, contents, strict=True))
    return Prompt(name, tuple(parts), text_sha256(text))


@cache
def load_prompt(name: str, directory: str | None = None) -> Prompt:
    """A prompt by the name of its file: the one in the directory, where it has it, else the built-in one."""
    return read_prompt(name, _text_of(f"{name}.md", directory))


@cache
def load_operators(name: str, directory: str | None = None) -> dict[str, Operator]:
    """A set of operators by name, in the order of its file; found as prompts are.

    Raises UsageError for a file that holds no operators.
    """
    try:
        rows = yaml.safe_load(_text_of(f"{name}.yaml", directory))
        operators = {str(key): _operator(row) for key, row in rows.items()}
    except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise UsageError(
            f"operators {name}: write lines of the form `name: what it asks for` ({str(error)[:80]})"
        ) from error
    if not operators:
        raise UsageError(f"operators {name}: there is none; write lines of the form `name: what it asks for`")
    return operators


def _operator(row: Any) -> Operator:
    if isinstance(row, str):
        return Operator(row)
    return Operator(
        str(row["says"]),
        row.get("prompt"),
        {str(place): tuple(map(str, texts)) for place, texts in row.get("one_of", {}).items()},
    )


@cache
def files() -> frozenset[str]:
    """Names of the built-in files: prompts and operators."""
    names = (path.name for path in resources.files(__package__).iterdir())
    return frozenset(name for name in names if name.endswith((".md", ".yaml")))


def file_of(name: str) -> str:
    """The text of a built-in file."""
    return _text_of(name, None)


def check_prompts(directory: str | None, constitution: str | None = None) -> None:
    """Read all that a user gives in place of built-in prompts, so that no agent has to wait for it.

    Raises UsageError for a directory that is none, and for a file in it that cannot take the place of one of
    ours: each prompt keeps the placeholders of the built-in one; and for a constitution that is none.
    """
    load_constitution(constitution, directory)
    if directory is None:
        return
    folder = Path(directory)
    if not folder.is_dir():
        raise UsageError(f"prompts {directory}: no such directory")
    ours = files()
    for path in sorted(folder.glob("*.*")):
        if path.suffix not in (".md", ".yaml"):
            continue
        if path.name not in ours:
            near = difflib.get_close_matches(path.name, ours, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise UsageError(f"{path}: there is no built-in prompt of that name to replace{hint}")
        if path.stem == CONSTITUTION:
            load_constitution(None, directory)
            continue
        if path.suffix == ".yaml":
            load_operators(path.stem, directory)
            continue
        given, built_in = load_prompt(path.stem, directory), load_prompt(path.stem)
        if given.places != built_in.places:
            needs = ", ".join(f"{{{{{place}}}}}" for place in sorted(built_in.places)) or "none"
            raise UsageError(f"{path}: its placeholders must be those of the built-in prompt: {needs}")


def _text_of(file: str, directory: str | None) -> str:
    if directory is not None and (given := Path(directory) / file).is_file():
        try:
            return given.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{given}: cannot be read ({error})") from error
    path = resources.files(__package__) / Path(file).name
    return path.read_text(encoding="utf-8")
