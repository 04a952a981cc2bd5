"""Writers of a pool that are killed at any moment, again and again: what is lost, what must be mended.

python tests/pool_kills.py DIRECTORY NUMBER        a writer: adds for ever, says what is durable
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from scripted_math import words

from proofset.memory import LexicalIndex, Pool

WRITERS = 2
_REOPEN = 25


class Kills(NamedTuple):
    """`twins`: items of the pool that repeat an earlier one."""

    kills: int
    acknowledged: int
    lost: int
    twins: int
    manual_steps: int


def text_of(number: int) -> str:
    """Every third is near the one before it."""
    if number % 3 == 2:
        return f"{words(number - 1, 9)} again{number}"
    return words(number, 10)


def write(directory: Path, writer: int) -> None:
    """Reserve and keep, or admit; open anew from time to time, so that the file of the index is written."""
    number = random.Random(f"{writer} {directory.stat().st_mtime_ns}").randrange(10**6)
    while True:
        pool = Pool(directory)
        for _ in range(_REOPEN):
            number += 1
            item_id, text = f"w{writer}/{number}", text_of(number)
            taken = pool.admit if number % 2 else pool.reserve
            if taken(item_id, text) is None:
                pool.keep([item_id])
                print(number, flush=True)  # noqa: T201 - the acknowledgement
        pool.close()


def killed_writers(directory: Path, *, kills: int, seed: int) -> Kills:
    """Two writers at a time, killed together after a random number of acknowledgements."""
    directory.mkdir(exist_ok=True)
    rng = random.Random(seed)
    acknowledged: set[int] = set()
    lost = manual = repeated = 0
    for _ in range(kills):
        acknowledged |= _kill_after(directory, rng.randint(1, 60))
        try:
            pool = Pool(directory)
        except Exception as error:
            manual += 1
            sys.stderr.write(f"{error}\n")
            continue
        lost += sum(pool.find(text_of(number)) is None for number in acknowledged)
        repeated += _twins_in(pool)
        pool.close()
    return Kills(kills, len(acknowledged), lost, repeated, manual)


def _twins_in(pool: Pool) -> int:
    index, found = LexicalIndex(), 0
    with pool._items.reading():
        for item in pool._items.after(0):
            found += index.find(item.text) is not None
            index.add(item.item_id, item.text)
    return found


def _kill_after(directory: Path, acknowledgements: int) -> set[int]:
    command = [sys.executable, __file__, str(directory)]
    said: set[int] = set()
    writers = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, text=True)
        for number in range(WRITERS)
    ]
    first, *others = writers
    assert first.stdout is not None
    for _ in range(acknowledgements):
        said.add(int(first.stdout.readline()))
    for writer in (first, *others):
        writer.kill()
    for writer in writers:
        assert writer.stdout is not None
        # A line that was cut off was not said.
        said |= {int(line) for line in writer.stdout if line.endswith("\n")}
        writer.wait()
        writer.stdout.close()
    return said


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
