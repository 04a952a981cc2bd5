"""`proofset flywheel ingest LOG… --out DIR`: take in traffic, sampled, scrubbed and filtered."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..traffic import Check, Drop, Progress, Report, TrafficItem

_SHOWN = 20


@click.command("ingest")
@click.argument("logs", metavar="LOG...", nargs=-1, required=True)
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Of the traffic.")
@click.option(
    "--format",
    "source",
    type=click.Choice(["openai", "langsmith", "langfuse", "jsonl"]),
    help="What kind of log it is. Default: found out for each row.",
)
@click.option(
    "--rate", type=float, default=0.01, show_default=True, help="Share of the conversations, 0 to 1."
)
@click.option("--salt", default="", help="Another salt samples other conversations.")
@click.option(
    "--stratify", default="", metavar="BY", help="model, source or tag:NAME: tell rows apart by it."
)
@click.option(
    "--at-least", type=click.IntRange(min=0), default=0, metavar="N", help="Conversations of each stratum."
)
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Let in only these, such as en.")
@click.option(
    "--phone-region",
    "regions",
    multiple=True,
    metavar="CODE",
    help="Whose national telephone numbers are known, such as US. Default: ten regions.",
)
@click.option(
    "--also-scrub",
    multiple=True,
    metavar="MODULE:NAME",
    help="A function of yours that finds more to scrub: text to (kind, start, end).",
)
@click.option(
    "--held-out", multiple=True, metavar="EVAL", help="An evaluation set: what holds text of it is left out."
)
@click.option(
    "--rule", "rules", multiple=True, metavar="NAME=VALUE", help="Another bound, such as most_output=9000."
)
@click.option("--dry-run", is_flag=True, help="Only count; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
def command(
    logs: tuple[str, ...],
    out: Path,
    source: Any,
    languages: tuple[str, ...],
    regions: tuple[str, ...],
    also_scrub: tuple[str, ...],
    held_out: tuple[str, ...],
    rules: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Take in logs of what people asked a model and what it answered; files, or directories of them.

    Reads chat logs in OpenAI's shape, exports of LangSmith and Langfuse, and plain JSONL; JSON lists as well,
    each may be .gz. Personal data and secrets become placeholders before anything is written. May be run
    again over the same and over grown, renamed and joined logs: a row enters once. Exit code 1 where a row
    is no JSON, or where no row at all is in a shape that is known.
    """
    from ..traffic import SamplingPlan, TrafficRules, ingest

    given = dict(_pair(rule) for rule in rules)
    if languages:
        given["languages"] = languages
    with _Showing() as showing:
        report = ingest(
            logs,
            out,
            sampling=_checked(SamplingPlan, sampling, "--"),
            rules=_checked(TrafficRules, given, "--rule "),
            source=source,
            regions=_regions(regions),
            finders=[_finder(name) for name in also_scrub],
            checks=[*_held_out(held_out), *_registered()],
            dry_run=dry_run,
            tell=showing.tell,
            progress=showing.progress,
        )
    click.echo(report.model_dump_json() if as_json else "\n".join(_said(report, out, dry_run=dry_run)))
    if report.unread or (report.rows and report.no_exchange["unknown_shape"] == report.rows):
        raise SystemExit(1)


class _Showing:
    """Rows that cannot be read, the first of them one by one; and how far it is, now and then."""

    def __init__(self) -> None:
        self._told = 0
        self._last = time.monotonic()

    def __enter__(self) -> _Showing:
        return self

    def __exit__(self, *_: object) -> None:
        if self._told > _SHOWN:
            click.echo(f"note: {self._told - _SHOWN:,} more rows; drops.json counts them", err=True)

    def tell(self, line: str) -> None:
        self._told += 1
        if self._told <= _SHOWN:
            click.echo(f"note: {line}", err=True)

    def progress(self, progress: Progress) -> None:
        from .progress import PLAIN_SECONDS

        now = time.monotonic()
        if now - self._last >= PLAIN_SECONDS:
            self._last = now
            share = progress.done / progress.total if progress.total else 1.0
            click.echo(f"{progress.step}: {progress.rows:,} rows, {share:.0%} of the logs", err=True)


