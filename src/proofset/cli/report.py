"""`proofset report DIR`: what a run yielded, by operator, topic, seed, role and model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..engine.yields import Report, Yield

_HEAD = f"{'attempts':>9}{'kept':>8}{'yield (95 %)':>20}{'calls':>9}{'tokens':>12}{'USD per kept':>14}"


@click.command("report")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--rows", type=click.IntRange(min=1), default=20, show_default=True, help="Rows of each table.")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON on standard output.")
@click.option(
    "--html",
    metavar="[FILE]",
    is_flag=False,
    flag_value="",
    help="Write it as one page that needs no network, with figures and the records; into "
    "DIRECTORY/report.html where no FILE is named.",
)
def command(directory: Path, rows: int, as_json: bool, html: str | None) -> None:
    """Say what the run in DIRECTORY yielded so far, and why the rest was turned down."""
    from ..engine.yields import report_on

    if html is not None:
        _write(directory, Path(html) if html else None)
        if not as_json:
            return
    report = report_on(directory)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    _say(report, rows)


def _write(directory: Path, named: Path | None) -> None:
    from ..release.page import page_of, write_page
    from ..release.page.writing import DEFAULT_NAME, check_name

    out = named or directory / DEFAULT_NAME
    check_name(out)
    page = page_of(directory)
    write_page(page, directory, out)
    click.echo(f"{out}: {page.data['records']:,} records, {out.stat().st_size / 1e6:.1f} MB", err=True)


def _say(report: Report, rows: int) -> None:
    usage, floor = report.usage, report.config.settings.bandit_floor
    price = "price unknown" if usage.usd is None else f"{usage.usd:.4f} USD"
    click.echo(
        f"{report.config.graph}: {report.slots:,} of {report.config.n:,} slots settled, {report.kept:,} kept;"
        f" {usage.calls:,} calls, {usage.input_tokens + usage.output_tokens:,} tokens, {price}"
    )
    click.echo(" → ".join(f"{count:,} {stage}" for stage, count in report.funnel._asdict().items()))
    for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
        click.echo(f"{count:>9,} turned down by {reason}")
    if floor is not None:
        click.echo(f"operators and topics are drawn by yield, {floor:.0%} of them without regard to it")
    if report.rounds:
        click.echo(f"\n{'round':<8}{'texts':>8}{'kept':>8}{'mean words':>12}{'median':>8}")
    for one in report.rounds:
        click.echo(
            f"{one.round:<8}{one.texts:>8,}{one.kept:>8,}{one.mean_words:>12.1f}{one.median_words:>8.1f}"
        )
    _say_canaries(report)
    for part, names in report.by.items():
        _table(part, names, rows)


def _say_canaries(report: Report) -> None:
    from ..records import upper_bound

    for verifier in dict.fromkeys(one.verifier for one in report.canaries):
        own = [one for one in report.canaries if one.verifier == verifier]
        passed, of = sum(one.false_accepts for one in own), sum(one.canaries for one in own)
        kinds = ", ".join(f"{one.kind} {one.false_accepts}/{one.canaries}" for one in own)
        click.echo(
            f"canaries: {_short(verifier)} accepted {passed:,} of {of:,}, at most "
            f"{upper_bound(passed, of):.2%} at 95 %: {kinds}"
        )


def _table(part: str, names: dict[str, Yield], rows: int) -> None:
    if not names:
        return
    width = max(12, *(len(_short(name)) for name in list(names)[:rows])) + 2
    click.echo(f"\n{part:<{width}}{_HEAD}   turned down most by")
    for name, one in list(names.items())[:rows]:
        click.echo(f"{_short(name):<{width}}{_line(one)}")
    if len(names) > rows:
        click.echo(f"… and {len(names) - rows} more: --rows {len(names)} shows them")


def _short(name: str) -> str:
    # A topic may be a model's text: one line of it, and nothing that a terminal obeys.
    plain = "".join(c if c.isprintable() else " " for c in name)
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


def _line(one: Yield) -> str:
    low, high = one.share.interval
    share = f"{one.share.value or 0:.0%} ({low:.0%} – {high:.0%})"
    cost = "–" if one.usd_per_kept is None else f"{one.usd_per_kept:.4f}"
    taken = f"{one.usage.calls:>9,}{one.usage.input_tokens + one.usage.output_tokens:>12,}{cost:>14}"
    reasons = ", ".join(f"{reason} ({count})" for reason, count in one.reasons.most_common(1))
    return f"{one.attempts:>9,}{one.kept:>8,}{share:>20}{taken}   {reasons}"
