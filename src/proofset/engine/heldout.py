"""Registered held-out sets in a run: nothing that it reads may hold an item of theirs, nor what it keeps.

begin ──▶ which registry holds here ─▶ its sets join the evaluation sets of the run
begin, resume ─▶ seeds, prompts, constitution, corpus, anchor, what is remembered ─▶ an item in it? refused
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..agents.heldout import Placed, reads_of, refuse_held_out
from ..errors import UsageError
from ..memory import Pool
from ..memory.heldout import HeldOut, Registry, find_registry, read_registry
from ..memory.made import NEWEST
from ..memory.rows import BadRow, open_source
from ..seeds import Seed
from .config import RunConfig
from .opening import Material


def held_out_of(config: RunConfig) -> HeldOut | None:
    """The registered sets that hold for a run; None where there are none. Blocks.

    Raises UsageError for a registry that is gone, and for a set that is gone or changed.
    """
    registry = _registry(config)
    return HeldOut.of(registry) if registry is not None and registry.sets else None


def with_held_out(config: RunConfig, held_out: HeldOut | None) -> RunConfig:
    """The config of a run that begins: what holds text of these sets is not kept, in a resume neither."""
    registry = _registry(config)
    if held_out is None or registry is None or config.replay is not None:
        return config
    paths = tuple(str(registry.place(name)) for name in registry.sets)
    return config.model_copy(update={"held_out_registry": str(registry.path), "held_out": paths})


def check_reads(
    config: RunConfig, held_out: HeldOut | None, seeds: Sequence[Seed], material: Material
) -> None:
    """Raises UsageError where what the run reads holds an item of a held-out set. Blocks."""
    if held_out is not None:
        refuse_held_out(held_out, _reads(config, seeds, material))


def check_remembered(config: RunConfig, held_out: HeldOut | None, pool: Pool | None, kind: str) -> None:
    """The same for what was kept before and may be shown to whoever proposes. Blocks."""
    if held_out is not None and pool is not None:
        newest = pool.newest(NEWEST, kind=kind, view=pool.view())
        rows = ((f"--memory {config.memory} item {name}", {"text": text}) for name, text in newest)
        refuse_held_out(held_out, rows)


def _registry(config: RunConfig) -> Registry | None:
    if config.held_out_registry is None:
        path = find_registry()
        return None if path is None else read_registry(path)
    path = Path(config.held_out_registry)
    if not path.is_file():
        raise UsageError(
            f"{path}: the registry of held-out sets that the run was begun with is gone; put it back"
        )
    return read_registry(path)


def _reads(config: RunConfig, seeds: Sequence[Seed], material: Material) -> Iterator[Placed]:
    yield from reads_of(config.settings, seeds, material.corpus, material.traffic)
    for path in config.anchor:
        for file, row in open_source(Path(path)).rows():
            if not isinstance(row, BadRow):
                yield f"{file.path} {file.unit} {row.number}", row.value
