"""Does this Chroma store open, count and find? Asked in a process of its own, since it may crash or hang.

    python -m proofset.memory.novelty.semantic.probe DIRECTORY COLLECTION

Exit 0 where it answers; anything else, a signal and a timeout too, means that it is broken.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

_WAIT_S = 120.0
_SAMPLE = 8
_NOTICED = 300


def complaint(directory: Path, collection: str, *, wait_s: float = _WAIT_S) -> str | None:
    """Why the store cannot be used, or None where it can. Blocks, at most so long."""
    command = [sys.executable, "-P", "-m", __spec__.name, str(directory), collection]
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=wait_s, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it does not open in {wait_s:g} s"
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"opening it ends in signal {-done.returncode}"
    lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
    return lines[-1][:_NOTICED]


def _probe(directory: str, name: str) -> None:
    from .store import local_client

    collection: Any = local_client(Path(directory)).get_collection(name, embedding_function=None)
    size = collection.count()
    # The latest too: they are what a kill may have caught half written.
    for offset in {0, max(0, size - _SAMPLE)}:
        found = collection.get(limit=_SAMPLE, offset=offset, include=["embeddings"])
        if len(found["ids"]) != min(size, _SAMPLE):
            raise ValueError(f"it counts {size} items and gives {len(found['ids'])}")
        for key, vector in zip(found["ids"], found["embeddings"], strict=True):
            near = collection.query(query_embeddings=[vector], n_results=1, include=["distances"])
            if not near["ids"][0] or near["distances"][0][0] > 1e-3:
                raise ValueError(f"it does not find its own item {key}")


if __name__ == "__main__":
    _probe(sys.argv[1], sys.argv[2])
