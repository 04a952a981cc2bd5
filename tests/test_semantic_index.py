"""SemanticIndex and ChromaStore: exact decisions, one owner, and a store that may break at any moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fake_embeddings import WordsEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from semantic_kills import killed_writers

from proofset.errors import ProofsetError, UsageError
from proofset.memory.novelty.semantic import ChromaStore, Known, Match, SemanticIndex, literals
from proofset.memory.novelty.semantic.probe import complaint
from proofset.memory.novelty.semantic.store import BrokenStoreError

pytest.importorskip("chromadb")

WORDS = [
    "river",
    "boat",
    "tree",
    "lamp",
    "song",
    "bread",
    "cloud",
    "stone",
    "7",
    "8",
    "Rome",
    "not",
    "largest",
]
LEVEL = {"instruction": 0.8, "math": 0.95}
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


def _random_texts(n: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS[:8], k=rng.randint(3, 6))) for _ in range(n)]


def _brute(known: list[Known], text: str, before: int | None, kind: str) -> tuple[float, int] | None:
    """Score and position of what `find` must find."""
    embedder = WordsEmbedder()
    best: tuple[float, int] | None = None
    for item in known:
        if before is not None and item.position >= before:
            continue
        if not literals(item.text).agree(literals(text)):
            continue
        a, b = embedder.embed([item.text, text]).astype(np.float64)
        score = float(np.sum(a * b))
        if score > max(LEVEL[kind], LEVEL[item.kind]):
            found = (-round(score, 6), item.position)
            best = min(best or found, found)
    return best


def _shown(match: Match | None) -> tuple[float, int] | None:
    return None if match is None else (-round(match.score, 6), match.position)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(texts, st.sampled_from(["instruction", "math"])), max_size=20),
    texts,
    st.none() | st.integers(0, 20),
    st.sampled_from(["instruction", "math"]),
)
def test_what_is_found_is_what_comparing_all_finds(
    items: list[tuple[str, str]], text: str, before: int | None, kind: str
) -> None:
    known = [Known(f"i{n}", each, n, its_kind) for n, (each, its_kind) in enumerate(items)]
    index = SemanticIndex(WordsEmbedder(), thresholds=LEVEL)
    for item in known:
        index.add(item.id, item.text, position=item.position, kind=item.kind)
    assert _shown(index.find(text, before=before, kind=kind)) == _brute(known, text, before, kind)


def test_chroma_changes_no_answer(tmp_path: Path) -> None:
    known = [Known(str(n), text, n) for n, text in enumerate(_random_texts(600, 0))]
    plain = SemanticIndex(WordsEmbedder(), thresholds=LEVEL, truth=known)
    with_chroma = SemanticIndex(
        WordsEmbedder(),
        thresholds=LEVEL,
        store=ChromaStore(tmp_path),
        truth=known[:300],
        flush_every=64,
        exact_below=0,
    )
    for item in known[300:]:
        with_chroma.add(item.id, item.text, position=item.position)
    for text in _random_texts(200, 1):
        for before in (None, 0, 5, 299, 450):
            assert with_chroma.find(text, before=before) == plain.find(text, before=before)
        assert with_chroma.nearest(text, 3)[0] == plain.nearest(text, 3)[0]
    with_chroma.close()


def test_twins_with_other_numbers_hide_no_true_one(tmp_path: Path) -> None:
    # More of them than Chroma proposes, all nearer to the question than its true twin.
    known = [Known(f"n{n}", f"river boat tree lamp {n}", n) for n in range(100)]
    known.append(Known("true", "river boat tree lamp song 5", 100))
    index = SemanticIndex(
        WordsEmbedder(dim=64),
        thresholds={"instruction": 0.5},
        store=ChromaStore(tmp_path),
        truth=known,
        exact_below=0,
    )
    found = index.find("river boat tree lamp song song 5")
    assert found is not None and found.id == "true"
    assert index.find("river boat tree lamp 1000") is None
    index.close()


def test_ties_go_to_the_lowest_position(tmp_path: Path) -> None:
    known = [Known(f"i{n}", "river boat", n) for n in reversed(range(40))]
    for exact_below in (0, 4096):
        index = SemanticIndex(
            WordsEmbedder(), store=ChromaStore(tmp_path), truth=known, exact_below=exact_below
        )
        found = index.find("boat river")
        assert found is not None and found.position == 0
        assert index.find("boat river", before=0) is None
        index.close()


def test_an_unknown_kind_is_refused() -> None:
    index = SemanticIndex(WordsEmbedder())
    with pytest.raises(UsageError, match="kinds are instruction, math, code, document"):
        index.find("a", kind="poem")
    with pytest.raises(UsageError, match="no threshold for the kind 'poem'"):
        index.add("1", "a", position=0, kind="poem")
    own = SemanticIndex(WordsEmbedder(), thresholds={"poem": 0.9})
    own.add("1", "a", position=0, kind="poem")
    assert _shown(own.find("a", kind="poem")) == (-1, 0)


def test_an_item_added_twice_is_held_once() -> None:
    index = SemanticIndex(WordsEmbedder())
    for _ in range(2):
        index.add("1", "a", position=0)
    assert len(index) == 1


def test_what_is_known_survives_a_restart_and_chroma_is_not_filled_anew(tmp_path: Path) -> None:
    known = [Known(str(n), text, n) for n, text in enumerate(_random_texts(100, 2))]
    notices: list[str] = []
    index = SemanticIndex(WordsEmbedder(), store=ChromaStore(tmp_path, notice=notices.append), truth=known)
    index.close()
    index.close()
    store = _CountingStore(tmp_path, notice=notices.append)
    more = [*known, Known("new", "stone stone cloud", 100)]
    index = SemanticIndex(WordsEmbedder(), store=store, truth=more, exact_below=0)
    assert store.added == 1 and notices == []
    found = index.find("stone stone cloud")
    assert found is not None and found.id == "new"
    index.close()


def test_what_is_no_longer_true_leaves_the_store(tmp_path: Path) -> None:
    known = [Known(str(n), text, n) for n, text in enumerate(_random_texts(50, 3))]
    SemanticIndex(WordsEmbedder(), store=ChromaStore(tmp_path), truth=known).close()
    store = _CountingStore(tmp_path)
    # One is gone, one has another text, one another position.
    now = [known[0]._replace(text="bread bread"), known[1]._replace(position=77), *known[3:]]
    SemanticIndex(WordsEmbedder(), store=store, truth=now).close()
    assert (store.added, store.removed) == (2, 3)


def test_another_embedder_has_a_collection_of_its_own(tmp_path: Path) -> None:
    known = [Known("a", "river boat", 0)]
    SemanticIndex(WordsEmbedder(), store=ChromaStore(tmp_path), truth=known).close()
    store = _CountingStore(tmp_path)
    SemanticIndex(WordsEmbedder(name="words:2", dim=8), store=store, truth=known).close()
    assert store.added == 1


class _CountingStore(ChromaStore):
    added = removed = 0

    def add(self, entries, vectors):  # type: ignore[no-untyped-def]
        self.added += len(entries)
        super().add(entries, vectors)

    def remove(self, keys):  # type: ignore[no-untyped-def]
        listed = list(keys)
        self.removed += len(listed)
        super().remove(listed)


def _break_sqlite(home: Path) -> None:
    (home / "chroma.sqlite3").write_bytes(b"no database" * 100)


def _break_half(home: Path) -> None:
    path = home / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _break_rows(home: Path) -> None:
    with sqlite3.connect(home / "chroma.sqlite3") as database:
        database.execute("DELETE FROM segments")


def _empty(home: Path) -> None:
    shutil.rmtree(home)
    home.mkdir()


@pytest.mark.parametrize("damage", [_break_sqlite, _break_half, _break_rows, _empty])
def test_a_broken_store_is_made_anew_with_a_notice(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    known = [Known(str(n), text, n) for n, text in enumerate(_random_texts(50, 4))]
    SemanticIndex(WordsEmbedder(), store=ChromaStore(tmp_path), truth=known).close()
    (home,) = tmp_path.glob("chroma-*")
    damage(home)
    notices: list[str] = []
    store = _CountingStore(tmp_path, notice=notices.append)
    index = SemanticIndex(WordsEmbedder(), store=store, truth=known, exact_below=0)
    assert len(notices) == 1 and "made anew from the ledger" in notices[0] and "\n" not in notices[0]
    assert store.added == 50
    found = index.find(known[9].text)
    assert found is not None and found.score == pytest.approx(1)
    index.close()
    assert len(list(tmp_path.glob("chroma-*"))) == 1


def test_a_store_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    SemanticIndex(WordsEmbedder(), store=ChromaStore(tmp_path), truth=[Known("a", "river", 0)]).close()
    (home,) = tmp_path.glob("chroma-*")
    assert "does not open in 0.01 s" in (complaint(home, "x", wait_s=0.01) or "")


def test_chroma_that_fails_in_mid_run_costs_no_answer(tmp_path: Path) -> None:
    known = [Known(str(n), text, n) for n, text in enumerate(_random_texts(50, 5))]
    notices: list[str] = []
    store = _FailingStore(tmp_path, notice=notices.append)
    index = SemanticIndex(WordsEmbedder(), store=store, truth=known, flush_every=4, exact_below=0)
    plain = SemanticIndex(WordsEmbedder(), truth=known)
    store.fails = True
    for n, text in enumerate(_random_texts(20, 6), 50):
        assert index.find(text) == plain.find(text)
        for each in (index, plain):
            each.add(str(n), text, position=n)
    assert len(notices) == 1 and "made anew at the next start: it is ill" in notices[0]
    index.close()
    again = _CountingStore(tmp_path, notice=notices.append)
    SemanticIndex(WordsEmbedder(), store=again, truth=known).close()
    assert again.added == 50


class _FailingStore(ChromaStore):
    fails = False

    def _call(self, verb, **arguments):  # type: ignore[no-untyped-def]
        if self.fails:
            raise BrokenStoreError("it is ill")
        return super()._call(verb, **arguments)


def test_a_second_owner_is_told_of_the_first(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path)
    store.open("words:1")
    with pytest.raises(UsageError, match=f"in use by process {os.getpid()}; .*chroma run"):
        ChromaStore(tmp_path).open("words:1")
    code = (
        "import sys; from proofset.memory.novelty.semantic import ChromaStore; "
        "ChromaStore(sys.argv[1]).open('words:1')"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert f"in use by process {os.getpid()}" in ran.stderr
    store.close()
    ChromaStore(tmp_path).open("words:1")


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProofsetError, match="cannot be written"):
        ChromaStore(tmp_path / "file" / "below").open("words:1")


def test_kill_9_loses_nothing_and_asks_for_nothing(tmp_path: Path) -> None:
    report = killed_writers(tmp_path, kills=6, seed=0)
    assert report.lost == 0 and report.manual_steps == 0
    assert report.acknowledged > 0


def test_many_threads_give_the_answers_of_one(tmp_path: Path) -> None:
    known = [Known(str(n), text, n) for n, text in enumerate(_random_texts(400, 7))]
    index = SemanticIndex(
        WordsEmbedder(),
        thresholds=LEVEL,
        store=ChromaStore(tmp_path),
        truth=known[:200],
        flush_every=16,
        exact_below=0,
    )
    plain = SemanticIndex(WordsEmbedder(), thresholds=LEVEL, truth=known[:200])
    asked = _random_texts(100, 8)
    expected = [plain.find(text, before=200) for text in asked]

    def adding() -> None:
        for item in known[200:]:
            index.add(item.id, item.text, position=item.position)

    writer = threading.Thread(target=adding)
    writer.start()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: index.find(text, before=200), asked))
    writer.join()
    assert found == expected and len(index) == 400
    index.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A Chroma server of its own on a free port."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    command = [
        str(chroma),
        "run",
        "--path",
        str(tmp_path / "served"),
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                if process.poll() is not None:
                    pytest.skip("chroma run does not start here")
                with socket.socket() as asking:
                    asking.settimeout(1)
                    if asking.connect_ex(("127.0.0.1", port)) == 0:
                        break
                threading.Event().wait(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGKILL)


def test_processes_that_share_a_server_see_what_the_others_added(server: str) -> None:
    first = SemanticIndex(WordsEmbedder(), store=ChromaStore(server), flush_every=1)
    second = SemanticIndex(WordsEmbedder(), store=ChromaStore(server), flush_every=1)
    first.add("a", "river boat 7", position=3)
    found = second.find("boat river 7")
    assert found is not None and (found.id, found.position, found.kind) == ("a", 3, "instruction")
    assert second.find("boat river 7", before=3) is None
    assert second.find("boat river 8") is None
    first.close()
    second.close()


def test_a_server_that_is_not_there_is_named() -> None:
    # Port 1 on the loopback interface: nothing listens there.
    with pytest.raises(ProofsetError, match=r"Chroma at http://127\.0\.0\.1:1 cannot be used.*chroma run"):
        SemanticIndex(WordsEmbedder(), store=ChromaStore("http://127.0.0.1:1"))
