"""What a graph reads, row by row with its place, so that no item of a held-out set is among it.

seeds · prompts and their examples · the constitution · texts that people wrote · traffic ─▶ (place, row)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..corpus import Corpus
from ..errors import UsageError
from ..memory.heldout import Barred, HeldOut, Hit
from ..seeds import Seed
from ..traffic import Traffic
from .prompts import file_of, files
from .settings import Settings

Placed = tuple[str, Mapping[str, Any]]
_SHOWN = 3
_MARK = re.compile(r"^\s*(?:\d+[.)]\s+|[-*]\s+)?(?:[\w ]{1,30}:\s+)?")


def refuse_held_out(held_out: HeldOut | None, reads: Iterator[Placed]) -> None:
    """Raises UsageError for rows that hold items of registered sets: how many, and the first of them."""
    found = held_out.barred(reads) if held_out is not None else []
    if found:
        raise UsageError(told(found))


def told(found: Sequence[Barred]) -> str:
    """One line: each place, the set, the item, and by which rule."""
    first = [f"{place} holds {hit.item} of {hit.set} ({_how(hit)})" for place, hit in found[:_SHOWN]]
    more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
    rows = "1 row is" if len(found) == 1 else f"{len(found):,} rows are"
    return (
        f"{rows} of held-out sets, which no graph may read: {'; '.join(first)}{more}; take them out "
        "(`proofset flywheel heldout check FILE` names all of a file)"
    )


def _how(hit: Hit) -> str:
    return "exact: the same text" if hit.rule == "exact" else f"{hit.rule}: {' '.join(hit.reason.split())}"


def reads_of(
    settings: Settings, seeds: Sequence[Seed], corpus: Corpus | None, traffic: Traffic | None = None
) -> Iterator[Placed]:
    """All that these settings let a graph read. Blocks."""
    yield from _seeds(settings, seeds)
    yield from _prompts(settings)
    for number in range(len(corpus) if corpus is not None else 0):
        assert corpus is not None
        segment = corpus.segment(number)
        yield f"{segment.source.path} line {segment.source.line}", {"text": segment.text}
    for item in traffic or ():
        texts = {"system", "history", "instruction", "output"}
        yield f"{item.file} line {item.line} ({item.id})", item.model_dump(mode="json", include=texts)


def _seeds(settings: Settings, seeds: Sequence[Seed]) -> Iterator[Placed]:
    if settings.seeds is None:
        for seed in seeds:
            yield f"built-in seed {seed.id}", seed.model_dump(mode="json")
        return
    # As the reader of seeds divides it; what is no seed was told by that.
    lines = Path(settings.seeds).read_bytes().decode("utf-8-sig").split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"{settings.seeds} line {number}", json.loads(line)


def _prompts(settings: Settings) -> Iterator[Placed]:
    for name in sorted(files()):
        given = Path(settings.prompts) / name if settings.prompts else None
        if given is not None and given.is_file():
            yield from _paragraphs(str(given), given.read_text(encoding="utf-8"))
        else:
            yield from _paragraphs(f"built-in {name}", file_of(name))
    if settings.constitution is not None:
        path = Path(settings.constitution)
        yield from _paragraphs(str(path), path.read_text(encoding="utf-8-sig"))


def _paragraphs(name: str, text: str) -> Iterator[Placed]:
    """Each paragraph, with its lines as texts of their own: an example may be one line of several, and stand
    after a number or a name.
    """
    lines: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            bare = [_MARK.sub("", line) for line in lines]
            place = f"{name} line {number - len(lines)}"
            yield place, {"text": "\n".join(lines), "lines": lines, "bare": bare}
            lines = []
