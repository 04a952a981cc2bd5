"""proofset in the peers' race: takes the options that each of their scripts takes, and prints `RECORDS n`.

PYTHONPATH=DIR_OF_THE_PEERS python benchmarks/peer_ours.py --task evol --concurrency 100 --workers 2 --out out
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

_WORKERS = sys.argv.index("--workers") if "--workers" in sys.argv else None
WORKERS = 1 if _WORKERS is None else int(sys.argv[_WORKERS + 1])
if _WORKERS is not None:
    # The peers' own parser knows nothing of it.
    del sys.argv[_WORKERS : _WORKERS + 2]

from engine_graphs import cli  # noqa: E402

from proofset.engine import Order, execute, make_config, resumed  # noqa: E402
from proofset.engine.rundir import holds_run  # noqa: E402


def main() -> None:
    asked = cli()
    out = Path(asked.out).absolute() / f"ours_{asked.task}"
    if asked.resume and holds_run(out):
        order = resumed(out)
    else:
        values = {
            "graph": f"engine_graphs:build_{'structured' if asked.structured else asked.task}",
            "n": asked.n,
            "models": {"default": f"openai:fake@{asked.base_url}"},
            "concurrency": asked.concurrency or 16,
            "workers": WORKERS,
            "settings": {
                "n_attempts": 2,
                "evolve_rounds": 2 if asked.task == "evol" else 0,
                # Nothing is above 1: the peers compare nothing, and what they are given are near-twins.
                "novelty_threshold": 1.0,
                "canary_share": 0.0,
            },
        }
        if asked.timeout:
            values["timeout_s"] = asked.timeout
        order = Order(make_config(values, source="benchmark"), out)
    summary = asyncio.run(execute(order, lambda event: None))
    print("RECORDS", summary.kept)
    print(summary.reasons)


if __name__ == "__main__":
    main()
