"""The version that is published: whole, free of held-out items, and as whoever trains is told of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..agents.heldout import Placed, told
from ..errors import ProofsetError, UsageError
from ..loop import PairsSeen, VersionSeen
from ..memory.heldout import HeldOut
from ..memory.rows import BadRow, open_source
from ..mixing import MANIFEST, Manifest, read_manifest
from ..mixing.heldout import row_of
from ..mixing.version import read_examples
from ..records.seal import file_sha256


class Checked(NamedTuple):
    """A version that may go out.

    Attributes:
        held_out: name to items of the registered sets that it was compared with.
    """

    path: Path
    manifest: Manifest
    sha256: str
    pairs: tuple[PairsSeen, ...]
    held_out: Mapping[str, int]

    def seen(self, loop: Path) -> VersionSeen:
        """As the ledger says it."""
        manifest = self.manifest
        return VersionSeen(
            path=_from(loop, self.path),
            sha256=self.sha256,
            human=manifest.human.rows,
            synthetic=manifest.synthetic.rows,
            generators=tuple(sorted(manifest.generators)),
        )

    def told(self) -> dict[str, Any]:
        """As whoever trains is told."""
        whole = self.path.absolute()
        return {
            "version": str(whole),
            "manifest": str(whole / MANIFEST),
            "manifest_sha256": self.sha256,
            "human_rows": self.manifest.human.rows,
            "synthetic_rows": self.manifest.synthetic.rows,
            "target_model": self.manifest.plan.target_model,
            "shards": [
                {"path": str(whole / one.file), "rows": one.rows, "sha256": one.sha256}
                for one in self.manifest.shards
            ],
            "pairs": [one.model_dump() for one in self.pairs],
        }

    @property
    def all_proved(self) -> bool:
        """Whether each generated row is proved, so that it does not matter who wrote it."""
        rows = self.manifest.synthetic.rows
        return rows > 0 and self.manifest.grades == {"proved": rows}


def check_version(path: Path, pairs: Sequence[Path]) -> Checked:
    """Read all of it.

    Raises:
        UsageError: it is no version, or a file of pairs is none.
        ProofsetError: a shard is not what the manifest says, or a row holds an item of a held-out set.
    """
    manifest = read_manifest(path)
    sha256 = hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest()
    held_out = HeldOut.registered()
    # All rows are read in any case: that is how a shard that was changed is found.
    found = (held_out or HeldOut({})).barred(_rows(path, manifest))
    seen = []
    for one in pairs:
        placed = list(_pairs(one))
        found += held_out.barred(placed) if held_out is not None else []
        seen.append(PairsSeen(path=str(one.absolute()), sha256=file_sha256(one), rows=len(placed)))
    if found:
        raise ProofsetError(f"{path}: it is not published: {told(found)}, or make a version anew with `mix`")
    sets = {one.name: one.items for one in held_out.sets} if held_out is not None else {}
    return Checked(path, manifest, sha256, tuple(seen), sets)


def _rows(path: Path, manifest: Manifest) -> Iterator[Placed]:
    for example in read_examples(path, manifest):
        yield f"{path} row {example.id}", row_of(example)


def _pairs(path: Path) -> Iterator[Placed]:
    for file, row in open_source(path).rows():
        place = f"{file.path} {file.unit} {row.number}"
        if isinstance(row, BadRow):
            raise UsageError(f"--pairs {place}: {row.reason}; mend it")
        if not {"chosen", "rejected"} <= row.value.keys():
            raise UsageError(f"--pairs {place}: no preference pair; each has `chosen` and `rejected`")
        yield place, row.value


def _from(folder: Path, path: Path) -> str:
    whole = Path(os.path.normpath(path.absolute()))
    folder = Path(os.path.normpath(folder.absolute()))
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)
