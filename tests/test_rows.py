"""Rows: every form of file that people have gives the same rows; what is wrong with one costs no other."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.errors import UsageError
from proofset.memory.rows import BadRow, Missing, Row, all_texts, open_source, question_texts, texts_at
from proofset.memory.rows.filtering import filter_rows

VALUES = [{"question": 'one, two\n"three"', "n": "1"}, {"question": "été ½ 日本", "n": "2"}]


def rows_of(path: Path, **how: Any) -> list[Row | BadRow]:
    return [row for _, row in open_source(path, **how).rows()]


def values_of(path: Path, **how: Any) -> list[dict[str, Any]]:
    rows = rows_of(path, **how)
    assert all(isinstance(row, Row) for row in rows), rows
    return [dict(row.value) for row in rows if isinstance(row, Row)]


def lines(values: Any) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", lines(VALUES)),
        ("a.ndjson", b"\xef\xbb\xbf" + lines(VALUES).replace(b"\n", b"\r\n\r\n")),
        ("a.jsonl.gz", lines(VALUES).rstrip()),
        ("a.json", json.dumps(VALUES, indent=2).encode()),
        ("a.json.gz", b"\xef\xbb\xbf \n" + json.dumps(VALUES, ensure_ascii=False).encode()),
        ("a.json", lines(VALUES)),
        ("without_suffix", lines(VALUES)),
        ("a.csv", '\ufeffquestion,n\r\n"one, two\n""three""",1\r\n\r\nété ½ 日本,2'.encode()),
        ("a.tsv.gz", 'question\tn\n"one, two\n""three"""\t1\nété ½ 日本\t2\n'.encode()),
    ],
)
def test_every_form_gives_the_same_rows(tmp_path: Path, name: str, data: bytes) -> None:
    assert values_of(write(tmp_path / name, data)) == VALUES


def test_text_is_a_row_per_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"one\r\n\n two \xe2\x80\xa8 three\nlast")
    assert [(row.number, row.value) for row in rows_of(path) if isinstance(row, Row)] == [
        (1, {"text": "one"}),
        (3, {"text": " two \u2028 three"}),
        (4, {"text": "last"}),
    ]


@pytest.mark.parametrize("name", ["a.parquet", "stream.arrow", "file.arrow"])
def test_tables(tmp_path: Path, name: str) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = arrow.Table.from_pylist([{**VALUES[k % 2], "n": str(k)} for k in range(2500)])
    path = tmp_path / name
    if name == "a.parquet":
        parquet.write_table(table, path, row_group_size=300)
    else:
        new = arrow.ipc.new_stream if name.startswith("stream") else arrow.ipc.new_file
        with new(path, table.schema) as writer:
            writer.write_table(table)
    assert values_of(path) == table.to_pylist()
    assert rows_of(path)[-1].number == 2500
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(UsageError, match=name):
        rows_of(path)


def test_a_directory_of_a_hub(tmp_path: Path) -> None:
    write(tmp_path / "data/train-00000-of-00001.jsonl", lines([{"question": "train"}]))
    write(tmp_path / "data/test-00000-of-00001.jsonl", lines([{"question": "test"}]))
    write(tmp_path / "data/validation.csv", b"question\nvalidation\n")
    write(tmp_path / "dataset_info.json", b"{}")
    write(tmp_path / "README.md", b"about")
    write(tmp_path / ".cache/test.jsonl", lines([{"question": "cached"}]))
    write(tmp_path / "config.json", b'{\n "a": 1\n}')
    assert [v["question"] for v in values_of(tmp_path)] == ["test", "train", "validation"]
    source = open_source(tmp_path, splits="evaluation")
    assert [file.path.name for file in source.files] == ["test-00000-of-00001.jsonl", "validation.csv"]
    assert {(s.path.name, s.why) for s in source.skipped} == {
        ("README.md", "no data file"),
        ("config.json", "no data file"),
        ("dataset_info.json", "describes the data"),
        ("train-00000-of-00001.jsonl", "a training split"),
    }


