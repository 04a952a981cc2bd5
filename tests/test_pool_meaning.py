"""A pool that compares by meaning: vectors kept once, Chroma beside many texts, nothing to mend by hand."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fake_embeddings import WordsEmbedder
from numpy.typing import NDArray
from scripted_math import words

from proofset.errors import UsageError
from proofset.memory import Pool
from proofset.memory.novelty.semantic import EXACT_BELOW

A = "Describe the causes of the French Revolution."
AGAIN = "What caused the French Revolution? Describe the main reasons."
OTHER = "Explain how volcanoes form."


def test_what_is_told_otherwise_is_known(tmp_path: Path) -> None:
    pytest.importorskip("wordllama")
    pool = Pool(tmp_path, embedder="wordllama")
    assert pool.reserve("a", A) is None
    assert pool.reserve("other", OTHER) is None
    twin = pool.reserve("again", AGAIN)
    assert twin is not None and (twin.id, twin.rule) == ("a", "semantic")
    assert twin.reason.startswith("told otherwise, cosine 0.92") and twin.reason.endswith("to a")
    pool.release("a")
    assert pool.reserve("again", AGAIN) is None
    pool.close()


def test_texts_are_embedded_once_and_before_the_database_is_locked(tmp_path: Path) -> None:
    class Watching(WordsEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if A in texts:
                other = Pool(tmp_path)
                other.admit("meanwhile", words(1))
                other.close()
            return super().embed(texts)

    first = Watching()
    pool = Pool(tmp_path, embedder=first)
    assert pool.admit("a", A) is None
    assert pool.find(A) is not None
    pool.close()
    # What a pool without an embedder has added is embedded by whoever needs it.
    assert first.asked == [A, words(1)]

    second = WordsEmbedder()
    pool = Pool(tmp_path, embedder=second)
    assert pool.find(A) is not None
    assert second.asked == []
    pool.close()


def test_a_view_leaves_out_what_came_later(tmp_path: Path) -> None:
    pytest.importorskip("wordllama")
    pool = Pool(tmp_path, embedder="wordllama")
    pool.reserve("pending", A)
    view = pool.view()
    pool.keep(["pending"])
    pool.admit("later", OTHER)
    assert pool.find(AGAIN, view=view) is None and pool.find(OTHER, view=view) is None
    assert pool.find(AGAIN) is not None and pool.find(OTHER) is not None
    pool.close()


def test_kinds_are_those_with_a_threshold(tmp_path: Path) -> None:
    pool = Pool(tmp_path, embedder=WordsEmbedder())
    with pytest.raises(UsageError, match="no threshold for the kind 'poem'"):
        pool.admit("a", A, kind="poem")
    assert len(pool) == 0 and pool.admit("a", A) is None
    pool.close()


def test_two_threads_keep_one_of_two_that_mean_the_same(tmp_path: Path) -> None:
    pytest.importorskip("wordllama")
    pool = Pool(tmp_path, embedder="wordllama")
    found: list[object] = []
    start = threading.Barrier(2)

    def take(name: str, text: str) -> None:
        start.wait()
        found.append(pool.admit(name, text))

    threads = [threading.Thread(target=take, args=each) for each in (("a", A), ("again", AGAIN))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pool) == 1 and found.count(None) == 1
    pool.close()


def test_chroma_beside_many_texts_is_made_anew_where_it_is_broken(tmp_path: Path) -> None:
    pytest.importorskip("chromadb")
    pool = Pool(tmp_path)
    pool.adopt((f"n{number}", words(number, 5)) for number in range(EXACT_BELOW + 10))
    pool.close()
    embedder = WordsEmbedder()
    told: list[str] = []
    pool = Pool(tmp_path, embedder=embedder, notice=told.append)
    (home,) = (tmp_path / "chroma").glob("chroma-*")
    mixed = " ".join(sorted(words(77, 5).split()))
    first = pool.find(mixed)
    assert first is not None and (first.id, first.rule) == ("n77", "semantic")

    second = Pool(tmp_path, embedder=embedder, notice=told.append)
    assert second.find(mixed) == first
    second.close()
    pool.close()
    assert len(told) == 1 and "in use by process" in told[0] and "compares with all" in told[0]

    (home / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    pool = Pool(tmp_path, embedder=embedder, notice=told.append)
    assert len(told) == 2 and "is made anew from the ledger" in told[1]
    assert pool.find(mixed) == first
    pool.close()
    assert len(embedder.asked) == len(set(embedder.asked)), "nothing was embedded twice"
