"""Chroma as a server that several processes share: the same answers, and one line where it is gone."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_embeddings import WordsEmbedder
from scripted_math import words

from proofset.errors import ProofsetError
from proofset.memory import Pool
from proofset.memory.novelty.semantic import EXACT_BELOW

pytest.importorskip("chromadb")
CHROMA = shutil.which("chroma", path=str(Path(sys.executable).parent)) or shutil.which("chroma")
N = EXACT_BELOW + 10


@contextmanager
def chroma(directory: Path) -> Iterator[str]:
    """A server of its own."""
    if CHROMA is None:
        pytest.skip("the command `chroma` is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [CHROMA, "run", "--path", str(directory), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def test_two_pools_share_a_server_and_lose_nothing_with_it(tmp_path: Path) -> None:
    told: list[str] = []
    filled = Pool(tmp_path / "pool")
    filled.adopt((f"n{number}", words(number, 5)) for number in range(N))
    filled.close()
    mixed = " ".join(sorted(words(77, 5).split()))
    with chroma(tmp_path / "served") as url:
        first, second = (
            Pool(tmp_path / "pool", embedder=WordsEmbedder(), chroma=url, notice=told.append) for _ in "ab"
        )
        found = first.find(mixed)
        assert found is not None and (found.id, found.rule) == ("n77", "semantic")
        assert second.find(mixed) == found
        # What one keeps, the other knows.
        assert second.admit("new", words(N + 1, 5)) is None
        again = " ".join(sorted(words(N + 1, 5).split()))
        twin = first.find(again)
        assert twin is not None and twin.id == "new"
    # It holds what others have added: without it nobody may say that a text is new.
    with pytest.raises(ProofsetError, match=rf"^Chroma at {url} failed: .*; is it up\?$"):
        first.find(mixed)
    first.close()
    second.close()
    # No directory of the pool's own was made for it, and nothing is lost with the server.
    assert not (tmp_path / "pool" / "chroma").exists()
    assert all("is given at the next start" in text for text in told)
    told.clear()
    with chroma(tmp_path / "another") as url:
        pool = Pool(tmp_path / "pool", embedder=WordsEmbedder(), chroma=url, notice=told.append)
        assert (pool.find(mixed), pool.find(again)) == (found, twin)
        pool.close()
    assert told == []