def test_a_directory_with_nothing_but_training_is_read(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", lines(VALUES))
    assert values_of(tmp_path, splits="evaluation") == VALUES


def test_a_directory_of_texts_is_a_text_per_file(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", b"one\ntwo\n")
    write(tmp_path / "a/c.txt", b"three")
    write(tmp_path / "bad.txt", b"\xff")
    found = rows_of(tmp_path)
    assert [row.value["text"] for row in found if isinstance(row, Row)] == ["three", "one\ntwo\n"]
    assert [row.reason for row in found if isinstance(row, BadRow)] == ["no UTF-8 at byte 0"]


GOOD = b'{"text": "good"}'


@pytest.mark.parametrize(
    ("name", "data", "number", "reason"),
    [
        ("a.jsonl", b"\n{\n" + GOOD, 2, "no JSON: Expecting property name"),
        ("a.jsonl", GOOD + b"\n\xff\xfe\n" + GOOD, 2, "no UTF-8 at byte 0"),
        ("a.jsonl", b'{"a": 1, "a": 2}\n' + GOOD, 1, "key 'a' stands twice"),
        ("a.jsonl", b'{"a": {"b": 1, "b": 1}}\n' + GOOD, 1, "key 'b' stands twice"),
        ("a.jsonl", b"[1]\n" + GOOD, 1, "a JSON list where an object belongs"),
        ("a.jsonl", b'"' + b"x" * 9_000_000 + b'"\n' + GOOD, 1, "longer than 8 MiB"),
        ("a.jsonl", b"[" * 100_000 + b"\n" + GOOD, 1, "no JSON that can be read"),
        ("a.json", b"[" + GOOD + b', 5, {"a": 1, "a": 2}, ' + GOOD + b"]", 2, "a JSON int where"),
        ("a.json", b'[{"a": 1, "a": 2}, ' + GOOD + b"]", 1, "key 'a' stands twice"),
        ("a.json", b'[{"text": "\xff"}, ' + GOOD + b"]", 1, "no UTF-8"),
        ("a.json", b"[" + GOOD + b", {oops}, " + GOOD + b"]", 2, "what follows it cannot be read"),
        ("a.json", b"[" + GOOD + b" " + GOOD + b"]", 2, "does not go on with , or ]"),
        ("a.json", b"[" + GOOD, 2, "does not go on with , or ]"),
        ("a.csv", b"text,n\none\ngood,2\n", 2, "1 cells where the header has 2"),
        ("a.csv", b'text,n\n"a\nb",1,\ngood,2\n', 2, "3 cells where the header has 2"),
        ("a.csv", b"text,n\n\xff,1\ngood,2\n", 2, "no UTF-8 at byte 0"),
        ("a.txt", b"\xff\ngood\n", 1, "no UTF-8 at byte 0"),
    ],
)
def test_a_bad_row_is_told_and_costs_no_other(
    tmp_path: Path, name: str, data: bytes, number: int, reason: str
) -> None:
    found = rows_of(write(tmp_path / name, data))
    bad = [row for row in found if isinstance(row, BadRow)]
    assert bad[0].number == number
    assert reason in bad[0].reason
    assert any(isinstance(row, Row) and row.value["text"] == "good" for row in found)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("none.jsonl", None, "No such file"),
        ("a.exe", b"MZ", "no kind of data file"),
        ("a.json", b'{\n  "a": 1\n}', "one JSON object over several lines"),
        ("a.csv", b"", "no header"),
        ("a.csv", b"a,a\n1,2\n", "names 'a' twice"),
        ("a.csv", b"\xff\n1\n", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=message) as error:
        open_source(path)
    assert str(path) in str(error.value)


def test_a_broken_gzip_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(VALUES))[:-12])
    with pytest.raises(UsageError, match="cannot read it"):
        rows_of(path)
    with pytest.raises(UsageError, match="no data file"):
        open_source(write(tmp_path / "empty/readme", b"").parent)


json_values = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=4), json_values, max_size=4), max_size=5),
    st.sampled_from([None, 1, "\t"]),
)
def test_a_list_of_any_objects(tmp_path_factory: pytest.TempPathFactory, values: Any, indent: Any) -> None:
    path = tmp_path_factory.mktemp("x") / "a.json"
    path.write_text(json.dumps(values, indent=indent))
    rows = rows_of(path)
    assert [row.value for row in rows if isinstance(row, Row)] == values
    assert [json.loads(row.raw or b"") for row in rows if isinstance(row, Row)] == values


