"""Intake: rows of a log per second on one core, and memory, over a generated log.

    python benchmarks/traffic.py                   1 GB at the default rate, a smaller one with all rows taken
    python benchmarks/traffic.py --megabytes 50

The log is of conversations with three turns, each written with the turns before it as chat APIs log them;
one row in twenty holds an address, a number or a key.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from instructions import corpus

from proofset.traffic import SamplingPlan, ingest

_PERSONAL = (
    "my mail is person{n}@mail.example",
    "call +49 30 9018{n:04d}",
    "from 85.214.{b}.{n}",
    "key sk-{n:048d}x",
)


class Row(NamedTuple):
    """One line of the table."""

    rate: float
    megabytes: float
    rows: int
    entered: int
    seconds: float
    peak_mb: float


def conversations(seed: int) -> Iterator[list[dict[str, Any]]]:
    """Rows of one conversation after the other, without end."""
    draw = random.Random(seed)
    texts = list(corpus(5000, seed=seed))
    number = 0
    while True:
        number += 1
        messages: list[dict[str, str]] = [{"role": "system", "content": "You are the assistant of a shop."}]
        rows = []
        for turn in range(draw.randint(1, 3)):
            question = f"{draw.choice(texts)} ({number}.{turn})"
            if draw.random() < 0.05:
                n = draw.randrange(1, 255)
                question += " " + draw.choice(_PERSONAL).format(n=n, b=n)
            answer = " ".join(draw.choice(texts) for _ in range(draw.randint(2, 12)))
            messages.append({"role": "user", "content": question})
            rows.append(
                {
                    "request": {
                        "model": "m-large" if draw.random() < 0.1 else "m",
                        "messages": list(messages),
                    },
                    "response": {
                        "choices": [
                            {
                                "message": {"role": "assistant", "content": answer},
                                "finish_reason": "stop",
                            }
                        ],
                        "created": 1_700_000_000 + number,
                    },
                }
            )
            messages.append({"role": "assistant", "content": answer})
        yield rows


def write_log(path: Path, megabytes: float, seed: int = 1) -> int:
    """Write a log of that size; returns its rows."""
    count, size = 0, 0
    with path.open("w", encoding="utf-8") as file:
        for rows in conversations(seed):
            for row in rows:
                size += file.write(json.dumps(row) + "\n")
                count += 1
            if size >= megabytes * 1e6:
                return count
    raise AssertionError


def measure(path: Path, out: Path, rate: float) -> Row:
    """Ingest a log in this process."""
    begun = time.process_time()
    report = ingest([path], out, sampling=SamplingPlan(rate=rate))
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Row(rate, path.stat().st_size / 1e6, report.rows, report.entered, seconds, peak)


def rows(megabytes: float, all_megabytes: float) -> list[Row]:
    """The table. Each line is measured in a process of its own, so that its memory is its own."""
    found = []
    with tempfile.TemporaryDirectory() as directory:
        for size, rate in ((megabytes / 10, 0.01), (megabytes, 0.01), (all_megabytes, 1.0)):
            path = Path(directory) / "log.jsonl"
            write_log(path, size)
            out = Path(directory) / f"out-{size}-{rate}"
            done = subprocess.run(
                [sys.executable, __file__, "--measure", str(path), str(out), str(rate)],
                capture_output=True,
                text=True,
                check=True,
            )
            found.append(Row(*json.loads(done.stdout)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=float, default=1000)
    parser.add_argument("--all-megabytes", type=float, default=50)
    parser.add_argument("--measure", nargs=3)
    given = parser.parse_args()
    if given.measure:
        path, out, rate = given.measure
        print(json.dumps(measure(Path(path), Path(out), float(rate))))
        return
    print(f"{'rate':>5} {'MB':>7} {'rows':>9} {'entered':>8} {'CPU-s':>7} {'rows/CPU-s':>11} {'peak MB':>8}")
    for row in rows(given.megabytes, given.all_megabytes):
        print(
            f"{row.rate:>5} {row.megabytes:>7,.0f} {row.rows:>9,} {row.entered:>8,} {row.seconds:>7.1f} "
            f"{row.rows / row.seconds:>11,.0f} {row.peak_mb:>8.0f}"
        )


if __name__ == "__main__":
    main()
