"""`proofset models list` and `proofset models pull NAME`"""

from __future__ import annotations

import click


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List and fetch the embedded models and embedders."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
def list_() -> None:
    """The catalogue, and what is on this machine."""
    from ..models.catalogue import cached_path, entries, parts

    for entry in (*entries("local"), *entries("embedder")):
        files = parts(entry)
        here = all(cached_path(file) for file in files)
        name = f"local:{entry.name}" if entry.kind == "local" else entry.name
        size = f"{sum(file.size_bytes for file in files) / 1e6:,.0f} MB"
        click.echo(f"{name:<26} {size:>9}  {entry.licence:<12} {'here' if here else 'not fetched'}")
        click.echo(f"    {entry.description}")
        for file in files:
            click.echo(f"    sha256 {file.sha256}")


@command.command("pull")
@click.argument("name")
def pull_(name: str) -> None:
    """Fetch the model or embedder NAME, check its hash and keep it."""
    from ..models.catalogue import find, parts
    from ..models.pull import pull
    from .progress import bytes_progress

    for entry in parts(find(name.removeprefix("local:"), "local", "embedder")):
        with bytes_progress(entry.name, entry.size_bytes) as report:
            path = pull(entry, report)
        click.echo(str(path))
