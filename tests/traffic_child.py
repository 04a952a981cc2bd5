"""An ingest that dies at a chosen moment: python tests/traffic_child.py LOG OUT POINT NUMBER

POINT: half (of a batch is written), written (the disk may not have it), flushed (the ledger does not know),
known.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from proofset.traffic import SamplingPlan, ingest, store

ingesting = sys.modules["proofset.traffic.ingest"]
BATCH = 7


def die_at(point: str, number: int) -> None:
    """Arrange that this process is killed in its NUMBER-th batch."""
    calls = 0
    real_fsync, real_add = os.fsync, store.Store.add

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def fsync(descriptor: int) -> None:
        if calls == number and point == "written":
            die()
        real_fsync(descriptor)
        if calls == number and point == "flushed":
            die()

    def add(self: Any, *args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == number and point == "half":
            self._file = _Half(self._file)
        real_add(self, *args)
        if calls == number and point == "known":
            die()

    class _Half:
        def __init__(self, file: Any) -> None:
            self._file = file

        def write(self, data: bytes) -> None:
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            die()

    store.os.fsync = fsync  # type: ignore[attr-defined]
    store.Store.add = add  # type: ignore[method-assign, assignment]


def main() -> None:
    log, out, point, number = sys.argv[1:]
    ingesting.BATCH = BATCH  # type: ignore[attr-defined]
    die_at(point, int(number))
    ingest([log], Path(out), sampling=SamplingPlan(rate=1))


if __name__ == "__main__":
    main()
