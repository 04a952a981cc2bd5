"""`dedup`, as a function and as a command: the first of each group stays, byte for byte."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

import proofset
from proofset.cli import cli
from proofset.errors import UsageError
from proofset.memory.dedup.exact import SeenTexts

ROWS = [
    {"id": 1, "instruction": "Write a poem about the sea and its many colours."},
    {"id": 2, "instruction": "List three uses of copper wire."},
    {"id": 3, "instruction": "Write a poem about the sea and its many colours."},
    {"id": 4, "instruction": "Write poems about the seas and their many colours."},
    {"id": 5, "instruction": "解释光合作用的过程。"},
    {"id": 6, "instruction": "解释光合作用的过程！"},
    {"id": 7, "instruction": "List three uses of copper wire.", "output": "other"},
]


def write(path: Path, rows: list[Any], more: bytes = b"") -> Path:
    path.write_bytes(b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows) + more)
    return path


def read(path: Path | str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write(tmp_path / "in.jsonl", ROWS)


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["dedup", *map(str, arguments)])


def test_the_first_of_each_group_stays(tmp_path: Path, data: Path) -> None:
    summary = proofset.dedup(data, tmp_path / "o.jsonl")
    lines = data.read_bytes().splitlines(keepends=True)
    assert (tmp_path / "o.jsonl").read_bytes() == lines[0] + lines[1] + lines[4]
    assert (summary.rows, summary.kept, summary.dropped) == (7, 3, 4)
    assert summary.reasons == {"exact": 2, "rouge-l": 1, "rouge-l-unicode": 1}
    dropped = read(summary.dropped_file)
    assert [(d["row"], d["repeats_row"], d["rule"]) for d in dropped] == [
        (3, 1, "exact"),
        (4, 1, "rouge-l"),
        (6, 5, "rouge-l-unicode"),
        (7, 2, "exact"),
    ]
    assert all(d["repeats_file"] == str(data) for d in dropped)
    assert 0.7 < dropped[1]["score"] < 1
    assert dropped[1]["reason"] == f"rouge-l {dropped[1]['score']:.3f} to {data}:1"


def test_stems_and_threshold(tmp_path: Path, data: Path) -> None:
    out = tmp_path / "o.jsonl"
    assert 4 in [row["id"] for row in read(proofset.dedup(data, out, stem=False).out)]
    assert 4 in [row["id"] for row in read(proofset.dedup(data, out, threshold=0.95).out)]


def test_the_threshold_itself_stays(tmp_path: Path) -> None:
    words = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    near = [*words[:7], "x", "y", "z"]
    data = write(tmp_path / "in.jsonl", [{"instruction": " ".join(each)} for each in (words, near)])
    assert proofset.dedup(data, tmp_path / "o.jsonl").kept == 2
    assert proofset.dedup(data, tmp_path / "o.jsonl", threshold=0.69).kept == 1


def test_against_pools(tmp_path: Path, data: Path) -> None:
    pool = write(
        tmp_path / "pool.jsonl", [{"instruction": "x"}, {"instruction": "List three uses of copper wires!"}]
    )
    more = write(tmp_path / "more.jsonl", [{"text": "no instruction"}, ROWS[4]])
    done = call(data, "--out", tmp_path / "o.jsonl", "--against", pool, "--against", more)
    assert done.exit_code == 0, done.output
    assert [row["id"] for row in read(tmp_path / "o.jsonl")] == [1]
    assert f"note: {more} line 1 is not compared with: field `instruction` is missing" in done.stderr
    assert "against 3 known texts: 1 kept" in done.stdout
    repeats = {(d["row"], d["repeats_file"], d["repeats_row"]) for d in read(tmp_path / "o.dropped.jsonl")}
    assert {
        (2, str(pool), 2),
        (7, str(pool), 2),
        (5, str(more), 2),
        (6, str(more), 2),
        (3, str(data), 1),
    } <= repeats


def test_fields_are_compared_together(tmp_path: Path) -> None:
    rows = [
        {"instruction": "Sum it up.", "input": each}
        for each in ("The cat sat.", "Rates rose again.", "The cat sat.")
    ]
    data = write(tmp_path / "in.jsonl", rows)
    assert proofset.dedup(data, tmp_path / "o.jsonl").kept == 1
    summary = proofset.dedup(data, tmp_path / "o.jsonl", fields=["instruction", "input"])
    assert (summary.kept, summary.reasons) == (2, {"exact": 1})
    assert proofset.dedup(data, tmp_path / "o.jsonl", fields="input").kept == 2


def test_rows_that_cannot_be_read_are_kept_out_and_told(tmp_path: Path) -> None:
    data = write(tmp_path / "in.jsonl", [ROWS[0], {"id": 9}, ROWS[2]], b"oops\n")
    done = call(data, "--out", tmp_path / "o.jsonl")
    assert done.exit_code == 1
    assert [row["id"] for row in read(tmp_path / "o.jsonl")] == [1]
    assert f"error: {data} line 2: field `instruction` is missing; name one of id" in done.stderr
    assert f"error: {data} line 4: no JSON" in done.stderr
    assert "4 rows in " in done.stdout and "1 dropped (1 exact), 2 could not be read" in done.stdout
    assert [(d["row"], d["code"]) for d in read(tmp_path / "o.dropped.jsonl")] == [
        (2, "unreadable"),
        (3, "exact"),
        (4, "unreadable"),
    ]


def test_the_summary_as_json(tmp_path: Path, data: Path) -> None:
    done = call(data, "--out", tmp_path / "o.jsonl", "--json", "--dropped", tmp_path / "d.jsonl")
    summary = json.loads(done.stdout)
    assert (summary["event"], summary["kept"], summary["dropped"]) == ("summary", 3, 4)
    assert summary["dropped_file"] == str(tmp_path / "d.jsonl")


def test_texts_of_plain_files(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(b"one line\r\ntwo\none line\nno end")
    assert proofset.dedup(tmp_path / "in.txt", tmp_path / "o.txt").kept == 3
    assert (tmp_path / "o.txt").read_bytes() == b"one line\r\ntwo\nno end"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl", "--out", "o.jsonl"], "none.jsonl: cannot read it"),
        (["in.jsonl", "--out", "in.jsonl"], "it is read as well"),
        (["in.jsonl", "--out", "o.jsonl", "--threshold", "7"], "give a number above 0 and up to 1"),
        (["in.jsonl", "--out", "o.jsonl", "--against", "none.jsonl"], "none.jsonl: cannot read it"),
        (["in.jsonl", "--out", "o.jsonl", "--against", "in.jsonl", "--field", "x"], "no row has the field"),
    ],
)
def test_wrong_usage(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert isinstance(done.exception, UsageError)
    assert message in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


WORDS = ["sum", "sums", "the", "list", "lists", "7", "of", "numbers", "sort", "sorted"]


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), max_size=14), st.booleans())
def test_as_rouge_score_decides(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], stem: bool
) -> None:
    folder = tmp_path_factory.mktemp("x")
    scorer = RougeScorer(["rougeL"], use_stemmer=stem)
    kept: list[int] = []
    for number, text in enumerate(texts):
        known = [texts[k] for k in kept]
        if text not in known and all(scorer.score(each, text)["rougeL"].fmeasure <= 0.7 for each in known):
            kept.append(number)
    data = write(folder / "in.jsonl", [{"n": n, "instruction": text} for n, text in enumerate(texts)])
    summary = proofset.dedup(data, folder / "o.jsonl", stem=stem)
    assert [row["n"] for row in read(summary.out)] == kept
    assert all(d["repeats_row"] - 1 in kept for d in read(summary.dropped_file))


def test_seen_texts_survive_merging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofset.memory.dedup.exact._RECENT", 50)
    draw, seen, first = random.Random(1), SeenTexts(), dict[str, int]()
    for number in range(2000):
        text = f"text {draw.randrange(900)} \ud800"
        assert seen.first(text, number) == first.setdefault(text, number)
    assert len(seen) == len(first)


def test_by_meaning(tmp_path: Path) -> None:
    pytest.importorskip("wordllama")
    rows = [
        "Is 17 a prime number? Explain why.",
        "Is 18 a prime number? Explain why.",
        "Explain the process of photosynthesis in plants.",
        "Explain in plants the process of photosynthesis.",
        "Name a river in Asia.",
    ]
    data = write(tmp_path / "in.jsonl", [{"n": n, "instruction": text} for n, text in enumerate(rows)])
    done = call(data, "--out", tmp_path / "o.jsonl", "--semantic")
    assert done.exit_code == 0, done.output
    assert [row["n"] for row in read(tmp_path / "o.jsonl")] == [0, 1, 2, 4]
    (dropped,) = read(tmp_path / "o.dropped.jsonl")
    assert (dropped["row"], dropped["repeats_row"], dropped["rule"]) == (4, 3, "semantic")
    done = call(data, "--out", tmp_path / "o.jsonl", "--semantic", "word2vec")
    assert isinstance(done.exception, UsageError)
