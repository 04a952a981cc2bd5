"""`decontaminate`, as a function and as a command: which rows stay, byte for byte, and why the others go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from test_contamination import ITEM, words

import proofset
from proofset.cli import cli
from proofset.errors import UsageError

OTHER = ITEM.replace("12", "15").replace("9", "4").replace("7", "3").replace("10 on", "11 on")
ROWS = [
    {"id": 1, "instruction": "Say hello.", "output": "Hello."},
    {"id": 2, "instruction": "Go on.", "output": f"So: {ITEM}"},
    {"id": 3, "instruction": "Sort a list of names.", "output": words(40)},
    {"id": 4, "instruction": OTHER, "output": "5"},
]


def write(path: Path, rows: list[Any], more: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in rows) + more)
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write(tmp_path / "in.jsonl", ROWS)


@pytest.fixture
def evaluation(tmp_path: Path) -> Path:
    return write(tmp_path / "eval.jsonl", [{"question": words(30, "e"), "answer": "x"}, {"question": ITEM}])


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["decontaminate", *map(str, arguments)])


def test_clean_rows_stay_as_they_are(tmp_path: Path, data: Path, evaluation: Path) -> None:
    out = tmp_path / "out.jsonl"
    summary = proofset.decontaminate(data, out, against=[evaluation])
    lines = data.read_bytes().splitlines(keepends=True)
    assert out.read_bytes() == lines[0] + lines[2]
    assert (summary.rows, summary.kept, summary.dropped, summary.unreadable) == (4, 2, 2, 0)
    assert summary.reasons == {"whole_text": 1, "masked_numbers": 1}
    assert summary.evaluation_files == {str(evaluation): 2}
    first, second = read(Path(summary.dropped_file))
    assert (first["row"], first["code"], first["field"]) == (2, "whole_text", "output")
    assert (first["eval_file"], first["eval_row"], first["eval_field"]) == (str(evaluation), 2, "question")
    assert ROWS[1]["output"][first["start"] : first["end"]] == first["words"] == ITEM[:-1]  # type: ignore[index]
    assert first["reason"].startswith(f"output holds all of {evaluation}:2 (question): 'A baker fills 12")
    assert (second["row"], second["code"], second["numbers_differ"]) == (4, "masked_numbers", True)


def test_the_fields_that_are_named_are_checked(tmp_path: Path, data: Path, evaluation: Path) -> None:
    summary = proofset.decontaminate(
        data, tmp_path / "o.jsonl", against=[evaluation], fields=["instruction"], masked_n=0
    )
    assert summary.kept == 4
    summary = proofset.decontaminate(
        data, tmp_path / "o.jsonl", against=[evaluation], evaluation_fields=["answer"]
    )
    assert (summary.kept, summary.evaluation_items) == (4, 1)


def test_the_command_says_what_it_dropped(tmp_path: Path, data: Path, evaluation: Path) -> None:
    done = call(
        data, "--against", evaluation, "--out", tmp_path / "o.jsonl", "--dropped", tmp_path / "d.jsonl"
    )
    assert done.exit_code == 0, done.output
    first, last = done.stdout.splitlines()
    assert first == f"      2 rows dropped for {evaluation}"
    assert last.startswith("4 rows in ") and "against 2 evaluation items: 2 kept" in last
    assert "2 dropped (1 whole_text, 1 masked_numbers)" in last
    assert len(read(tmp_path / "d.jsonl")) == 2
    done = call(data, "--against", evaluation, "--out", tmp_path / "o.jsonl", "--json", "--masked-n", "0")
    summary = json.loads(done.stdout)
    assert (summary["event"], summary["kept"], summary["dropped"]) == ("summary", 3, 1)


def test_rows_that_cannot_be_read_are_kept_out_and_told(tmp_path: Path, evaluation: Path) -> None:
    data = write(tmp_path / "in.jsonl", ROWS[:1], b"oops\n" * 25 + b'{"output": "clean"}')
    done = call(data, "--against", evaluation, "--out", tmp_path / "o.jsonl", "--field", "output")
    assert done.exit_code == 1
    assert len(read(tmp_path / "o.jsonl")) == 2
    told = done.stderr.splitlines()
    assert told[0] == f"error: {data} line 2: no JSON: Expecting value at character 1; it is left out"
    assert len(told) == 21
    assert told[-1].startswith("error: 5 more rows are left out")
    assert "25 could not be read" in done.stdout
    dropped = read(tmp_path / "o.dropped.jsonl")
    assert [row["row"] for row in dropped] == list(range(2, 27))
    assert {row["code"] for row in dropped} == {"unreadable"}


def test_a_row_without_the_field_is_told(tmp_path: Path, data: Path, evaluation: Path) -> None:
    done = call(data, "--against", evaluation, "--out", tmp_path / "o.jsonl", "--field", "text")
    assert done.exit_code == 1
    assert "line 1: field `text` is missing; name one of id, instruction, output" in done.stderr


def test_evaluation_sets_of_any_form(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "hub"
    write(folder / "train.jsonl", [{"question": ROWS[2]["output"]}])
    write(folder / "test.jsonl", [{"question": ITEM}, {"answer": "no question"}])
    (folder / "README.md").write_text("about")
    (tmp_path / "list.json").write_text(
        json.dumps([{"prompt": [{"role": "user", "content": words(20, "e")}]}])
    )
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.txt").write_text(f"{words(5)}\n{ROWS[2]['output']}")
    done = call(
        data, "--against", folder, "--against", tmp_path / "list.json", "--against", tmp_path / "texts",
        "--out", tmp_path / "o.jsonl",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert f"note: {folder}/README.md is not read: no data file" in done.stderr
    assert f"note: {folder}/train.jsonl is not read: a training split" in done.stderr
    assert f"note: {folder}/test.jsonl line 2 is left out: none of the fields" in done.stderr
    assert f"      2 rows dropped for {folder}/test.jsonl" in done.stdout
    assert f"      0 rows dropped for {tmp_path}/list.json" in done.stdout
    assert f"      1 rows dropped for {tmp_path}/texts/a.txt" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl", "--against", "eval.jsonl", "--out", "o.jsonl"], "none.jsonl: cannot read it"),
        (["in.jsonl", "--against", "none", "--out", "o.jsonl"], "none: cannot read it"),
        (["in.jsonl", "--against", "eval.jsonl", "--out", "in.jsonl"], "it is read as well"),
        (["in.jsonl", "--against", "eval.jsonl", "--out", "eval.jsonl"], "it is read as well"),
        (["in.jsonl", "--against", "eval.jsonl", "--out", "o.jsonl", "--n", "2"], "fewer than 3 words"),
        (
            ["in.jsonl", "--against", "eval.jsonl", "--out", "o.jsonl", "--eval-field", "x"],
            "no evaluation item",
        ),
        (
            ["in.jsonl", "--against", "eval.jsonl", "--out", "o.jsonl", "--threshold", "0.8"],
            "give --semantic",
        ),
    ],
)
def test_wrong_usage(
    tmp_path: Path,
    data: Path,
    evaluation: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert isinstance(done.exception, UsageError)
    assert message in str(done.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["eval.jsonl", "in.jsonl"]


def test_progress_is_told_where_there_is_no_terminal(
    tmp_path: Path, evaluation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proofset.cli.filtering.PLAIN_SECONDS", 0.0)
    data = write(tmp_path / "in.jsonl", [{"text": words(5, k)} for k in range(600)])
    done = call(data, "--against", evaluation, "--out", tmp_path / "o.jsonl")
    told = done.stderr.splitlines()
    assert told[0].startswith("decontaminate: 256 rows, ")
    assert "256 kept, 0 dropped" in told[0]
    assert told[-1].endswith("100% of the file")


class _Same:
    """Embeds all texts alike."""

    name, dim = "same", 2

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.tile(np.array([1.0, 0.0], np.float32), (len(texts), 1))


def test_near_copies_by_an_embedder_of_ones_own(tmp_path: Path, data: Path, evaluation: Path) -> None:
    summary = proofset.decontaminate(
        data, tmp_path / "o.jsonl", against=[evaluation], embedder=_Same(), threshold=0.8
    )
    assert summary.kept == 0
    assert summary.reasons == {"semantic": 2, "whole_text": 1, "masked_numbers": 1}


def test_near_copies_by_the_default_embedder(tmp_path: Path, data: Path) -> None:
    pytest.importorskip("wordllama")
    evaluation = write(tmp_path / "eval.jsonl", [{"question": "Please sort this list of the names."}])
    done = call(
        data, "--against", evaluation, "--out", tmp_path / "o.jsonl", "--threshold", "0.7", "--semantic"
    )
    assert done.exit_code == 0, done.output
    (dropped,) = read(tmp_path / "o.dropped.jsonl")
    assert (dropped["row"], dropped["code"], dropped["field"]) == (3, "semantic", "instruction")
    assert dropped["score"] > 0.7
