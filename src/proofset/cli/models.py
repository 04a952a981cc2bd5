"""`proofset models list` and `proofset models pull NAME`"""

from __future__ import annotations

import click


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List and fetch the embedded models."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
def list_() -> None:
    """The catalogue, and what is on this machine."""
    from ..models.catalogue import cached_path, entries

    for entry in entries():
        here = cached_path(entry)
        size = f"{entry.size_bytes / 1e6:,.0f} MB"
        click.echo(
            f"local:{entry.name:<20} {size:>9}  {entry.licence:<12} {'here' if here else 'not fetched'}"
        )
        click.echo(f"    {entry.description}")
        click.echo(f"    sha256 {entry.sha256}")


@command.command("pull")
@click.argument("name")
def pull_(name: str) -> None:
    """Fetch the model NAME, check its hash and keep it."""
    from ..models.catalogue import find
    from ..models.pull import pull
    from .progress import bytes_progress

    entry = find(name.removeprefix("local:"))
    with bytes_progress(entry.name, entry.size_bytes) as report:
        path = pull(entry, report)
    click.echo(str(path))
