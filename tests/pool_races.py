"""Twins that are offered at the same time: by tasks and threads of one process, and by processes.

python tests/pool_races.py DIRECTORY FIRST LAST        offers these pairs, says which were taken
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from scripted_math import words

from proofset.memory import LexicalIndex, Pool

TASKS, THREADS = 8, 2


class Race(NamedTuple):
    """Of so many pairs of twins: how many were taken twice, and how many not at all."""

    pairs: int
    twice: int
    never: int


class Takes(Protocol):
    def __call__(self, item_id: str, text: str) -> object: ...


def twins(pair: int) -> tuple[str, str]:
    """Two texts with a ROUGE-L of 0.9."""
    told = words(pair, 10).split()
    return " ".join(told), " ".join([*told[:9], f"other{pair}"])


def counted(pairs: int, taken: Sequence[str]) -> Race:
    names = set(taken)
    kept = [(f"{pair}/0" in names) + (f"{pair}/1" in names) for pair in range(pairs)]
    return Race(pairs, kept.count(2), kept.count(0))


def race(directory: Path, pairs: int) -> Race:
    """From eight tasks and two threads, each pair's twins from two of these ten at about the same time."""
    pool = Pool(directory)
    taken = _offer(pairs, pool.admit)
    pool.close()
    return counted(pairs, taken)


def race_unlocked(pairs: int) -> Race:
    """The control: check, then add. Both twins of a pair are checked before either is added."""
    index, lock = LexicalIndex(), threading.Lock()
    taken = []
    for pair in range(pairs):
        meet = threading.Barrier(2)

        def take(item_id: str, text: str, meet: threading.Barrier = meet) -> None:
            with lock:
                known = index.find(text)
            meet.wait()
            if known is None:
                with lock:
                    index.add(item_id, text)
                    taken.append(item_id)

        offers = [(f"{pair}/{twin}", text) for twin, text in enumerate(twins(pair))]
        threads = [threading.Thread(target=take, args=offer) for offer in offers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return counted(pairs, taken)


def _offer(pairs: int, admit: Takes) -> list[str]:
    offers = [(f"{pair}/{twin}", text) for pair in range(pairs) for twin, text in enumerate(twins(pair))]
    hands = TASKS + THREADS
    # Neighbours in this order, and so twins, are in different hands.
    parts = [offers[hand::hands] for hand in range(hands)]
    taken: list[str] = []

    def take_all(part: Sequence[tuple[str, str]]) -> None:
        for item_id, text in part:
            if admit(item_id, text) is None:
                taken.append(item_id)

    async def take_one_by_one(part: Sequence[tuple[str, str]]) -> None:
        for item_id, text in part:
            if await asyncio.to_thread(admit, item_id, text) is None:
                taken.append(item_id)

    async def all_tasks() -> None:
        await asyncio.gather(*(take_one_by_one(part) for part in parts[:TASKS]))

    threads = [threading.Thread(target=take_all, args=(part,)) for part in parts[TASKS:]]
    for thread in threads:
        thread.start()
    asyncio.run(all_tasks())
    for thread in threads:
        thread.join()
    return taken


def race_of_processes(directory: Path, pairs: int, processes: int = 2) -> Race:
    """Each process offers one twin of every pair, in an order of its own."""
    started = [
        subprocess.Popen(
            [sys.executable, __file__, str(directory), str(pairs), str(number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    taken = [line for process in started for line in process.communicate()[0].split()]
    if any(process.returncode for process in started):
        raise RuntimeError("a process failed")
    return counted(pairs, taken)


def _offer_one_of_each(directory: Path, pairs: int, twin: int) -> None:
    order = list(range(pairs))
    random.Random(twin).shuffle(order)
    pool = Pool(directory)
    for pair in order:
        if pool.admit(f"{pair}/{twin}", twins(pair)[twin]) is None:
            print(f"{pair}/{twin}")  # noqa: T201 - the answer
    pool.close()


if __name__ == "__main__":
    _offer_one_of_each(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
