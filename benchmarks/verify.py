"""How fast `proofset verify` checks again: records of five asserts each.

    python benchmarks/verify.py                  1,000 records of five asserts
    python benchmarks/verify.py --records 5000

Prints records per second, CPU time of all processes for each record, and how busy the machine was beside
us: a figure that was measured on busy cores says little.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from process_tree import adopt_orphans, cpu_now
from released import code_record, write

from proofset.records import Record
from proofset.release.verifying import AT_ONCE, Result, plan_of, verify
from proofset.tools.sandbox import Sandbox, open_sandbox


class Measured(NamedTuple):
    """One pass: how many records, how long, and CPU seconds: of us and all below us, and of all else."""

    records: int
    failed: int
    seconds: float
    cpu_s: float
    others_s: float


async def measure(path: Path, sandbox: Sandbox, at_once: int) -> Measured:
    """Verify a file once."""
    results: list[Result] = []
    begun, cpu = time.monotonic(), cpu_now()
    totals = await verify(plan_of(path), sandbox, results.append, at_once=at_once)
    seconds = time.monotonic() - begun
    used = cpu_now().since(cpu)
    return Measured(totals.rows, totals.failed, seconds, used.tree, max(0.0, used.machine - used.tree))


async def _records(count: int, sandbox: Sandbox) -> list[Record]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(slot: int) -> Record:
        async with turns:
            return await code_record(slot, sandbox)

    return list(await asyncio.gather(*map(one, range(count))))


async def _main(count: int, passes: int, at_once: int) -> Sequence[Measured]:
    sandbox = await asyncio.to_thread(open_sandbox)
    try:
        with TemporaryDirectory() as directory:
            path = write(Path(directory) / "records.jsonl", await _records(count, sandbox))
            return [await measure(path, sandbox, at_once) for _ in range(passes)]
    finally:
        await sandbox.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    given = parser.parse_args()
    adopt_orphans()
    print("| records | failed | records/s | CPU ms per record | cores that others used |")
    print("|---|---|---|---|---|")
    for one in asyncio.run(_main(given.records, given.passes, given.at_once)):
        print(
            f"| {one.records} | {one.failed} | {one.records / one.seconds:.0f} "
            f"| {one.cpu_s / one.records * 1000:.1f} | {one.others_s / one.seconds:.1f} |"
        )


if __name__ == "__main__":
    main()
