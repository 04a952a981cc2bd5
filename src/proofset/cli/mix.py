"""`proofset mix`: one training set of human and synthetic rows; `proofset mix diff`: what changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..mixing import Difference, Mix

_SHOWN = 20


@click.group("mix", invoke_without_command=True)
@click.option("--human", multiple=True, metavar="FILE", help="Rows that people wrote. May be given again.")
@click.option(
    "--synthetic", multiple=True, metavar="RUN", help="A records.jsonl, or a run's directory. Again, too."
)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), help="A new directory for the version."
)
@click.option("--previous", metavar="DIR", help="The version before: all of it stays.")
@click.option(
    "--human-share",
    type=float,
    default=0.3,
    show_default=True,
    help="Least share, of rows and tokens: 0.2 to 0.4.",
)
@click.option("--all-synthetic", is_flag=True, help="No human rows, and no floor.")
@click.option("--held-out", multiple=True, metavar="EVAL", help="An evaluation set: nothing of it is taken.")
@click.option(
    "--target-model", metavar="NAME", help="The model to be trained; weaker generators are left out."
)
@click.option("--tiers", metavar="FILE", help="YAML of `part of a model's name: billions of parameters`.")
@click.option("--factual", is_flag=True, help="Take records of unverified facts, too.")
@click.option(
    "--red-team", is_flag=True, help="Take records of prompts that were made to draw out harm, too."
)
@click.option("--allow-collapse", is_flag=True, help="Go on where the collapse watch would stop.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--shard-rows", type=click.IntRange(1, 1_000_000), default=50_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The manifest as JSON on standard output.")
@click.pass_context
def command(context: click.Context, /, out: Path | None, as_json: bool, **given: Any) -> None:
    """Mix human rows and records into a new version of a training set, with a manifest."""
    if context.invoked_subcommand is not None:
        return
    from pydantic import ValidationError

    from ..errors import UsageError
    from ..mixing import MixPlan, mix

    if out is None:
        raise UsageError("--out: missing; name a new directory for the version")
    try:
        plan = MixPlan.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = f"--{'-'.join(str(part) for part in first['loc'][:1]).replace('_', '-')}"
        raise UsageError(f"{option} {first['input']}: {first['msg'].lower()}") from error
    notes = 0

    def tell(line: str) -> None:
        nonlocal notes
        notes += 1
        if notes <= _SHOWN:
            click.echo(f"note: {line}", err=True)

    made = mix(plan, out, tell=tell)
    if notes > _SHOWN:
        click.echo(f"note: {notes - _SHOWN} more; see {out / 'left_out.jsonl'}", err=True)
    click.echo(made.manifest.model_dump_json() if as_json else "\n".join(_said(made)))


@command.command("diff")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="All ids as JSON on standard output.")
def diff(before: Path, after: Path, as_json: bool) -> None:
    """Say which rows were added, removed and changed from one version to the other."""
    from ..mixing import difference

    found = difference(before, after)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    for line in _changes(found):
        click.echo(line)


def _said(made: Mix) -> list[str]:
    manifest = made.manifest
    rows, tokens = manifest.human_share
    lines = [
        f"{manifest.human.rows:,} human and {manifest.synthetic.rows:,} synthetic rows in {made.out}: "
        f"human {rows:.1%} of the rows, {tokens:.1%} of the tokens"
    ]
    if manifest.grades:
        lines.append(
            "grades: " + ", ".join(f"{count:,} {name}" for name, count in sorted(manifest.grades.items()))
        )
    for reason, count in sorted(manifest.left_out.items(), key=lambda item: -item[1]):
        lines.append(f"{count:>9,} left out: {reason}")
    for seen in manifest.held_out:
        lines.append(
            f"held-out set {seen.name}: {seen.checked:,} rows compared with {seen.items:,} items, "
            f"{seen.left_out:,} left out"
        )
    for one in made.watch.generations if made.watch else ():
        lines.append(f"collapse watch, {one.name}: {one.state.value}")
        lines += [f"    {finding.reason}" for finding in one.findings]
    lines += [f"set aside: {line}" for line in manifest.overrides]
    return lines


def _changes(found: Difference) -> list[str]:
    lines = []
    for name, ids in (("added", found.added), ("removed", found.removed), ("changed", found.changed)):
        lines.append(f"{len(ids):>9,} {name}")
        lines += [f"            {one}" for one in ids[:_SHOWN]]
        if len(ids) > _SHOWN:
            lines.append(f"            and {len(ids) - _SHOWN:,} more; --json has all")
    before, after = found.before.human_share, found.after.human_share
    lines.append(
        f"human share of rows {before[0]:.1%} → {after[0]:.1%}, of tokens {before[1]:.1%} → {after[1]:.1%}"
    )
    return lines
