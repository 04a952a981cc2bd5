"""Does a slot cost the same at the end of a long run as at its beginning, and does memory stay?

python benchmarks/engine_flat.py --n 100000 --out DIR [--graph engine_graphs:build_self_instruct]

The model answers at once, with texts of twelve words that are all new. State, gate at 0.7, journal, admission
and ledger are those of any run. Prints a row for every tenth of the slots.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import time
from pathlib import Path

import engine_graphs  # noqa: F401  # finds the peers' prompts before a worker needs them

from proofset.engine import Event, Order, execute, make_config
from proofset.engine.events import SlotDone
from proofset.models.request import Call, Reply, Request
from proofset.records import Usage

_PAGE = resource.getpagesize()
_SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
_WORDS = [first + last for first in _SYLLABLES for last in _SYLLABLES]


class Instant:
    """Answers at once; every slot and round has words of its own."""

    async def check(self) -> None: ...

    async def answer(self, request: Request, call: Call) -> Reply:
        drawn = random.Random(f"{call.role} {call.slot} {call.attempt} {call.sample}")
        text = " ".join(drawn.choices(_WORDS, k=12))
        return Reply(text, "stop", Usage(calls=1, input_tokens=40, output_tokens=12))

    async def close(self) -> None: ...


class Tenths:
    """Told of every event; takes the time and the memory whenever a tenth of the slots is done."""

    def __init__(self, n: int) -> None:
        self._each = max(n // 10, 1)
        self._done = 0
        self._before = (time.process_time(), time.monotonic())
        self.rows: list[tuple[int, float, float, int]] = []

    def __call__(self, event: Event) -> None:
        if not isinstance(event, SlotDone):
            return
        self._done += 1
        if self._done % self._each:
            return
        now = (time.process_time(), time.monotonic())
        cpu, wall = (b - a for a, b in zip(self._before, now, strict=True))
        self._before = now
        row = (self._done, 1000 * cpu / self._each, 1000 * wall / self._each, _resident())
        self.rows.append(row)
        print(f"{row[0]:>9,} {row[1]:>10.2f} {row[2]:>10.2f} {row[3] / 2**20:>9.0f}", flush=True)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--graph", default="engine_graphs:build_self_instruct")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    values = {
        "graph": asked.graph,
        "n": asked.n,
        "models": {"default": "instant"},
        "concurrency": 100,
        "settings": {"n_attempts": 2, "canary_share": 0.0},
    }
    order = Order(make_config(values, source="benchmark"), asked.out, chats={"instant": Instant()})
    print(f"{'slots':>9} {'CPU ms':>10} {'wall ms':>10} {'MiB':>9}   (CPU and wall per slot)")
    tenths, began = Tenths(asked.n), time.process_time()
    summary = asyncio.run(execute(order, tenths))
    last = time.process_time()
    first_ms, last_ms = tenths.rows[0][1], tenths.rows[-1][1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"kept {summary.kept:,} of {summary.slots:,}; last tenth / first {last_ms / first_ms:.2f}")
    print(f"peak {peak:.0f} MiB; {last - began:.1f} CPU-s in all, {summary.seconds} s")


if __name__ == "__main__":
    main()
