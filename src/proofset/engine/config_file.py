"""Config files: YAML, read so that every complaint names its line, and so that no secret stays in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UsageError

Place = tuple[str, ...]
"""Where a value is: the keys that lead to it."""

_SECRET_KEY = re.compile(
    r"(^|[_-])(api[_-]?keys?|keys?|secrets?|passwords?|passwd|token|credentials?|authorization|bearer)$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"\b(sk-[\w-]{16,}|hf_\w{16,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|lsv2_\w{16,}|e2b_\w{16,}|AKIA[A-Z0-9]{16})\b"
    r"|://[^/\s:@]*:[^/\s@]+@"
)
_NAMES_ARE_FREE = ("prices", "models", "agents")
"""Their keys are names of models and roles."""


class ConfigFile(NamedTuple):
    """A file's values, and the line of each."""

    path: Path
    values: dict[str, Any]
    lines: dict[Place, int]

    def where(self, place: Place) -> str:
        """File and line, as errors say it; the line of what holds the value where it has none itself."""
        for end in range(len(place), 0, -1):
            if line := self.lines.get(place[:end]):
                return f"config {self.path} line {line}"
        return f"config {self.path}"


def open_config_file(path: Path, *, table: bool = False) -> ConfigFile:
    """Read a YAML file of plain values; a `table` has names of models as its keys.

    Raises UsageError that names the file and the line where it cannot be read, has a key twice, or holds what
    looks like a secret. The secret is not repeated.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"config {path}: cannot read it ({error})") from error
    except RecursionError as error:
        raise UsageError(f"config {path}: no valid YAML (it is nested too deeply)") from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        said = " ".join(str(getattr(error, "problem", None) or error).split())[:200]
        raise UsageError(f"config {path}{where}: no valid YAML ({said})") from error
    if not isinstance(values, dict):
        raise UsageError(f"config {path}: write `name: value` lines, such as `n: 100`")
    found = ConfigFile(path, values, {})
    for place, line in _keys(node, (), path):
        found.lines[place] = line
    if not table:
        _refuse_secrets(found)
    return found


def read_config_file(path: Path) -> dict[str, Any]:
    """The values of a YAML file. Raises UsageError as `open_config_file` does."""
    return open_config_file(path).values


def _keys(node: Any, above: Place, path: Path) -> Iterator[tuple[Place, int]]:
    """Each key of a mapping, and of the mappings in it, with its line."""
    import yaml

    if not isinstance(node, yaml.MappingNode) or len(above) > 8:
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.tag == "tag:yaml.org,2002:merge":
            continue
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            shown = getattr(key, "value", "")
            raise UsageError(f"config {path} line {line}: the key {str(shown)[:40]!r} is no name; quote it")
        if key.value in seen:
            raise UsageError(
                f"config {path} line {line}: {'.'.join((*above, key.value))} is there twice, first in line "
                f"{seen[key.value]}; keep one"
            )
        seen[key.value] = line
        yield (*above, key.value), line
        yield from _keys(value, (*above, key.value), path)


def _refuse_secrets(file: ConfigFile) -> None:
    for place, value in _leaves(file.values, ()):
        named = next(
            (
                key
                for depth, key in enumerate(place)
                if _SECRET_KEY.search(key) and not (depth == 1 and place[0] in _NAMES_ARE_FREE)
            ),
            None,
        )
        if named or (isinstance(value, str) and _SECRET_VALUE.search(value)):
            raise UsageError(
                f"{file.where(place)}: {'.'.join(place)} looks like a secret, and configs are copied into "
                "runs and cards: take it out, and set it in the environment (OPENAI_API_KEY, PGPASSWORD, "
                "E2B_API_KEY)"
            )


def _leaves(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict) and value and len(place) <= 8:
        for key, one in value.items():
            yield from _leaves(one, (*place, str(key)))
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, place)
    else:
        yield place, value
