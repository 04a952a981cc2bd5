"""Packages that look installed: their metadata and their modules in a directory of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_package(
    place: Path,
    name: str,
    plugins: Mapping[str, Mapping[str, str]],
    modules: Mapping[str, str] | None = None,
    *,
    version: str = "1.2",
) -> Path:
    """Write it; `plugins` are kind to name to target, `modules` name to source. Returns the place."""
    about = place / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = []
    for kind, entries in plugins.items():
        lines += [f"[proofset.{kind}]", *(f"{one} = {target}" for one, target in entries.items()), ""]
    (about / "entry_points.txt").write_text("\n".join(lines))
    for module, source in (modules or {}).items():
        (place / f"{module}.py").write_text(source)
    return place
