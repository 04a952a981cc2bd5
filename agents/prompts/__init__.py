"""Prompts: one Markdown file each, made of `## system`, `## user` and `## assistant` parts.

The system part comes first and a user part last; user and assistant parts between them are worked
examples, shown to the model as turns of the chat. Placeholders stand as `{{name}}`. Values are put in
as they are, in one pass: text from a model is never read as a template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, cast

import yaml

from ...errors import UsageError
from ...records import Message, text_sha256

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
def load_prompt(name: str) -> Prompt:
    """A built-in prompt, by the name of its file."""
    return read_prompt(name, _text_of(f"{name}.md"))


@cache
def load_operators(name: str) -> dict[str, str]:
    """A built-in set of operators, name to instruction, in the order of its file."""
    operators: dict[str, str] = yaml.safe_load(_text_of(f"{name}.yaml"))
    return operators


def _text_of(file: str) -> str:
    path = resources.files(__package__) / Path(file).name
    return path.read_text(encoding="utf-8")
