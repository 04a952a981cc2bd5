"""What the canaries of a run cost: CPU time per slot of a scripted verified_code run, with and without them.

    python benchmarks/canaries.py --slots 40

The same slots are run with every share, one after the other, in one process; CPU time is that of all
processes, those of the sandbox included.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from process_tree import adopt_orphans, cpu_now
from scripted_code import replies

import proofset
from proofset.agents import Settings
from proofset.models.scripted import ScriptedChat

SHARES = (0.0, Settings().canary_share, 1.0)


class Measured(NamedTuple):
    """One run: CPU seconds for each slot, and how many canaries were made."""

    cpu_s: float
    canaries: int


async def measure(slots: int, share: float) -> Measured:
    """Run it once."""
    with TemporaryDirectory() as out:
        begun = cpu_now()
        summary = await proofset.arun(
            "verified_code",
            n=slots,
            model=ScriptedChat(respond=replies()),
            out=Path(out) / "run",
            settings={"canary_share": share},
        )
        used = cpu_now().since(begun)
    assert summary.kept == slots and not summary.false_accepts
    return Measured(used.tree / slots, summary.canaries)


async def main() -> None:
    """Print a line for each share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, default=40)
    parser.add_argument("--passes", type=int, default=1)
    given = parser.parse_args()
    adopt_orphans()
    # What is loaded when first used is not to count for the first share.
    await measure(2, 1.0)
    found = {share: [await measure(given.slots, share) for _ in range(given.passes)] for share in SHARES}
    without = median(one.cpu_s for one in found[0.0])
    for share, ones in found.items():
        cpu, made = median(one.cpu_s for one in ones), ones[0].canaries
        each = f", {(cpu - without) * given.slots / made:.3f} each" if made else ""
        print(
            f"share {share:<4} {given.slots} slots, {made} canaries: {cpu:.3f} CPU-s per slot, "
            f"{cpu / without - 1:+.1%}{each}"
        )


if __name__ == "__main__":
    asyncio.run(main())