def _pair(rule: str) -> tuple[str, Any]:
    from ..errors import UsageError

    name, equals, value = rule.partition("=")
    if not equals:
        raise UsageError(f"--rule {rule}: write NAME=VALUE, such as most_output=9000")
    return name, [part for part in value.split(",") if part] if name == "languages" else value


def _checked(model: Any, given: dict[str, Any], option: str) -> Any:
    from pydantic import ValidationError

    from ..errors import UsageError

    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        said = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            said = f"no such rule; there are {', '.join(model.model_fields)}"
        shown = name.replace("_", "-") if option == "--" else name
        raise UsageError(f"{option}{shown} {first['input']}: {said[:1].lower()}{said[1:]}") from error


def _regions(codes: tuple[str, ...]) -> tuple[str, ...]:
    from ..errors import UsageError

    if not codes:
        return ()
    try:
        from phonenumbers import SUPPORTED_REGIONS
    except ImportError:
        return codes
    for code in codes:
        if code.upper() not in SUPPORTED_REGIONS:
            raise UsageError(f"--phone-region {code}: no such region; give a code of ISO 3166, such as US")
    return tuple(code.upper() for code in codes)


def _finder(name: str) -> Callable[[str], Any]:
    from ..errors import UsageError
    from ..importing import import_here
    from ..traffic.own_finder import checked_finder

    module, colon, attribute = name.partition(":")
    found = getattr(import_here(module, f"--also-scrub {name}"), attribute, None) if colon else None
    if not callable(found):
        raise UsageError(f"--also-scrub {name}: no function of that name; write MODULE:NAME")
    return checked_finder(found, name)


def _held_out(sets: tuple[str, ...]) -> list[Check]:
    if not sets:
        return []
    from ..memory.contamination import Decontaminator
    from ..records import digest
    from ..traffic import Check, Drop

    decontaminator = Decontaminator(sets)
    items = [[text.text for text in item.texts] for item in decontaminator.items]

    def check(item: TrafficItem) -> Drop | None:
        for text in (item.instruction, item.output):
            if (overlap := decontaminator.check(text)) is not None:
                where = f"{overlap.eval_file} row {overlap.eval_row}"
                return Drop("held_out", f"it shares {overlap.tokens} words with {where}")
        return None

    return [Check(f"held out {digest(items).hex()[:16]}", check)]


def _registered() -> list[Check]:
    """Sets that are registered as held out: nobody has to name them."""
    from ..memory.heldout import HeldOut
    from ..records import digest
    from ..traffic import Check, Drop

    held_out = HeldOut.registered()
    if held_out is None:
        return []

    def check(item: TrafficItem) -> Drop | None:
        texts = {"system", "history", "instruction", "output"}
        (hit,) = held_out.find([item.model_dump(mode="json", include=texts)])
        return None if hit is None else Drop("held_out", f"{hit.set}: {hit.reason}")

    hashes = digest([one.sha256 for one in held_out.sets]).hex()[:16]
    return [Check(f"registered held-out sets {hashes}", check)]


def _said(report: Report, out: Path, *, dry_run: bool) -> list[str]:
    lines = [f"{report.rows:>9,} rows in {report.files} files"]
    for counts, what in (
        (report.unread, "cannot be read"),
        (report.no_exchange, "no exchange"),
    ):
        lines += [f"{count:>9,} {what}: {code}" for code, count in counts.most_common()]
    lines += [f"{report.not_sampled:>9,} not sampled", f"{report.known:>9,} seen before"]
    lines += [f"{count:>9,} left out: {code}" for code, count in report.left.most_common()]
    would = "would enter" if dry_run else f"entered {out}"
    lines.append(f"{report.entered:>9,} {would}")
    for name, stratum in sorted(report.strata.items()):
        lines.append(
            f"{stratum.entered:>9,} of them {name}: {stratum.rows:,} rows, {stratum.sampled:,} sampled"
        )
    if report.scrubbed:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.scrubbed.most_common())
        lines.append(f"scrubbed: {kinds}")
    if report.unfinished:
        lines.append(f"{report.unfinished} last lines are not whole yet")
    return lines
