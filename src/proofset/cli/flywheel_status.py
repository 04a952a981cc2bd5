"""`proofset flywheel status DIR`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from ..loop import Entry, Serving


@click.command("status")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Rounds and who serves as JSON on standard output.")
def command(directory: Path, as_json: bool) -> None:
    """Print the rounds of a loop, the models that came of them, and who is generator and judge now."""
    from ..loop import LEDGER, LoopLedger, standing_of

    ledger = LoopLedger(directory)
    if not ledger.path.is_file():
        raise UsageError(f"{directory}: there is no {LEDGER} in it; name the directory of `flywheel publish`")
    entries = ledger.entries()
    standing = standing_of(entries)
    serving = {"generator": standing.generator, "judge": standing.judge}
    if as_json:
        said = {role: one._asdict() if one else None for role, one in serving.items()}
        rounds = [one.model_dump(mode="json") for one in entries]
        click.echo(json.dumps({"entries": rounds, **said, "refused": standing.refused}, ensure_ascii=False))
        return
    for line in _rounds(entries):
        click.echo(line)
    for role, one in serving.items():
        click.echo(f"{role:<10} {_who(one, standing.refused.get(role))}")


def _rounds(entries: tuple[Entry, ...]) -> list[str]:
    lines: dict[tuple[int, int], str] = {}
    heads: dict[tuple[int, int], str] = {}
    for one in entries:
        key = (one.round, one.attempt)
        match one.event:
            case "begun":
                heads[key] = f"round {one.round}, attempt {one.attempt}  {one.at}  {one.version.path}"
                lines[key] = "has no end: publish it again to go on"
            case "sent":
                lines[key] = "sent; waits for its model"
            case "failed":
                lines[key] = f"failed: {one.reason}"
            case "trained":
                lines[key] = one.model
    return [f"{head}  {lines[key]}" for key, head in heads.items()]


def _who(serving: Serving | None, refused: str | None) -> str:
    if serving is None:
        return f"nobody: {refused}" if refused else "nobody"
    return f"{serving.model}  ({serving.why}{f'; not {refused}' if refused else ''})"
