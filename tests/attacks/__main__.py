"""Run the attacks on one configuration: `python -m attacks (none|A|B) [without layer …]`, JSON on stdout."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from proofset.tools.sandbox.layers import Layer
from proofset.tools.sandbox.zygote import ZygoteSandbox

from . import ATTACKS
from .census import become_reaper
from .host import Canaries
from .runner import NoSandbox, Outcome, Target, run_attacks, to_json


async def run(tier: str, without: frozenset[Layer], names: list[str]) -> Outcome:
    entries = [entry for name, entry in ATTACKS.items() if not names or name in names]
    with Canaries(entries) as canaries:
        target: Target = (
            NoSandbox(canaries.root / "scratch")
            if tier == "none"
            else ZygoteSandbox(namespaces=tier == "A", concurrency=8, without=without)
        )
        return await run_attacks(target, entries, canaries)


def main() -> None:
    parser = argparse.ArgumentParser(prog="attacks", description=__doc__)
    parser.add_argument("tier", choices=("none", "A", "B"))
    parser.add_argument("--without", nargs="*", type=Layer, default=[])
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    become_reaper()
    os.umask(0o022)
    outcome = asyncio.run(run(arguments.tier, frozenset(arguments.without), arguments.only))
    sys.stdout.write(to_json(outcome) + "\n")


if __name__ == "__main__":
    main()
