"""`proofset dedup IN.jsonl --out OUT.jsonl`: keep the first of each group of near-twins."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("dedup")
@click.argument("source", metavar="IN.jsonl", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="OUT.jsonl", type=click.Path(path_type=Path), help="New file.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="F",
    help="Text that is compared, such as messages.0.content; of several, all together. Default: instruction.",
)
@click.option(
    "--threshold",
    type=float,
    metavar="T",
    help="Drop a row above this ROUGE-L, 0.7 by default; or cosine, by default as calibrated.",
)
@click.option("--stem/--no-stem", default=True, show_default=True, help="Compare stems of words.")
@click.option(
    "--against",
    multiple=True,
    metavar="POOL.jsonl",
    type=click.Path(path_type=Path),
    help="Rows that are known before; they are not written. May be given again.",
)
@click.option(
    "--semantic",
    metavar="[EMBEDDER]",
    is_flag=False,
    flag_value="wordllama",
    help="Compare by meaning instead: wordllama (the default), minilm or openai:MODEL.",
)
@click.option(
    "--dropped",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Which rows are dropped and why. Default: OUT.dropped.jsonl.",
)
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON on standard output.")
def command(
    source: Path,
    out: Path,
    fields: tuple[str, ...],
    threshold: float | None,
    stem: bool,
    against: tuple[Path, ...],
    semantic: str | None,
    dropped: Path | None,
    as_json: bool,
) -> None:
    """Keep the first row of each group of near-twins in IN; write these, unchanged and in order, to OUT.

    Rows are compared by ROUGE-L, as `rouge_score` computes it, unless --semantic is given; the same text is
    found first. Reads JSONL, JSON lists, text, CSV, TSV (each may be .gz), Parquet, Arrow, and directories of
    these. Exit code 1 where a row could not be read.
    """
    from ..memory.dedup import dedup
    from .filtering import FilterProgress, counts

    with FilterProgress("dedup") as progress:
        done = dedup(
            source,
            out,
            fields=fields,
            threshold=threshold,
            stem=stem,
            against=against,
            semantic=semantic,
            dropped=dropped,
            listener=progress,
        )
    if as_json:
        click.echo(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        why = f" ({counts(done.reasons)})" if done.reasons else ""
        pools = f" against {done.known} known texts" if against else ""
        unreadable = f", {done.unreadable} could not be read" if done.unreadable else ""
        click.echo(
            f"{done.rows} rows in {done.seconds:.1f} s{pools}: {done.kept} kept in {done.out}, "
            f"{done.dropped} dropped{why}{unreadable}; see {done.dropped_file}"
        )
    if done.unreadable:
        raise SystemExit(1)
