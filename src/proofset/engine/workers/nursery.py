"""A process that loads what workers need once, and forks them.

    python -m proofset.engine.workers.nursery SOCKET COUNT GRAPH

It does nothing but load and fork, so that there is one thread when it does. A worker that is lost is forked
again. All end when standard input closes: whoever started them is gone.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
import time

_SHORT_LIFE_S = 5.0


def main() -> None:
    path, count = sys.argv[1], int(sys.argv[2])
    _load(sys.argv[3])
    # What is loaded is shared with the workers for as long as nobody writes on it.
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    workers: dict[int, float] = {}
    for _ in range(count):
        workers[_fork(path)] = time.monotonic()
    while True:
        ended, status = os.wait()
        began = workers.pop(ended, None)
        if began is None:
            continue
        if os.waitstatus_to_exitcode(status) == 0:
            # The owner has hung up.
            if not workers:
                return
            continue
        if time.monotonic() - began < _SHORT_LIFE_S:
            time.sleep(1.0)
        workers[_fork(path)] = time.monotonic()


def _load(graph: str) -> None:
    import aiohttp  # noqa: F401

    from ...graphs import load_graph
    from . import work  # noqa: F401

    load_graph(graph)


def _fork(path: str) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        threading.Thread(target=_end_with_parent, daemon=True).start()
        code = asyncio.run(_work(path))
    except (OSError, KeyboardInterrupt):
        # The owner is gone already.
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


async def _work(path: str) -> int:
    from .work import work_at

    await work_at(*await asyncio.open_unix_connection(path))
    return 0


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    # Whatever the loop is busy with: there is nobody left to tell.
    time.sleep(_SHORT_LIFE_S)
    os._exit(1)


if __name__ == "__main__":
    main()
