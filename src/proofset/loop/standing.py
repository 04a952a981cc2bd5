"""Who serves the next round, and `loop:DIR` as a model spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import UsageError
from ..models import ModelSpec
from .entries import Begun, Entry, LoopRole, Trained
from .ledger import LEDGER, LoopLedger

LOOP = "loop:"
"""Begins a model spec that stands for who serves in a loop."""
_DEFAULT, _JUDGE = "default", "judge"


class Serving(NamedTuple):
    """A model that serves, and why."""

    model: str
    why: str


class Standing(NamedTuple):
    """Who serves now; None where nobody does.

    Attributes:
        refused: role to why the last model of the loop does not serve in it.
    """

    generator: Serving | None
    judge: Serving | None
    refused: Mapping[str, str]


def standing_of(entries: Iterable[Entry]) -> Standing:
    """Who serves after these entries.

    The generator is the last model of the loop that may be it. Before there is one, and where it had to go,
    it is who wrote the records of the version that was trained on last, where that is one model that can be
    asked: a model of production is known by its name alone.
    """
    serving: dict[LoopRole, Serving | None] = {"generator": None, "judge": None}
    refused: dict[str, str] = {}
    begun: Begun | None = None
    wrote: Serving | None = None
    for entry in entries:
        if isinstance(entry, Begun):
            begun = entry
        if not isinstance(entry, Trained) or begun is None:
            continue
        if len(begun.version.generators) == 1 and _is_spec(begun.version.generators[0]):
            wrote = Serving(begun.version.generators[0], f"wrote the records of {begun.version.path}")
        refused = {}
        for one in entry.appointments:
            now = serving[one.role]
            if one.serves:
                serving[one.role] = Serving(one.model, f"round {entry.round}: {one.reason}")
            else:
                if one.model == entry.model:
                    refused[one.role] = f"round {entry.round}, {one.model}: {one.reason}"
                if now is not None and now.model == one.model:
                    serving[one.role] = None
    return Standing(serving["generator"] or wrote, serving["judge"], refused)


def _is_spec(text: str) -> bool:
    try:
        ModelSpec.parse(text)
    except UsageError:
        return False
    return True


def resolved(models: Mapping[str, str]) -> dict[str, str]:
    """Role to spec, with who serves in place of `loop:DIR`; for all roles, the loop's judge judges.

    Raises:
        UsageError: there is no such loop, or nobody serves in it.
        ProofsetError: its ledger was changed.
    """
    found = dict(models)
    for role, spec in models.items():
        if not spec.startswith(LOOP):
            continue
        directory = Path(spec.removeprefix(LOOP))
        if not (directory / LEDGER).is_file():
            raise UsageError(
                f"model {spec}: there is no {LEDGER} in {directory}; name the directory of "
                "`proofset flywheel publish`"
            )
        standing = standing_of(LoopLedger(directory).entries())
        serving = standing.judge if role == _JUDGE else standing.generator
        if serving is None:
            wanted = _JUDGE if role == _JUDGE else "generator"
            why = standing.refused.get(wanted, "no model was named for it")
            raise UsageError(f"model {spec}: it has no {wanted} ({why}); name a model with --model SPEC")
        found[role] = serving.model
        if role == _DEFAULT and _JUDGE not in models and standing.judge is not None:
            found[_JUDGE] = standing.judge.model
    return found
