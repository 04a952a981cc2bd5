"""Constitution: the principles by which responses are criticised, revised and compared; a YAML list.

- id: no-harm
  critique: what the critic looks for
  revision: what the reviser does about it
  comparison: the question that decides between two responses

The paper (arXiv 2212.08073) draws one of 16 principles a round. A fault is told by file, line and mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from random import Random
from typing import NamedTuple

import yaml

from ...errors import UsageError
from ...records import text_sha256

CONSTITUTION = "constitution"
_FIELDS = ("id", "critique", "revision", "comparison")
_SHAPE = f"write a list of entries with {', '.join(_FIELDS[:-1])} and {_FIELDS[-1]}"
_MAX_BYTES = 1 << 20
_MAX_CHARS = {"id": 60}
_MAX_REQUEST_CHARS = 2000


class Principle(NamedTuple):
    """One principle: a request to the critic, one to the reviser, and a question for comparisons."""

    id: str
    critique: str
    revision: str
    comparison: str


class Constitution(NamedTuple):
    """Principles in the order of their file. `sha256` is the hash of the whole file, for provenance."""

    principles: tuple[Principle, ...]
    sha256: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(principle.id for principle in self.principles)

    def draw(self, random: Random, *, without: frozenset[str] = frozenset()) -> Principle:
        """One of them with equal chance, and none of those left out while there are others."""
        fresh = [principle for principle in self.principles if principle.id not in without]
        return random.choice(fresh or self.principles)


@cache
def load_constitution(path: str | None = None, directory: str | None = None) -> Constitution:
    """The one at a path; else `constitution.yaml` of a directory of prompts, where it has one; else ours.

    Raises UsageError for a file that cannot be read or is no constitution; names file, line and mend.
    """
    inside = None if directory is None else Path(directory) / f"{CONSTITUTION}.yaml"
    if path is not None:
        return read_constitution(path, _bytes(Path(path)))
    if inside is not None and inside.is_file():
        return read_constitution(str(inside), _bytes(inside))
    ours = resources.files(__package__) / f"{CONSTITUTION}.yaml"
    return read_constitution(ours.name, ours.read_bytes())


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"constitution {path}: cannot be read ({error.strerror}); name a YAML file"
        ) from error


def read_constitution(name: str, data: bytes) -> Constitution:
    """The constitution that a file holds. Raises UsageError as `load_constitution` does."""
    where = f"constitution {name}"
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{where}: larger than {_MAX_BYTES >> 20} MiB; give the principles alone")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{where} line {line}: not UTF-8; save the file in UTF-8") from error
    node = _composed(where, text)
    if node is None or (isinstance(node, yaml.SequenceNode) and not node.value):
        raise UsageError(f"{where}: holds no principle; {_SHAPE}")
    if not isinstance(node, yaml.SequenceNode):
        raise UsageError(f"{where} line {_line(node)}: not a list; {_SHAPE}")
    first_line: dict[str, int] = {}
    principles = []
    for entry in node.value:
        principle = _principle(where, entry)
        line = _line(entry)
        if principle.id in first_line:
            taken = first_line[principle.id]
            raise UsageError(
                f"{where} line {line}: id {principle.id!r} is taken by the principle of line {taken}; "
                "give each an id of its own"
            )
        first_line[principle.id] = line
        principles.append(principle)
    return Constitution(tuple(principles), text_sha256(text))


def _composed(where: str, text: str) -> yaml.Node | None:
    # Composed, not loaded: nodes know their lines, and no value is anything but the text that stands there.
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f" line {mark.line + 1}" if mark else ""
        said = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise UsageError(f"{where}{at}: no valid YAML ({said}); {_SHAPE}") from error
    except RecursionError as error:
        raise UsageError(f"{where}: nested too deeply; {_SHAPE}") from error


def _principle(where: str, entry: yaml.Node) -> Principle:
    at = f"{where} line {_line(entry)}"
    if not isinstance(entry, yaml.MappingNode):
        raise UsageError(f"{at}: not a principle; {_SHAPE}")
    found: dict[str, str] = {}
    for name, value, line in _pairs(where, entry):
        at_field = f"{where} line {line}: field `{name}`"
        if name not in _FIELDS:
            raise UsageError(f"{at_field} is not known; a principle has {', '.join(_FIELDS)}")
        if name in found:
            raise UsageError(f"{at_field} stands twice in one principle; leave one of them")
        most = _MAX_CHARS.get(name, _MAX_REQUEST_CHARS)
        if not value:
            raise UsageError(f"{at_field} is empty; write its text after the colon")
        if len(value) > most:
            raise UsageError(f"{at_field} has {len(value)} characters; at most {most} are read")
        found[name] = value
    missing = [name for name in _FIELDS if name not in found]
    if missing:
        called = f" {found['id']!r}" if "id" in found else ""
        raise UsageError(f"{at}: the principle{called} has no `{missing[0]}`; each has {', '.join(_FIELDS)}")
    return Principle(**found)


def _pairs(where: str, entry: yaml.MappingNode) -> Iterator[tuple[str, str, int]]:
    for key, value in entry.value:
        line = _line(key)
        if not isinstance(key, yaml.ScalarNode):
            raise UsageError(f"{where} line {line}: not a field of a principle; {_SHAPE}")
        if not isinstance(value, yaml.ScalarNode):
            raise UsageError(
                f"{where} line {line}: field `{key.value}` is not a text; put it in double quotes"
            )
        null = value.tag.endswith(":null")
        yield key.value, "" if null else " ".join(value.value.split()), line


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
