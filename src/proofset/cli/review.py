"""`proofset review DATA`: people accept, edit or reject what a run kept, in a browser."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("review")
@click.argument("source", metavar="DATA", type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8797, show_default=True, help="0 for any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--write", is_flag=True, help="Write reviews.jsonl and pairs.jsonl now, without a server.")
@click.option(
    "--reviewed",
    metavar="OUT.jsonl",
    type=click.Path(path_type=Path),
    help="Write the records that people accepted or edited, with their verdict, without a server.",
)
def command(source: Path, port: int, host: str, write: bool, reviewed: Path | None) -> None:
    """Review what a run kept, and what it waits for, in a browser.

    DATA is a run's directory or a file of records. Open the address that is printed. Decisions are in
    reviews.db beside the data before the page says so; reviews.jsonl and pairs.jsonl are written at the end.
    Several people may work at once; `proofset resume` goes on by what they decided at its check-points.
    """
    if write or reviewed is not None:
        _write(source, write=write, reviewed=reviewed)
        return
    from ..review.serving import serve

    serve(source, host=host, port=port, say=lambda line: click.echo(line, err=True))


def _write(source: Path, *, write: bool, reviewed: Path | None) -> None:
    from contextlib import closing

    from ..records.atomic import AtomicFile
    from ..release.source import Source
    from ..review.items import Place
    from ..review.results import reviewed as reviewed_records
    from ..review.serving import finish
    from ..review.store import Store

    def say(line: str) -> None:
        click.echo(line, err=True)

    with closing(Store(Place.at(source), lambda line: say(f"note: {line}"))) as store:
        if write:
            finish(store, say)
        if reviewed is None:
            return
        with AtomicFile(source, reviewed, option="--reviewed") as file:
            count = 0
            for record in reviewed_records(Source.at(source).records(), store.decisions()):
                file.write(record.model_dump_json().encode() + b"\n")
                count += 1
            file.keep()
        say(f"wrote {reviewed}: {count:,} records")
