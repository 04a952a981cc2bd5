"""kill -9 at random points of a run: what is lost, what is there twice, and what is paid for again?

python benchmarks/engine_kills.py --points 50 --slots 500 --out DIR [--seed S]

Each point is a run of its own, in a process of its own, that is killed once and resumed. Two of three points
are a call, chosen at random, at which the whole process group is killed from outside; every third is a commit
in the middle of which it ends itself. Slots fail, repeat each other and ask again: see tests/engine_child.py.
Ends with 1 where anything is lost or doubled, or more calls are repeated than can have been in flight.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from engine_child import calls_of, repeated, run_child  # noqa: E402

from proofset.engine.rundir import open_ledger  # noqa: E402

IN_FLIGHT = 8
_FILES = ("records.jsonl", "rejected.jsonl")


class Ended(NamedTuple):
    """One point: where the run was killed, and what became of it."""

    where: str
    settled: int
    lost: int
    doubled: int
    repeated: int


def killed_at(point: int | None, commit: int | None, slots: int, whole: Path, out: Path) -> Ended:
    """A run that is killed once and resumed."""
    running = run_child(out, slots, "run" if commit is None else f"commit:{commit}")
    while point is not None and running.poll() is None and len(calls_of(out)) < point:
        time.sleep(0.002)
    if point is not None and running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    with closing(open_ledger(out)) as ledger:
        runs = ledger.runs()
        settled = ledger.settled(runs[0].run_id) if runs else 0
    assert run_child(out, slots, "resume" if runs else "run").wait() == 0
    lost = doubled = 0
    for name in _FILES:
        # The files of a whole run, and nothing else, line by line.
        here, there = (Counter((path / name).read_text().splitlines()) for path in (out, whole))
        lost += sum((there - here).values())
        doubled += sum((here - there).values())
    where = f"call {point}" if commit is None else f"commit {commit}"
    return Ended(where, settled, lost, doubled, repeated(out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--slots", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True)
    whole, draw = asked.out / "whole", random.Random(asked.seed)
    assert run_child(whole, asked.slots, "run").wait() == 0
    calls, commits = len(calls_of(whole)), int(Path(f"{whole}.commits").read_text())
    print(f"{asked.slots} slots, {calls} calls, {commits} commits; at most {IN_FLIGHT} calls in flight")
    print(f"{'killed at':<14}{'settled':>8}{'lost':>6}{'doubled':>9}{'repeated':>10}", flush=True)
    ends = []
    for number in range(asked.points):
        point, commit = (draw.randint(1, calls), None) if number % 3 else (None, draw.randint(1, commits))
        ends.append(killed_at(point, commit, asked.slots, whole, asked.out / str(number)))
        where, *counts = ends[-1]
        print(f"{where:<14}{counts[0]:>8}{counts[1]:>6}{counts[2]:>9}{counts[3]:>10}", flush=True)
    lost, doubled = sum(end.lost for end in ends), sum(end.doubled for end in ends)
    most = max(end.repeated for end in ends)
    print(f"{len(ends)} kills: {lost} lost, {doubled} doubled, at most {most} calls repeated")
    sys.exit(lost + doubled > 0 or most > IN_FLIGHT)


if __name__ == "__main__":
    main()
