"""What changed between two versions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .version import Manifest, read_examples, read_manifest


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids of rows, in order.

    Attributes:
        changed: in both, with other messages.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    before: Manifest
    after: Manifest

    def as_json(self) -> dict[str, Any]:
        return {
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "before": _told(self.before),
            "after": _told(self.after),
        }


def difference(before: Path, after: Path) -> Difference:
    """Compare two versions by id and content.

    Raises:
        UsageError: one of them is no version.
        ProofsetError: a shard is not what its manifest says.
    """
    manifests = [read_manifest(path) for path in (before, after)]
    old, new = (
        {one.id: one.content for one in read_examples(path, manifest)}
        for path, manifest in zip((before, after), manifests, strict=True)
    )
    return Difference(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        before=manifests[0],
        after=manifests[1],
    )


def _told(manifest: Manifest) -> dict[str, Any]:
    rows, tokens = manifest.human_share
    return {
        "human": manifest.human._asdict(),
        "synthetic": manifest.synthetic._asdict(),
        "human_share_rows": round(rows, 4),
        "human_share_tokens": round(tokens, 4),
    }
