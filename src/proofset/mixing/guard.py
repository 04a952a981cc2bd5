"""The stronger-model guard: a model learns little from one that is no stronger than itself."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import yaml

from ..errors import UsageError
from ..records import Grade
from .example import Example

_SIZE = re.compile(r"(?<![\w.])(?P<n>\d+(?:\.\d+)?)(?P<unit>[bm])(?![a-z0-9])", re.IGNORECASE)
_MILLION = 1e-3


class Ruling(StrEnum):
    """What the guard says of an example."""

    STRONGER = "stronger"
    PROVED = "proved"
    UNKNOWN = "unknown"
    WEAKER = "weaker_generator"


class Guard:
    """Compares generators with the model that is to be trained, by parameters in billions.

    Args:
        target: spec of the model to be trained.
        tiers: part of a model's name to its size; goes before what the name itself says (`1.5b`, `135m`).

    Raises:
        UsageError: nothing says how large the target is.
    """

    def __init__(self, target: str, tiers: dict[str, float]) -> None:
        self._tiers = tiers
        tier = self.tier(target)
        if tier is None:
            raise UsageError(
                f"--target-model {target}: its name says no size such as 7b; name it with its size, or give "
                f"--tiers FILE with a line `{target.rpartition(':')[2]}: 7`"
            )
        self.target, self._target_tier = target, tier

    def tier(self, spec: str) -> float | None:
        """Billions of parameters; None where nothing says."""
        name = spec.lower().partition("@http")[0]
        listed = [size for part, size in self._tiers.items() if part.lower() in name]
        if listed:
            return max(listed)
        sizes = [
            float(match["n"]) * (1 if match["unit"].lower() == "b" else _MILLION)
            for match in _SIZE.finditer(name.replace("-", " ").replace("_", " ").replace(":", " "))
        ]
        return max(sizes) if sizes else None

    def ruling(self, example: Example) -> Ruling:
        """The weakest of its generators counts; what is proved needs no strong one."""
        if example.grade is Grade.PROVED:
            return Ruling.PROVED
        rulings = {self.of_model(spec) for spec in example.generators}
        if Ruling.WEAKER in rulings:
            return Ruling.WEAKER
        return Ruling.UNKNOWN if not rulings or Ruling.UNKNOWN in rulings else Ruling.STRONGER

    def of_model(self, spec: str) -> Ruling:
        """Whether a model is stronger than the one to be trained."""
        tier = self.tier(spec)
        if tier is None:
            return Ruling.UNKNOWN
        return Ruling.STRONGER if tier > self._target_tier else Ruling.WEAKER


def read_tiers(path: str | None) -> dict[str, float]:
    """Raises UsageError for a file that is no mapping of names to positive numbers."""
    if path is None:
        return {}
    try:
        found = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"--tiers {path}: cannot read it ({error}); give a YAML file") from error
    if not isinstance(found, dict) or not all(
        isinstance(size, int | float) and not isinstance(size, bool) and size > 0 for size in found.values()
    ):
        raise UsageError(f"--tiers {path}: write `part of a name: billions of parameters` lines")
    return {str(name): float(size) for name, size in found.items()}
