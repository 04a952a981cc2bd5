"""`proofset export RUN --format F --out DIR`: records as the rows that trainers read, with their evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from ..release.exporting import Exported

FORMATS = (
    "alpaca",
    "sharegpt",
    "messages",
    "trl-sft",
    "trl-prompt-completion",
    "trl-dpo",
    "trl-kto",
    "trl-stepwise",
    "llama-factory",
    "llama-factory-dpo",
    "axolotl",
    "parquet",
    "hf",
)

# As records have them, and written out, so that the help loads nothing.
GRADES = ("proved", "checked", "judged", "human")
RISKS = ("verified", "style", "backtranslation", "traffic", "unverified_factual", "red_team")


@click.command("export")
@click.argument("source", metavar="RUN_OR_DATA", type=click.Path(path_type=Path))
@click.option("--format", "format_", required=True, type=click.Choice(FORMATS), help="Whose rows.")
@click.option(
    "--out",
    required=True,
    metavar="DIR_OR_FILE",
    type=click.Path(path_type=Path),
    help="A new directory, or a file that ends in .jsonl or .parquet.",
)
@click.option(
    "--grade",
    "grades",
    multiple=True,
    type=click.Choice(GRADES),
    help="Only these grades. May be given again.",
)
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="Only from this graph. May be given again."
)
@click.option(
    "--risk",
    "risks",
    multiple=True,
    type=click.Choice(RISKS),
    help="Only these risks. All but unverified_factual, red_team, and traffic that nobody reviewed, where "
    "none is given.",
)
@click.option("--min-score", multiple=True, metavar="NAME=X", help="Such as quality=4. May be given again.")
@click.option(
    "--max-score", multiple=True, metavar="NAME=X", help="Such as p_wrong=0.05. May be given again."
)
@click.option(
    "--validation",
    type=click.FloatRange(0, 1, max_open=True),
    help="Share that is held out; records of one lineage stay together. Default 0.05 for a directory.",
)
@click.option("--split-seed", type=int, default=0, show_default=True, help="Which groups are held out.")
@click.option(
    "--evidence",
    type=click.Choice(["file", "column", "none"]),
    default="file",
    show_default=True,
    help="Where the evidence goes: a file beside the rows, joined by id, or a column of them.",
)
@click.option(
    "--max-far",
    type=click.FloatRange(0, 1),
    help="Only where `proofset audit` has shown, at 95 %, that no more wrong candidates are accepted.",
)
@click.option("--license", "licence", default="unknown", show_default=True, help="Of the data, for the card.")
@click.option("--name", default="", help="Of the data set, for the card. Default: that of the directory.")
@click.option(
    "--push", "repo", metavar="REPO", help="Upload it to this dataset repository of the Hugging Face hub."
)
@click.option("--public", is_flag=True, help="Where the repository is made by --push, make it public.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON on standard output.")
def command(
    source: Path,
    format_: str,
    out: Path,
    grades: tuple[str, ...],
    graphs: tuple[str, ...],
    risks: tuple[str, ...],
    min_score: tuple[str, ...],
    max_score: tuple[str, ...],
    validation: float | None,
    split_seed: int,
    evidence: str,
    max_far: float | None,
    licence: str,
    name: str,
    repo: str | None,
    public: bool,
    as_json: bool,
) -> None:
    """Write the kept records of a run, or a file of records, in the format of a trainer.

    With the rows come their evidence, a card that says how they were made and checked, and a manifest;
    `proofset verify` checks all of it again.
    """
    from ..records import Grade, Risk
    from ..release.choosing import Choice
    from ..release.exporting import Order, export
    from ..release.layouts import is_single
    from ..release.pushing import check_client, push

    if repo is not None:
        if format_ != "hf":
            raise UsageError("--push: only the format hf is a directory that the hub reads; give --format hf")
        check_client()
    choice = Choice(
        grades=tuple(map(Grade, grades)) or Choice().grades,
        methods=graphs,
        risks=tuple(map(Risk, risks)) or Choice().risks,
        at_least=_bounds("--min-score", min_score),
        at_most=_bounds("--max-score", max_score),
    )
    share = (0.0 if is_single(out) else 0.05) if validation is None else validation
    done = export(
        Order(source, out, format_, choice, share, split_seed, evidence, licence, name, max_far)  # type: ignore[arg-type]
    )
    address = push(out, repo, private=not public) if repo is not None else None
    if as_json:
        click.echo(json.dumps({**done.as_json(), "pushed": address}))
    else:
        _say(done, format_, address)


def _bounds(option: str, given: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            equals = ""
        if not name or not equals:
            raise UsageError(f"{option} {text[:80]}: write NAME=X, such as quality=4")
    return found


def _say(done: Exported, format: str, address: str | None) -> None:
    from .filtering import counts

    rows = ", ".join(f"{count:,} {split}" for split, count in done.rows.items())
    click.echo(f"{done.records:,} records as rows of {format} ({rows}) in {done.out}")
    if done.left_out:
        click.echo(f"{sum(done.left_out.values()):,} left out: {counts(done.left_out)}")
    if done.no_row:
        click.echo(
            f"{done.no_row:,} have no row in this format: nothing refuted to compare with, or no steps"
        )
    if address:
        click.echo(f"pushed to {address}")
    click.echo(f"next       proofset verify {done.out}")
