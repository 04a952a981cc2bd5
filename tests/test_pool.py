"""The pool: the answers of a plain list, whoever else writes, whatever is killed, whatever file is broken."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pool_kills import Kills, killed_writers
from pool_races import Race, race, race_of_processes, race_unlocked, twins
from rouge_score.rouge_scorer import RougeScorer
from scripted_math import words

from proofset.errors import ProofsetError, UsageError
from proofset.memory import Pool
from proofset.memory.pool import DATABASE
from proofset.records.wal import switch_to_wal

A, B = twins(0)
OTHER = words(99, 10)


def known_to(pool: Pool, *texts: str) -> list[str | None]:
    return [twin.id if (twin := pool.find(text)) else None for text in texts]


def test_what_is_reserved_is_nobody_elses_until_it_is_released(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    assert pool.reserve("a", A) is None
    found = pool.reserve("b", B)
    assert found is not None and (found.id, found.score, found.rule) == ("a", 0.9, "rouge-l")
    assert found.reason == "ROUGE-L 0.900 > 0.7 to a"
    pool.release("a")
    assert pool.reserve("b", B) is None and known_to(pool, A, B) == ["b", "b"]
    pool.keep(["b"])
    pool.release("b")
    assert known_to(pool, A, B) == ["b", "b"] and len(pool) == 1
    pool.close()
    pool.close()


def test_an_owner_that_was_interrupted_takes_its_own_again(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    pool.reserve("a", A)
    pool.close()
    pool = Pool(tmp_path)
    assert pool.reserve("a", A) is None
    # With another text, since it went another way this time.
    assert pool.reserve("a", OTHER) is None and known_to(pool, A, OTHER) == [None, "a"]
    assert pool.admit("a", OTHER) is None
    with pytest.raises(UsageError, match="a is known with another text"):
        pool.reserve("a", A)
    assert known_to(pool, OTHER) == ["a"] and len(pool) == 1
    pool.close()


def test_adopting_keeps_what_was_reserved_and_what_is_known(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    pool.reserve("a", A)
    pool.adopt([("a", A), ("b", B)])
    pool.release("a")
    assert len(pool) == 2 and known_to(pool, A, B) == ["a", "b"]
    pool.adopt([("a", A), ("b", B)])
    assert len(pool) == 2
    pool.close()


def test_a_view_is_the_pool_as_it_was(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    pool.admit("a", A)
    pool.reserve("pending", OTHER)
    view = pool.view()
    pool.keep(["pending"])
    later = words(3, 10)
    pool.admit("later", later)
    assert [pool.find(text, view=view) is not None for text in (A, OTHER, later)] == [True, False, False]
    assert known_to(pool, A, OTHER, later) == ["a", "pending", "later"]
    pool.close()
    pool = Pool(tmp_path)
    assert [pool.find(text, view=view) is not None for text in (A, OTHER, later)] == [True, False, False]
    pool.close()


def test_open_pools_of_one_directory_see_each_other(tmp_path: Path) -> None:
    one, two = Pool(tmp_path), Pool(tmp_path)
    assert one.admit("a", A) is None
    assert known_to(two, B) == ["a"] and two.reserve("b", B) is not None
    assert two.reserve("o", OTHER) is None and known_to(one, OTHER) == ["o"]
    two.release("o")
    assert known_to(one, OTHER) == [None]
    one.close()
    two.close()


@pytest.mark.parametrize("text", ["", "\ud800 lone", "请写一首关于秋天的诗", "\0", "1 2 3", words(5, 1000)])
def test_any_text_will_do(tmp_path: Path, text: str) -> None:
    pool = Pool(tmp_path)
    assert pool.admit("a", text) is None
    pool.close()
    pool = Pool(tmp_path)
    # A text without words is like nothing, itself included: that is rouge_score's rule.
    assert (pool.find(text) is not None) == (text != "")
    pool.close()


def test_stems_and_words_live_in_one_directory(tmp_path: Path) -> None:
    told = "the runners are running through the cities"
    pool = Pool(tmp_path, stem=False)
    pool.admit("a", told)
    pool.close()
    again = "the runner is run through the city"
    for stem, known in ((True, True), (False, False), (True, True)):
        pool = Pool(tmp_path, stem=stem, threshold=0.8)
        assert (pool.find(again) is not None) == known
        pool.close()


def filled(directory: Path, count: int = 300) -> list[str]:
    texts = [words(number, 10) for number in range(count)]
    pool = Pool(directory)
    pool.adopt((f"n{number}", text) for number, text in enumerate(texts))
    pool.close()
    return texts


def answers(directory: Path, texts: list[str]) -> list[str | None]:
    pool = Pool(directory)
    found = known_to(pool, *texts, *(f"{text} more" for text in texts), OTHER * 2)
    pool.close()
    return found


def _truncate(cache: Path) -> None:
    cache.write_bytes(cache.read_bytes()[:-100])


def _scramble(cache: Path) -> None:
    content = bytearray(cache.read_bytes())
    for place in random.Random(1).sample(range(len(content)), 200):
        content[place] ^= 255
    cache.write_bytes(content)


def _of_another(cache: Path) -> None:
    other = cache.parent / "other"
    filled(other, 120)
    shutil.copy(other / cache.name, cache)


@pytest.mark.parametrize(
    "harm", [Path.unlink, _truncate, _scramble, _of_another, lambda cache: cache.write_bytes(b"")]
)
def test_a_broken_cache_changes_no_answer(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    texts = filled(tmp_path)
    right = answers(tmp_path, texts)
    harm(tmp_path / "lexical-stems.npz")
    assert answers(tmp_path, texts) == right == answers(tmp_path, texts)


def test_a_cache_that_is_older_or_newer_than_the_database_changes_no_answer(tmp_path: Path) -> None:
    texts = filled(tmp_path)
    for name in (DATABASE, "lexical-stems.npz"):
        shutil.copy(tmp_path / name, tmp_path / f"{name}.old")
    pool = Pool(tmp_path)
    pool.adopt((f"later{number}", words(1000 + number, 10)) for number in range(50))
    pool.close()
    later = [words(1000 + number, 10) for number in range(50)]
    right = answers(tmp_path, [*texts, *later])

    shutil.copy(tmp_path / "lexical-stems.npz", tmp_path / "newer")
    shutil.copy(tmp_path / "lexical-stems.npz.old", tmp_path / "lexical-stems.npz")
    assert answers(tmp_path, [*texts, *later]) == right

    # The database was put back, and then went another way: the same numbers are other items.
    shutil.copy(tmp_path / f"{DATABASE}.old", tmp_path / DATABASE)
    shutil.copy(tmp_path / "newer", tmp_path / "lexical-stems.npz")
    pool = Pool(tmp_path)
    assert known_to(pool, *later) == [None] * 50
    pool.adopt((f"instead{number}", words(2000 + number, 10)) for number in range(50))
    pool.close()
    shutil.copy(tmp_path / "newer", tmp_path / "lexical-stems.npz")
    pool = Pool(tmp_path)
    assert known_to(pool, *later) == [None] * 50
    assert known_to(pool, words(2007, 10)) == ["instead7"]
    pool.close()


def test_what_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make it"):
        Pool(tmp_path / "file")
    (tmp_path / "no").mkdir()
    (tmp_path / "no" / DATABASE).write_bytes(b"no database" * 1000)
    with pytest.raises(ProofsetError, match=r"memory .* cannot be used: file is not a database"):
        Pool(tmp_path / "no")
    Pool(tmp_path / "newer").close()
    with sqlite3.connect(tmp_path / "newer" / DATABASE) as database:
        database.execute("UPDATE pool SET format = 99")
    database.close()
    with pytest.raises(ProofsetError, match="written by a newer proofset"):
        Pool(tmp_path / "newer")


def test_a_disk_that_is_full_loses_nothing(tmp_path: Path) -> None:
    texts = filled(tmp_path, 20)
    pool = Pool(tmp_path)
    pool._items._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(ProofsetError, match="full"):
        for number in range(2000):
            pool.admit(f"more{number}", words(5000 + number, 30))
    kept = len(pool)
    assert known_to(pool, *texts) == [f"n{number}" for number in range(20)]
    # What was not taken is not known.
    assert known_to(pool, words(5000 + kept - 20, 30)) == [None]
    pool.close()
    pool = Pool(tmp_path)
    assert len(pool) == kept
    pool.close()


def test_of_twins_that_race_one_is_taken(tmp_path: Path) -> None:
    assert race(tmp_path, 1000) == Race(1000, 0, 0)


def test_the_race_would_take_both_without_a_lock() -> None:
    assert race_unlocked(50) == Race(50, 50, 0)


def test_of_twins_in_two_processes_one_is_taken(tmp_path: Path) -> None:
    assert race_of_processes(tmp_path, 300) == Race(300, 0, 0)


def test_a_file_that_somebody_opens_at_the_same_time_is_waited_for(tmp_path: Path) -> None:
    """SQLite's own time-out does not hold for the switch to its write-ahead log."""
    first, second = (
        sqlite3.connect(tmp_path / "m.db", timeout=0, isolation_level=None, check_same_thread=False)
        for _ in range(2)
    )
    first.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        switch_to_wal(second, within_s=0)
    switching = threading.Thread(target=switch_to_wal, args=(second,), kwargs={"within_s": 60})
    switching.start()
    first.execute("COMMIT")
    switching.join()
    assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    first.close()
    second.close()


