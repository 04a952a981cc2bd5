"""`proofset run GRAPH --n N --out DIR`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .named import GRAPH
from .run_options import config_of, run_options


@click.command("run")
@click.argument("graph", required=False, type=GRAPH)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new or empty directory.")
@run_options
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
def command(graph: str | None, out: Path, as_json: bool, **options: Any) -> None:
    """Run GRAPH over N candidates and keep what verifies.

    GRAPH is one of `proofset graphs`, a plug-in's name, or module:builder; a config may name it instead.
    Writes records.jsonl (kept) and rejected.jsonl (with reasons) to DIR. Ctrl-C stops cleanly; go on
    with `proofset resume DIR`.
    """
    from ..engine import Order
    from .follow import follow

    follow(Order(config_of(graph, options), out), as_json=as_json)
