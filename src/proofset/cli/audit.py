"""`proofset audit RUN --n K`: known-wrong candidates before the verifiers, without a model."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .named import sandbox_option

if TYPE_CHECKING:
    from ..release.audit import Audit, Tried


@click.command("audit")
@click.argument("source", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--n",
    type=click.IntRange(min=1),
    default=300,
    show_default=True,
    help="Canaries of each verifier, those of the run included.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which ones.")
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per canary on standard output.")
def command(source: Path, n: int, seed: int, sandbox: str | None, as_json: bool) -> None:
    """Put candidates that are known to be wrong before the verifiers that decided what RUN kept.

    The run's own canaries count; what is missing to N is made from its records: changed programs, other
    answers, defective problems, broken forms. Nothing marks them. How many are accepted goes into audit.json
    beside the records, and into the cards of exports.
    """
    from ..engine.rundir import write_texts
    from ..release.audit import AUDIT
    from ..release.source import Source

    Source.at(source)
    report = _Report(n, as_json=as_json)
    found = asyncio.run(_audit(source, n, seed, report, sandbox))
    place = (source if source.is_dir() else source.parent) / AUDIT
    write_texts(place, [found.model_dump_json(indent=2) + "\n"])
    if as_json:
        summary = found.model_dump(mode="json", include={"seed", "records", "verifiers"})
        click.echo(json.dumps({"event": "summary", **summary, "out": str(place)}))
        return
    for one in found.verifiers:
        click.echo(
            f"{one.verifier}: accepted {one.false_accepts} of {one.canaries} canaries, abstained on "
            f"{one.abstained}; at most {one.bound_95:.2%} at 95 % ({one.in_run} of them in the run, "
            f"{one.topped_up} topped up)"
        )
        for kind, counts in one.kinds.items():
            click.echo(
                f"  {kind:<16} {counts.false_accepts} of {counts.canaries}; at most {counts.bound_95:.2%}"
            )
        for grade, counts in one.grades.items():
            made = f"made of {grade}"
            click.echo(
                f"  {made:<16} {counts.false_accepts} of {counts.canaries}; at most {counts.bound_95:.2%}"
            )
        if one.canaries < n:
            click.echo(
                f"{one.verifier}: {one.canaries} canaries, {n} were asked for: {found.records} records give "
                "no more; another --seed draws other mutants",
                err=True,
            )
    click.echo(f"in {place}; exports of it state this in their cards")


async def _audit(source: Path, n: int, seed: int, report: _Report, named: str | None) -> Audit:
    from ..release.audit import audit
    from ..tools.sandbox import open_sandbox

    sandbox = await asyncio.to_thread(open_sandbox, named)
    try:
        return await audit(source, n, sandbox, report.tell, seed=seed)
    finally:
        await sandbox.close()


class _Report:
    """Progress on standard error, and each canary that was accepted."""

    def __init__(self, n: int, *, as_json: bool) -> None:
        self._n, self._as_json = n, as_json
        self._done = 0
        self._last = time.monotonic()

    def tell(self, tried: Tried) -> None:
        from ..records import Decision
        from .progress import PLAIN_SECONDS

        self._done += 1
        if tried.decision is Decision.ACCEPT:
            click.echo(f"accepted: {tried.kind} of {tried.record} ({tried.told})", err=True)
        if self._as_json:
            click.echo(json.dumps({"event": "canary", **tried.model_dump(mode="json")}))
        if time.monotonic() - self._last >= PLAIN_SECONDS:
            self._last = time.monotonic()
            click.echo(f"audit: {self._done} of {self._n} canaries", err=True)
