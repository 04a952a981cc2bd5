"""`proofset collapse GENERATION… --anchor HUMAN`: do texts keep the breadth of what people wrote?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..collapse import Generation, Watch


@click.command("collapse")
@click.argument(
    "generations", metavar="GENERATION…", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--anchor",
    required=True,
    multiple=True,
    metavar="HUMAN",
    type=click.Path(path_type=Path),
    help="Texts that people wrote: a data file, or a directory of them. May be given again.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="F",
    help="Text of a row to compare, such as `output`; may be given again. Default: what it asks.",
)
@click.option(
    "--embedder",
    metavar="EMBEDDER",
    help="Compare meaning by wordllama, minilm or openai:MODEL. Default: by words alone.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Of the draws.")
@click.option("--json", "as_json", is_flag=True, help="One object per generation on standard output.")
def command(
    generations: tuple[Path, ...],
    anchor: tuple[Path, ...],
    fields: tuple[str, ...],
    embedder: str | None,
    seed: int,
    as_json: bool,
) -> None:
    """Compare each GENERATION, a data file or directory, with what people wrote.

    Exit code 1 where one has collapsed.
    """
    from ..collapse import watch
    from ..collapse.reading import texts_in
    from ..memory.novelty.semantic import open_embedder

    opened = open_embedder(embedder) if embedder else None
    left_out: list[str] = []
    human = [text for path in anchor for text in texts_in(path, fields, left_out.append)]
    texts = {str(path): texts_in(path, fields, left_out.append) for path in generations}
    for line in left_out:
        click.echo(f"note: {line}", err=True)
    seen = watch(human, texts, embedder=opened, seed=seed)
    if as_json:
        for generation in seen.generations:
            click.echo(json.dumps(generation.as_json(), ensure_ascii=False))
    else:
        for line in said(seen):
            click.echo(line)
    if seen.collapsed:
        raise SystemExit(1)


def said(seen: Watch) -> list[str]:
    """The watch in lines: a table, and a reason for each figure beyond its bound."""
    lines = [f"against {seen.anchor_texts:,} texts by people; meaning by {seen.embedder}"]
    measured = [one for one in seen.generations if one.values]
    for generation in seen.generations:
        lines.append(_head(generation))
        lines += [f"    {finding.reason}" for finding in generation.findings]
    if measured:
        width = max(len(name) for name in measured[0].values) + 2
        lines.append("")
        lines.append(
            f"{'':<{width}}" + "".join(f"{f'#{n}':>10}" for n, _ in enumerate(measured, 1)) + "    anchor"
        )
        for name in measured[0].values:
            row = "".join(f"{one.values[name]:>10.3f}" for one in measured)
            lines.append(f"{name:<{width}}{row}{measured[-1].anchor[name]:>10.3f}")
    return lines


def _head(generation: Generation) -> str:
    if not generation.compared:
        return f"{generation.name}: too few texts to tell ({generation.texts})"
    return (
        f"{generation.name}: {generation.state.value} ({generation.compared:,} of {generation.texts:,} texts)"
    )
