"""`proofset flywheel heldout add | list | remove | check`"""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..errors import ProofsetError, UsageError


@click.group("heldout")
def command() -> None:
    """Register evaluation sets: no graph reads them, and no export, mix or publication holds them.

    The registry is `heldout.yaml` in the working directory or the nearest one above it that has one;
    PROOFSET_HELDOUT=FILE names another.
    """


@command.command("add")
@click.argument("name")
@click.argument("data", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Take the place of a set of that name.")
def add(name: str, data: Path, again: bool) -> None:
    """Register FILE, a data file or a directory, as the held-out set NAME."""
    from ..memory.heldout import register

    registry = register(name, data, again=again)
    one = registry.sets[name]
    click.echo(f"{name}: {one.items:,} items, SHA-256 {one.sha256}, in {registry.path}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per set on standard output.")
def list_(as_json: bool) -> None:
    """Name the sets that are registered here, and say whether their files are what they were."""
    from ..memory.heldout import find_registry, fingerprint, read_registry

    path = find_registry()
    if path is None:
        click.echo("no held-out set is registered here", err=True)
        return
    registry, changed = read_registry(path), []
    for name, one in sorted(registry.sets.items()):
        place = registry.place(name)
        state = "gone" if not place.exists() else "same" if fingerprint(place) == one.sha256 else "changed"
        changed += [name] if state != "same" else []
        if as_json:
            told = {"name": name, "file": str(place), "state": state, "sha256": one.sha256}
            click.echo(json.dumps({**told, "items": one.items}, ensure_ascii=False))
        else:
            click.echo(f"{name:<24} {one.items:>9,} items  {state:<8} {one.sha256[:12]}  {place}")
    if changed:
        raise ProofsetError(f"{path}: not what was registered: {', '.join(changed)}; put the files back")


@command.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take the set NAME out of the registry; its file stays."""
    from ..memory.heldout import unregister

    registry = unregister(name)
    click.echo(f"{name} is no held-out set any more ({registry.path})")


@command.command("check")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row on standard output.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Name every row of these files that holds an item of a registered set; exit 1 if there is one."""
    from ..memory.heldout import HeldOut
    from ..memory.rows import BadRow, open_source

    held_out = HeldOut.registered()
    if held_out is None:
        raise UsageError("no held-out set is registered here; `proofset flywheel heldout add NAME FILE`")
    rows = (
        (f"{file.path} {file.unit} {row.number}", row.value)
        for path in files
        for file, row in open_source(path).rows()
        if not isinstance(row, BadRow)
    )
    found = held_out.barred(rows)
    for place, hit in found:
        told = {"row": place, **hit._asdict()}
        text = " ".join(hit.reason.split())
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{place}: {hit.set}: {text}")
    if found:
        raise ProofsetError(f"rows that hold items of held-out sets: {len(found):,}; take them out")
    click.echo("no row holds an item of a held-out set", err=True)