def test_a_list_longer_than_a_chunk(tmp_path: Path) -> None:
    values = [{"text": "é" * (k * 40_000)} for k in range(40)]
    assert values_of(write(tmp_path / "a.json", json.dumps(values, ensure_ascii=False).encode())) == values
    found = rows_of(write(tmp_path / "a.json", b'["' + b"x" * 20_000_000 + b'", "y"]'))
    assert isinstance(found[0], BadRow)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"instruction": "i", "input": "x", "output": "o"}, [("instruction", "i"), ("input", "x")]),
        ({"instruction": "i", "input": " "}, [("instruction", "i")]),
        ({"text": "t", "question": "q", "problem": ""}, [("question", "q")]),
        ({"problem": "p", "question": "q"}, [("problem", "p")]),
        (
            {"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]},
            [("prompt.1.content", "u")],
        ),
        (
            {"conversations": [{"from": "human", "value": "h"}, {"from": "gpt", "value": "g"}]},
            [("conversations.0.value", "h")],
        ),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "part"}, {"type": "image"}]}
                ]
            },
            [("messages.0.content.0.text", "part")],
        ),
        ({"text": "half \ud800"}, [("text", "half \ufffd")]),
    ],
)
def test_what_a_row_asks(value: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert question_texts(value) == tuple(expected)


def test_a_row_that_asks_nothing() -> None:
    found = question_texts({"id": 1, "answer": "x", "messages": [{"role": "assistant", "content": "a"}]})
    assert isinstance(found, Missing)
    assert "name one of id, answer, messages" in found.reason


def test_fields_by_path() -> None:
    value = {"a": {"b": "deep"}, "a.c": "dotted", "turns": [{"say": "1"}, {"say": "2"}], "n": 5, "none": None}
    assert texts_at(value, ["a.b", "a.c"]) == (("a.b", "deep"), ("a.c", "dotted"))
    assert texts_at(value, ["turns.say"]) == (("turns.0.say", "1"), ("turns.1.say", "2"))
    assert texts_at(value, ["turns.1.say"]) == (("turns.1.say", "2"),)
    assert texts_at(value, ["none", "a.b"]) == (("a.b", "deep"),)
    for field, reason in [
        ("x", "`x` is missing"),
        ("n", "is a int, no text"),
        ("none", "is empty"),
        ("turns.9.say", "missing"),
    ]:
        found = texts_at(value, [field])
        assert isinstance(found, Missing)
        assert reason in found.reason


def test_all_texts_of_a_row() -> None:
    assert all_texts({"a": " ", "b": ["x", {"c": "y"}], "n": 1}) == (("b.0", "x"), ("b.1.c", "y"))


@pytest.mark.parametrize(
    ("name", "out", "data", "expected"),
    [
        (
            "a.jsonl",
            "o.jsonl",
            b'{"a":1 ,"b":NaN}\r\n\n{"a" : "\\u00e9"}',
            b'{"a":1 ,"b":NaN}\r\n{"a" : "\\u00e9"}',
        ),
        ("a.json", "o.jsonl", b'[{"a":\n1.00},\n {"b": 2}]', b'{"a": 1.00}\n{"b": 2}\n'),
        ("a.txt", "o.txt", b"x\r\ny", b"x\r\ny"),
        ("a.txt", "o.jsonl", b"x\r\ny", b'{"text": "x"}\n{"text": "y"}\n'),
        ("a.csv", "o.csv", b'a,b\n1,"2\n3"\n', b'a,b\n1,"2\n3"\n'),
        ("a.csv", "o.jsonl", b'a,b\n1,"2\n3"\n', b'{"a": "1", "b": "2\\n3"}\n'),
    ],
)
def test_kept_rows_go_out_as_they_stand(
    tmp_path: Path, name: str, out: str, data: bytes, expected: bytes
) -> None:
    source = open_source(write(tmp_path / name, data))
    target = tmp_path / out
    filter_rows(source, target, tmp_path / "d.jsonl", lambda batch: [None] * len(batch))
    assert target.read_bytes() == expected
    assert (tmp_path / "d.jsonl").read_bytes() == b""


def test_rows_of_one_form_do_not_go_into_another(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.jsonl", lines(VALUES)))
    for out, message in [
        ("o.csv", "name it .jsonl"),
        ("a.jsonl", "it is read as well"),
        ("d.jsonl", "file of its own"),
        ("no/o.jsonl", "cannot write it"),
    ]:
        with pytest.raises(UsageError, match=message):
            filter_rows(source, tmp_path / out, tmp_path / "d.jsonl", lambda batch: [None] * len(batch))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl"]


def test_no_file_of_a_directory_that_is_read_is_written_over(tmp_path: Path) -> None:
    folder, dropped = tmp_path / "in", tmp_path / "d.jsonl"
    path = write(folder / "a.jsonl", lines(VALUES))
    with pytest.raises(UsageError, match="it is read as well"):
        filter_rows(open_source(folder), path, dropped, lambda batch: [None] * len(batch))
    done = filter_rows(open_source(folder), folder / "o.jsonl", dropped, lambda batch: [None] * len(batch))
    assert (done.kept, (folder / "o.jsonl").read_bytes()) == (2, lines(VALUES))


def test_a_filter_that_fails_leaves_the_files_as_they_were(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.jsonl", lines(VALUES)))
    out = write(tmp_path / "o.jsonl", b"before")
    with pytest.raises(RuntimeError):
        filter_rows(source, out, tmp_path / "d.jsonl", _fails)
    assert out.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "o.jsonl"]


def _fails(batch: object) -> Any:
    raise RuntimeError
