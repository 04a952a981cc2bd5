"""A writer that is killed at any moment, again and again: what is lost, and what must be mended by hand.

    python tests/semantic_kills.py DIRECTORY        the writer: adds for ever, says what is durable

The ledger of vectors and of items is the truth. `killed_writers` starts the writer, kills it by SIGKILL after
a random number of acknowledgements, opens the same directory and compares.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from fake_embeddings import WordsEmbedder

from proofset.memory import Ledger, sqlite_url
from proofset.memory.ledger import KeptEmbedder
from proofset.memory.novelty.semantic import ChromaStore, Known, SemanticIndex

FLUSH_EVERY = 8
_items = sa.Table(
    "items", sa.MetaData(), sa.Column("position", sa.Integer, primary_key=True), sa.Column("text", sa.Text)
)


class Kills(NamedTuple):
    """`rebuilt`: how often the store was made anew; nobody had to do anything about it."""

    kills: int
    acknowledged: int
    lost: int
    rebuilt: int
    manual_steps: int


def text_of(position: int) -> str:
    return " ".join(random.Random(position).choices(["river", "boat", "tree", "lamp", "song", "bread"], k=5))


def truth(ledger: Ledger) -> list[Known]:
    ledger.transact(lambda connection: _items.create(connection, checkfirst=True))
    rows = ledger.transact(lambda connection: connection.execute(sa.select(_items)).all())
    return [Known(f"i{row.position}", row.text, row.position) for row in sorted(rows)]


def opened(directory: Path, notices: list[str]) -> tuple[Ledger, SemanticIndex, list[Known]]:
    ledger = Ledger(sqlite_url(directory / "ledger.db"))
    known = truth(ledger)
    index = SemanticIndex(
        KeptEmbedder(WordsEmbedder(), ledger.transact),
        store=ChromaStore(directory / "store", notice=notices.append),
        truth=known,
        flush_every=FLUSH_EVERY,
        exact_below=0,
    )
    return ledger, index, known


def write(directory: Path) -> None:
    ledger, index, known = opened(directory, [])
    position = len(known)
    while True:
        text = text_of(position)
        row = {"position": position, "text": text}
        ledger.transact(lambda connection, row=row: connection.execute(_items.insert(), row))  # type: ignore[misc]
        print(position, flush=True)  # noqa: T201 - the acknowledgement
        index.add(f"i{position}", text, position=position)
        position += 1


def killed_writers(directory: Path, *, kills: int, seed: int) -> Kills:
    """Raises what opening raises: that would be a manual step."""
    rng = random.Random(seed)
    notices: list[str] = []
    acknowledged = lost = manual = 0
    for _ in range(kills):
        acknowledged = max(acknowledged, _kill_after(directory, rng.randint(1, 40)))
        try:
            ledger, index, known = opened(directory, notices)
        except Exception as error:
            manual += 1
            sys.stderr.write(f"{error}\n")
            continue
        lost += sum(1 for _ in _missing(index, known, acknowledged))
        index.close()
        ledger.close()
    return Kills(kills, acknowledged, lost, len(notices), manual)


def _missing(index: SemanticIndex, known: list[Known], acknowledged: int) -> Iterator[int]:
    there = {item.position for item in known}
    for position in range(acknowledged):
        found = index.find(text_of(position))
        if position not in there or found is None or found.score < 0.999:
            yield position


def _kill_after(directory: Path, acknowledgements: int) -> int:
    """How many items are acknowledged now."""
    command = [sys.executable, __file__, str(directory)]
    last = -1
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(acknowledgements):
            line = writer.stdout.readline()
            if not line:
                break
            last = int(line)
        writer.kill()
        for line in writer.stdout:
            if line.endswith("\n"):
                last = int(line)
    return last + 1


if __name__ == "__main__":
    write(Path(sys.argv[1]))
