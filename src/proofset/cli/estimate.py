"""`proofset estimate GRAPH --n N`: what a run would take, from a few of its slots."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .named import GRAPH
from .run_options import config_of, run_options

if TYPE_CHECKING:
    from ..engine.estimate import Forecast, Range


@click.command("estimate")
@click.argument("graph", required=False, type=GRAPH)
@click.option(
    "--pilot", type=click.IntRange(min=3), default=8, show_default=True, help="Slots that are tried."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A new or empty directory: the pilot becomes the beginning of the run there. Without it, the pilot "
    "is thrown away.",
)
@run_options
@click.option("--json", "as_json", is_flag=True, help="The forecast as JSON on standard output.")
def command(graph: str | None, pilot: int, out: Path | None, as_json: bool, **options: Any) -> None:
    """Try a few slots of GRAPH, and say what N of them would take.

    Calls, tokens, dollars, time and kept records, each with its 95 % range. The pilot's calls are paid for.
    """
    from ..engine import Order
    from ..engine.estimate import estimate

    config = config_of(graph, options)
    with tempfile.TemporaryDirectory(prefix="proofset-") as scratch:
        if out is None:
            # What is thrown away is not remembered.
            config = config.model_copy(update={"memory": None})
        order = Order(config, out or Path(scratch) / "pilot")
        forecast = asyncio.run(estimate(order, pilot=pilot))
    if as_json:
        click.echo(json.dumps(forecast.as_json()))
        return
    _say(forecast)
    if out is not None:
        click.echo(
            f"next      proofset resume {out} --n {config.n}    the pilot's answers are paid for already"
        )


def _say(forecast: Forecast) -> None:
    usage = forecast.pilot
    price = "price unknown" if usage.usd is None else f"{usage.usd:.4f} USD"
    click.echo(
        f"{forecast.slots} slots in {forecast.pilot_seconds:.0f} s: {forecast.pilot_kept} kept, "
        f"{usage.calls} calls, {usage.input_tokens} tokens in, {usage.output_tokens} out, {price}"
    )
    click.echo(f"\n{f'for {forecast.n:,} slots':<22}{'expected':>12}   95 % range")
    for name, spread in forecast.ranges().items():
        click.echo(f"{name:<22}{_line(name, spread)}")


def _line(name: str, spread: Range) -> str:
    places = 4 if "USD" in name else 1 if name == "minutes" else 0
    expected = "–" if spread.expected is None else f"{spread.expected:,.{places}f}"
    high = "no limit known" if spread.high is None else f"{spread.high:,.{places}f}"
    return f"{expected:>12}   {spread.low:,.{places}f} – {high}"
