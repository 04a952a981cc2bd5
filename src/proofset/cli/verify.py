"""`proofset verify DATA`: every row as it was written, and every check once more, without a model."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ProofsetError
from .named import sandbox_option

if TYPE_CHECKING:
    from ..release.verifying import Plan, Result, Totals

_SHOWN = 20


@click.command("verify")
@click.argument("source", metavar="DATA", type=click.Path(path_type=Path))
@click.option(
    "--out", metavar="RESULTS.jsonl", type=click.Path(path_type=Path), help="A result for each row."
)
@click.option(
    "--evidence",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The records that the rows of DATA were made from, joined by id.",
)
@click.option("--head", metavar="SHA256", help="The head of the chain as it was published; one file only.")
@click.option("--at-once", type=click.IntRange(min=1), default=16, show_default=True, help="Rows in work.")
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row on standard output.")
def command(
    source: Path,
    out: Path | None,
    evidence: Path | None,
    head: str | None,
    at_once: int,
    sandbox: str | None,
    as_json: bool,
) -> None:
    """Check again, without a model, what a run kept or an export holds.

    DATA is a run's directory, an export's, or one JSONL or Parquet file of either. Every check runs again
    in the sandbox, evidence must be about the row's own text, and each grade must be borne out. A manifest
    beside the data tells edited, moved, removed, added and duplicated lines. Exit code 1 where one fails.
    """
    from ..records.atomic import AtomicFile
    from ..release.verifying import plan_of, summary_json

    plan = plan_of(source, evidence)
    with ExitStack() as stack:
        target = stack.enter_context(AtomicFile(source, out)) if out else None
        report = _Report(as_json=as_json)

        def tell(result: Result) -> None:
            if target is not None:
                target.write(result.model_dump_json().encode() + b"\n")
            report.tell(result)

        for note in plan.notes:
            click.echo(f"note: {note}", err=True)
        begun = time.monotonic()
        totals = asyncio.run(_verify(plan, tell, at_once, sandbox))
        seconds = time.monotonic() - begun
        if target is not None:
            target.keep()
    if as_json:
        click.echo(json.dumps(summary_json(totals, seconds) | {"out": str(out) if out else None}))
    else:
        _say(totals, seconds, report.hidden)
    if head is not None and head.lower() not in totals.heads.values():
        shown = ", ".join(totals.heads.values())
        raise ProofsetError(
            f"--head {head[:80]}: the chain over {source} ends in {shown}: the data are others"
        )
    if totals.failed or not (totals.rows or totals.sealed):
        raise SystemExit(1)


async def _verify(plan: Plan, tell: object, at_once: int, named: str | None) -> Totals:
    from ..release.verifying import verify
    from ..tools.sandbox import open_sandbox

    sandbox = await asyncio.to_thread(open_sandbox, named)
    try:
        return await verify(plan, sandbox, tell, at_once=at_once)  # type: ignore[arg-type]
    finally:
        await sandbox.close()


class _Report:
    """Shows progress on standard error, and every failure up to a bound."""

    def __init__(self, *, as_json: bool) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._as_json = as_json
        self._rows = self._failed = 0
        self._begun = self._last = time.monotonic()

    @property
    def hidden(self) -> int:
        return max(0, self._failed - _SHOWN)

    def tell(self, result: Result) -> None:
        from ..release.rechecking import Status
        from .progress import PLAIN_SECONDS

        self._rows += 1
        if result.status is Status.FAILED:
            self._failed += 1
            if self._failed <= _SHOWN:
                self._say(f"failed: {_where(result)}: {'; '.join(fault.reason for fault in result.faults)}")
        if self._as_json:
            click.echo(json.dumps({"event": "result", **result.model_dump(mode="json")}))
        now = time.monotonic()
        if now - self._last >= (1.0 if self._console.is_terminal else PLAIN_SECONDS):
            self._last = now
            rate = self._rows / max(now - self._begun, 0.001)
            self._say(f"verify: {self._rows:,} rows, {rate:,.0f}/s, {self._failed:,} failed")

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, highlight=False, markup=False)


def _where(result: Result) -> str:
    place = (
        f"{result.file} line {result.line}"
        if result.line is not None
        else f"{result.file}, a row that is gone"
    )
    return f"{place}, {result.id}" if result.id else place


def _say(totals: Totals, seconds: float, hidden: int) -> None:
    from ..release.rechecking import Status
    from .filtering import counts

    if hidden:
        click.echo(f"… and {hidden} more that failed: --out names them all", err=True)
    why = f" ({counts(dict(totals.faults))})" if totals.faults else ""
    click.echo(
        f"{totals.rows:,} rows in {seconds:.1f} s: {totals.statuses[Status.VERIFIED]:,} verified, "
        f"{totals.failed:,} failed{why}, {totals.statuses[Status.OPINION]:,} rest on opinions alone, "
        "which nothing here can run again"
    )
    click.echo(f"{totals.checks:,} checks ran, {totals.opinions:,} opinions were counted")
    if not totals.rows and not totals.sealed:
        click.echo("nothing to verify: no rows, and no manifest that says that there are none")
    for name in totals.rewritten:
        click.echo(f"note: {name} was written anew: other bytes, rows that say the same", err=True)
    for name, head in totals.heads.items():
        click.echo(f"head       {head}  {name}")
    if not totals.sealed:
        click.echo(
            "no manifest: what no check reads, such as scores and costs, may have been changed; "
            "--head compares with a head that was published"
        )