def test_kills_lose_nothing(tmp_path: Path) -> None:
    done = killed_writers(tmp_path / "pool", kills=6, seed=1)
    assert done.acknowledged > 6
    assert done == Kills(6, done.acknowledged, 0, 0, 0)


class AsAList(RuleBasedStateMachine):
    """Two open pools of one directory against a list and `rouge_score`."""

    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    texts = st.lists(st.sampled_from(["the", "a", "cat", "cats", "dog", "sat", "ran", "7"]), max_size=7).map(
        " ".join
    )
    names = st.sampled_from("abcdef")
    numbers = st.integers(0, 1)

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="pool-"))
        self.pools = [Pool(self.home), Pool(self.home)]
        self.model: dict[str, tuple[str, bool]] = {}

    def twin(self, text: str, but: str = "") -> str | None:
        best, found = 0.7, None
        for name, (known, _) in self.model.items():
            score = self.scorer.score(known, text)["rougeL"].fmeasure
            if name != but and score > best:
                best, found = score, name
        return found

    @rule(number=numbers, name=names, text=texts, kept=st.booleans())
    def take(self, number: int, name: str, text: str, kept: bool) -> None:
        pool = self.pools[number]
        take = pool.admit if kept else pool.reserve
        held = self.model.get(name)
        if held is not None and held[1] and held[0] != text:
            with pytest.raises(UsageError):
                take(name, text)
            return
        twin = take(name, text)
        if held is not None and held[0] == text:
            assert twin is None
            self.model[name] = (text, kept or held[1])
            return
        # What was reserved under this name is given up for the new text, and whoever is turned down has none.
        self.model.pop(name, None)
        expected = self.twin(text)
        assert (twin and twin.id) == expected
        if expected is None:
            self.model[name] = (text, kept)

    @rule(number=numbers, name=names)
    def keep(self, number: int, name: str) -> None:
        self.pools[number].keep([name])
        if name in self.model:
            self.model[name] = (self.model[name][0], True)

    @rule(number=numbers, name=names)
    def release(self, number: int, name: str) -> None:
        self.pools[number].release(name)
        if name in self.model and not self.model[name][1]:
            del self.model[name]

    @rule(number=numbers)
    def reopen(self, number: int) -> None:
        self.pools[number].close()
        self.pools[number] = Pool(self.home)

    @rule(number=numbers, text=texts)
    def look(self, number: int, text: str) -> None:
        found = self.pools[number].find(text)
        assert (found and found.id) == self.twin(text)

    @invariant()
    def as_many(self) -> None:
        assert {len(pool) for pool in self.pools} == {len(self.model)}

    def teardown(self) -> None:
        for pool in self.pools:
            pool.close()
        shutil.rmtree(self.home)


TestAsAList = AsAList.TestCase
TestAsAList.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=12))
def test_a_pool_that_is_opened_again_answers_alike(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    home = tmp_path_factory.mktemp("pool")
    pool = Pool(home)
    for number, text in enumerate(texts):
        pool.admit(str(number), text)
    first = known_to(pool, *texts)
    pool.close()
    pool = Pool(home)
    assert known_to(pool, *texts) == first
    pool.close()
