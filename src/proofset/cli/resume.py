"""`proofset resume DIR`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .budget import budget_options, limits
from .run_options import TRACE, trace_options


@click.command("resume")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--n", type=int, help="Ask for more slots than before.")
@click.option("--keep", type=int, help="Ask for more records than before.")
@click.option("--concurrency", type=int, help="Model calls at once.")
@click.option("--workers", type=int, help="Processes that share the work.")
@click.option("--allow-collapse", is_flag=True, help="Go on though what is kept has lost its breadth.")
@trace_options
@budget_options
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
def command(
    directory: Path,
    n: int | None,
    keep: int | None,
    concurrency: int | None,
    workers: int | None,
    allow_collapse: bool,
    as_json: bool,
    **more: Any,
) -> None:
    """Go on with the run in DIRECTORY, also after kill -9.

    Settled slots are not redone. Answers that were paid for come from the journal.
    """
    from ..engine import resumed
    from .follow import follow

    order = resumed(
        directory,
        n=n,
        keep=keep,
        concurrency=concurrency,
        workers=workers,
        budget=limits(more),
        allow_collapse=allow_collapse,
        trace={name: more[name] for name in TRACE if more[name] is not None},
    )
    follow(order, as_json=as_json)
