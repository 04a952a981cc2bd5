"""`proofset decontaminate IN --against EVAL… --out OUT.jsonl`: drop what evaluation sets hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..memory.contamination import Decontaminated


@click.command("decontaminate")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option(
    "--against",
    required=True,
    multiple=True,
    metavar="EVAL",
    type=click.Path(path_type=Path),
    help="An evaluation set: a data file, or a directory of them. May be given again.",
)
@click.option(
    "--out", required=True, metavar="OUT.jsonl", type=click.Path(path_type=Path), help="Clean rows."
)
@click.option(
    "--dropped",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Which rows are dropped and why. Default: OUT.dropped.jsonl.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="F",
    help="Text of a row to check, such as messages.content; may be given again. Default: all its texts.",
)
@click.option(
    "--eval-field",
    "eval_fields",
    multiple=True,
    metavar="F",
    help="The same of evaluation items. Default: what they ask, the first of instruction and input, problem, "
    "question, prompt, messages, conversations, text.",
)
@click.option("--n", default=13, show_default=True, help="Words that a shared run needs; 8 is stricter.")
@click.option(
    "--masked-n",
    type=int,
    help="The same where all numbers count as equal; 0 does not look for these. Default: 20, or N if more.",
)
@click.option(
    "--common",
    default=10,
    show_default=True,
    help="What stands at more places of the evaluation sets than this is a phrase, and drops nothing.",
)
@click.option(
    "--semantic",
    metavar="EMBEDDER",
    is_flag=False,
    flag_value="wordllama",
    help="Drop near copies by meaning, too: wordllama (the default), minilm or openai:MODEL.",
)
@click.option("--threshold", type=float, help="Cosine above which a text is a near copy. Default 0.9.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON on standard output.")
def command(
    source: Path,
    against: tuple[Path, ...],
    out: Path,
    dropped: Path | None,
    fields: tuple[str, ...],
    eval_fields: tuple[str, ...],
    n: int,
    masked_n: int | None,
    common: int,
    semantic: str | None,
    threshold: float | None,
    as_json: bool,
) -> None:
    """Drop the rows of IN that hold text of evaluation sets; write the rest, unchanged, to OUT.

    Reads JSONL, JSON lists, text, CSV, TSV (each may be .gz), Parquet, Arrow, and directories of these.
    Exit code 1 where a row could not be read.
    """
    from ..errors import UsageError
    from ..memory.contamination import decontaminate
    from ..memory.contamination.semantic import THRESHOLD
    from .filtering import FilterProgress

    if threshold is not None and semantic is None:
        raise UsageError("--threshold: it is for near copies by meaning; give --semantic as well")
    with FilterProgress("decontaminate") as progress:
        done = decontaminate(
            source,
            out,
            against=against,
            dropped=dropped,
            fields=fields,
            evaluation_fields=eval_fields,
            n=n,
            masked_n=masked_n,
            common=common,
            embedder=semantic,
            threshold=THRESHOLD if threshold is None else threshold,
            listener=progress,
        )
    click.echo(json.dumps(done.as_json(), ensure_ascii=False)) if as_json else _say(done)
    if done.unreadable:
        raise SystemExit(1)


def _say(done: Decontaminated) -> None:
    from .filtering import counts

    for name, dropped in done.evaluation_files.items():
        click.echo(f"{dropped:>7} rows dropped for {name}")
    why = f" ({counts(done.reasons)})" if done.reasons else ""
    unreadable = f", {done.unreadable} could not be read" if done.unreadable else ""
    click.echo(
        f"{done.rows} rows in {done.seconds:.1f} s against {done.evaluation_items} evaluation items: "
        f"{done.kept} kept in {done.out}, {done.dropped} dropped{why}{unreadable}; see {done.dropped_file}"
    )
