"""Layers: a config out of several places, and where each of its values came from.

defaults ◀─ prices of the user ◀─ the recorded run, in a replay ◀─ config file ◀─ flags
                                                                   a later one wins, key by key
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..agents import DEFAULT_MODEL
from ..errors import UsageError
from ..models import DEFAULT_ROLE
from ..models.prices import price_file
from .config import RunConfig, make_config
from .config_file import ConfigFile, Place
from .price_file import with_user_prices
from .replay import as_replay

_BY_KEY = ("models", "agents", "settings", "budget", "prices")
"""Fields whose keys are merged; any other is taken whole."""
DEFAULT = "default"


class Told(NamedTuple):
    """A config as it will be, and the source of each of its values that somebody told.

    Attributes:
        values: all that was told; what is not in here is the default.
        sources: key by key, such as ("settings", "n_attempts") to `config run.yaml line 4`.
        hidden: what a later layer has overridden, by the same keys: source and value.
    """

    values: dict[str, Any]
    sources: dict[Place, str]
    hidden: dict[Place, tuple[str, Any]]

    def source(self, place: Place) -> str:
        """Where a value came from."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.sources:
                return self.sources[place[:end]]
        return DEFAULT

    def where(self, place: Place) -> str:
        """The same, as an error begins."""
        source = self.source(place)
        return "run" if source == DEFAULT else source

    def config(self) -> RunConfig:
        """The config. Raises UsageError that says where the wrong value came from."""
        return make_config(self.values, where=self.where)


def layered(file: ConfigFile | None, flags: Sequence[tuple[str, Place, Any]]) -> Told:
    """A config file, and flags over it: their names, their places and their values.

    Raises UsageError for a replay or a table of prices that cannot be read.
    """
    told = Told({}, {}, {})
    if file is not None:
        for place, value in _parts(file.values):
            _put(told, file.where(place), place, value)
    for flag, place, value in flags:
        _put(told, flag, place, value)
    _check_shapes(told)
    replayed = as_replay(told.values)
    final = with_user_prices(replayed)
    of_the_run = {place for place, _ in _parts(replayed)}
    for place, _ in _parts(final):
        told.sources.setdefault(place, "recorded run" if place in of_the_run else f"prices {price_file()}")
    final.setdefault("models", {DEFAULT_ROLE: DEFAULT_MODEL})
    return Told(final, told.sources, told.hidden)


def _check_shapes(told: Told) -> None:
    """What is merged by key must have keys."""
    for name in _BY_KEY:
        if not isinstance(told.values.get(name, {}), dict):
            raise UsageError(f"{told.where((name,))}: {name}: write keys and values below it, one a line")
    for role, spec in told.values.get("models", {}).items():
        if not isinstance(spec, str):
            raise UsageError(
                f"{told.where(('models', role))}: models.{role}: write a spec, such as openai:NAME"
            )


def _parts(values: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    for name, value in values.items():
        if name in _BY_KEY and isinstance(value, Mapping):
            for key, one in value.items():
                yield (name, str(key)), one
        else:
            yield (name,), value


def _put(told: Told, source: str, place: Place, value: Any) -> None:
    if place in told.sources:
        told.hidden[place] = (told.sources[place], _at(told.values, place))
    told.sources[place] = source
    if len(place) == 1:
        told.values[place[0]] = value
        return
    inner = told.values.get(place[0], {})
    # What is no mapping stays, and is told as such.
    if isinstance(inner, dict):
        told.values[place[0]] = {**inner, place[1]: value}


def _at(values: Mapping[str, Any], place: Place) -> Any:
    found = values.get(place[0])
    return found if len(place) == 1 else found.get(place[1]) if isinstance(found, dict) else None
