"""The corpus: segments are exact slices of their files; what is wrong in one is told and goes no further."""

from __future__ import annotations

import json
import os
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.corpus import Corpus, Cut, Rules, Span, TextLine, open_corpus, spans_in
from proofset.errors import ProofsetError, UsageError
from proofset.records import text_sha256, well_formed

LOOSE = Rules(least=1, most=120, letters=0.0, capitals=1.0)
PROSE = "The shed stands by the water, and the boats lie in it all winter long. "
MARKS = ["", "  ", "# Head", "## Sub ##", "Title", "=====", "---", "```", "```py", "~~~", "~~~~"]
LINES = st.lists(
    st.one_of(st.sampled_from(MARKS), st.text(max_size=60).map(lambda text: text.replace("\n", " "))),
    max_size=40,
)


def text_lines(text: str) -> list[TextLine]:
    lines, at = [], 0
    for number, line in enumerate(_split(text), start=1):
        lines.append(TextLine(number, line, at, at + len(line.rstrip()), at + len(line)))
        at += len(line)
    return lines


def _split(text: str) -> list[str]:
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + ([last] if last else [])


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.integers(1, 60), st.integers(20, 200))
def test_a_segment_is_an_exact_slice_of_its_text(lines: list[str], end: str, least: int, most: int) -> None:
    text = end.join(lines)
    found = list(spans_in(text_lines(text), Rules(least=least, most=max(least, most))))
    spans = [part for part in found if isinstance(part, Span)]
    for span in spans:
        assert text[span.start : span.end] == span.text
        assert least <= len(span.text) <= max(least, most)
        assert span.text == span.text.rstrip() and span.text.partition("\n")[0].strip()
        assert text.count("\n", 0, span.start) + 1 == span.line
    assert all(before.end <= after.start for before, after in pairwise(spans))


@given(LINES)
def test_no_words_are_lost_but_those_of_headings(lines: list[str]) -> None:
    """With bounds that hold everything, the segments one after the other are the text."""
    body = "\n\n".join(line for line in lines if not line.startswith(("#", "=", "-", "`", "~", " ")))
    found = list(spans_in(text_lines(body), Rules(least=1, most=100_000)))
    spans = [part.text for part in found if isinstance(part, Span)]
    assert len(spans) == len(found)
    assert "".join(spans).split() == body.split()


def test_segments_are_cut_at_headings_which_are_their_hint() -> None:
    text = "# Boats\n\nOne.\n\n## Sheds\n\nTwo.\n\n### Posts\nThree.\n\n## Tar ##\nFour.\n\n"
    text += "Oars\n----\n\nFive.\n"
    spans = [part for part in spans_in(text_lines(text), LOOSE) if isinstance(part, Span)]
    assert [(span.heading, span.text) for span in spans] == [
        ("Boats", "One."),
        ("Boats > Sheds", "Two."),
        ("Boats > Sheds > Posts", "Three."),
        ("Boats > Tar", "Four."),
        ("Boats > Oars", "Five."),
    ]


def test_headings_inside_code_are_none() -> None:
    text = "# Use\n\nRun it:\n\n```sh\n# not a heading\n\nls\n```\n\nDone.\n"
    (span,) = [part for part in spans_in(text_lines(text), LOOSE) if isinstance(part, Span)]
    assert span.text == "Run it:\n\n```sh\n# not a heading\n\nls\n```\n\nDone."


def test_what_is_too_long_is_cut_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {number}: {'word ' * 9}end." for number in range(5)]
    found = list(spans_in(text_lines("\n\n".join(paragraphs)), LOOSE))
    spans = [part.text for part in found if isinstance(part, Span)]
    assert "\n\n".join(spans) == "\n\n".join(paragraphs)
    assert len(spans) > 1 and all(len(span) <= 120 for span in spans)
    huge = list(spans_in(text_lines("Fine.\n\n" + "word " * 60 + "\n\nFine again.\n"), LOOSE))
    assert [part.code if isinstance(part, Cut) else "text" for part in huge] == ["text", "too_long", "text"]


def corpus(tmp_path: Path, name: str, data: bytes, rules: Rules | None = None) -> Corpus:
    (tmp_path / name).write_bytes(data)
    return open_corpus([str(tmp_path)], rules or Rules(least=20, most=400))


@pytest.mark.parametrize(
    ("name", "data", "line", "code"),
    [
        ("a.md", b"", 0, "empty_file"),
        ("a.md", b" \n\n", 0, "empty_file"),
        ("a.txt", b"one\ntwo \0 three\n", 2, "binary"),
        ("a.md", "größe\n".encode("latin-1"), 1, "not_utf8"),
        ("a.txt", "naïve text\n".encode("utf-16"), 1, "binary"),
        ("a.jsonl", b'{"text": 1}\n', 1, "no_text"),
        ("a.jsonl", b'{"text": "x \\ud800 y"}\n', 1, "no_text"),
        ("a.jsonl", b'\n{"text": \n', 2, "no_row"),
        ("a.jsonl", b"[1]\n", 1, "no_row"),
        ("a.jsonl", b"[" * 100_000 + b"\n", 1, "no_row"),
        ("a.jsonl", b'{"text": "gr\xf6\xdfe"}\n', 1, "no_row"),
        ("a.py", b"def f(:\n", 0, "not_python"),
        ("a.py", b"(" * 50_000, 0, "not_python"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_names_the_place(
    tmp_path: Path, name: str, data: bytes, line: int, code: str
) -> None:
    (tmp_path / "b.txt").write_text(PROSE)
    found = corpus(tmp_path, name, data)
    (left,) = found.told
    assert (left.line, left.code) == (line, code)
    assert found.left[code] == 1
    told = str(left)
    assert "\n" not in told and told.startswith(str(tmp_path / name)) and told.endswith("it is left out")
    # The rest of the corpus goes on.
    assert [found.segment(n).text for n in range(len(found))] == [PROSE.strip()]


@pytest.mark.parametrize("name", ["long.jsonl", "long.txt"])
def test_a_line_of_200_mb_is_told_and_memory_stays_bounded(tmp_path: Path, name: str) -> None:
    row = (json.dumps({"text": PROSE}) if name.endswith("jsonl") else PROSE).encode()
    with (tmp_path / name).open("wb") as file:
        file.write(row + b"\n\n")
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b"\n\n" + row.replace(b"shed", b"barn") + b"\n")
    tracemalloc.start()
    try:
        found = open_corpus([str(tmp_path)], Rules(least=20, most=400))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000
    (left,) = found.told
    assert (left.line, left.code) == (3, "line_too_long")
    assert [found.segment(n).text for n in range(2)] == [PROSE.strip(), PROSE.replace("shed", "barn").strip()]


def test_a_bad_line_takes_its_paragraph_with_it_and_no_other(tmp_path: Path) -> None:
    data = f"{PROSE}\n\n{PROSE}\n".encode() + b"bad \xff line\n" + f"{PROSE}\n\nAnd {PROSE}\n".encode()
    found = corpus(tmp_path, "a.txt", data)
    assert [found.segment(n).text for n in range(len(found))] == [PROSE.strip(), f"And {PROSE}".strip()]
    assert (found.left["not_utf8"], found.left["beside_a_bad_line"]) == (1, 1)


@given(st.lists(LINES, min_size=1, max_size=3), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_read_is_what_stands_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, documents: list[list[str]], end: str, mark: bool
) -> None:
    """Bytes of text files, characters of rows: whatever stands around them."""
    folder = tmp_path_factory.mktemp("corpus")
    texts = [well_formed(end.join(lines)).replace("\0", "") for lines in documents]
    start = "\ufeff" if mark else ""
    (folder / "a.md").write_bytes((start + texts[0]).encode())
    rows = "".join(json.dumps({"text": text}, ensure_ascii=mark) + "\n" for text in texts)
    (folder / "b.jsonl").write_bytes((start + rows).encode())
    found = open_corpus([str(folder)], Rules(least=1, most=90, letters=0.0, capitals=1.0))
    for number in range(len(found)):
        segment = found.segment(number)
        if segment.source.path.endswith(".md"):
            data = (folder / "a.md").read_bytes()
            assert segment.text.encode() in data
        else:
            assert segment.text in texts[segment.source.line - 1]
        assert segment.source.sha256 == text_sha256(segment.text)


def test_names_of_files_are_told_as_text(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(PROSE)
    (tmp_path / os.fsdecode(b"odd\xff\n.txt")).write_text(PROSE.replace("shed", "barn"))
    (tmp_path / os.fsdecode(b"odder\xff\n.txt")).write_bytes(b"")
    found = open_corpus([str(tmp_path)], Rules(least=20, most=400))
    paths = [found.segment(number).source.path for number in range(2)]
    assert Path(paths[1]).name == "odd\ufffd .txt"
    (left,) = found.told
    assert "\n" not in str(left) and str(left).encode()


def test_copies_are_kept_once_however_they_are_broken_into_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE * 2)
    found = corpus(tmp_path, "b.txt", (PROSE * 2).replace(", and", ",\nand").encode())
    assert (len(found), found.left["duplicate"]) == (1, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("# A\n\n| 1 | 2 |\n| 33 | 4444 |\n| 5 | 66666 |\n", "few_letters"),
        ("# A\n\nThe boats need these things each winter:\n", "ends_in_colon"),
        (f"# SUBSCRIBE NOW\n\n{PROSE}\n", "capitals_in_heading"),
        ("# A\n\nbeep \x07 and another word here\n", "control_characters"),
        ("# A\n\nToo short.\n", "too_short"),
    ],
)
def test_what_is_no_text_to_learn_from_is_counted(tmp_path: Path, text: str, code: str) -> None:
    found = corpus(tmp_path, "a.md", text.encode())
    assert (len(found), dict(found.left)) == (0, {code: 1})


def test_licence_and_source_come_from_rows_front_matter_or_settings(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: x\nlicense: MIT\n---\n# Boats\n\n{PROSE}\n")
    (tmp_path / "b.txt").write_text(f"Here {PROSE}")
    row = {"text": f"There {PROSE}", "licence": "CC0", "url": "https://texts.example/1", "title": "Winter"}
    (tmp_path / "c.jsonl").write_text(json.dumps(row) + "\n")
    found = open_corpus([str(tmp_path)], Rules(least=20, most=400, licence="CC BY 4.0"))
    sources = [found.segment(number).source for number in range(3)]
    assert [(one.licence, one.heading, one.url) for one in sources] == [
        ("MIT", "Boats", ""),
        ("CC BY 4.0", "", ""),
        ("CC0", "Winter", "https://texts.example/1"),
    ]
    assert [Path(one.path).name for one in sources] == ["a.md", "b.txt", "c.jsonl"]


def test_a_file_that_changes_meanwhile_is_named(tmp_path: Path) -> None:
    found = corpus(tmp_path, "a.txt", PROSE.encode())
    (tmp_path / "a.txt").write_text(PROSE.replace("shed", "barn"))
    with pytest.raises(ProofsetError, match=r"a\.txt line 1: the corpus has changed"):
        found.segment(0)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(ProofsetError, match="the corpus has changed"):
        found.segment(0)


def test_paths_may_be_given_several_times_and_each_file_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "b.txt").write_text(PROSE.replace("shed", "barn"))
    found = open_corpus([str(tmp_path), str(tmp_path / "a.txt")], Rules(least=20, most=400))
    assert (len(found), found.left["duplicate"]) == (1, 0)
    with pytest.raises(UsageError, match=r"--corpus .*nothing: no such file"):
        open_corpus([str(tmp_path / "nothing")], Rules())


FUNCTIONS = '''import math
LIMIT = 3


def kept(values: list[int]) -> int:
    # Counts what is large.
    best = [value for value in values if value > 3]
    return len(best)


def told(value: int) -> int:
    """It has a docstring, which says what it does."""
    return value + 1


def needs(value: int) -> float:
    most = value + value + value + value
    return math.sqrt(most) + LIMIT


def prints(value: int) -> int:
    print("a side effect that nobody sees", value)
    return value + value


def endless(value: int):
    while value > 0:
        yield value
        value -= 1


def rest(*values: int) -> int:
    total = sum(values) + len(values)
    return total


def silent(values: list[int]) -> None:
    values.append(1)
    values.append(2)


@property
def decorated(value: int) -> int:
    doubled = value + value
    return doubled


def own_import(value: float) -> float:
    from math import floor
    return floor(value) + 0.5
'''


def test_functions_without_a_docstring_that_stand_alone_are_segments(tmp_path: Path) -> None:
    found = corpus(tmp_path, "a.py", FUNCTIONS.replace("\n", "\r\n").encode())
    segments = [found.segment(number) for number in range(len(found))]
    assert [segment.source.heading for segment in segments] == ["kept", "own_import"]
    assert segments[0].kind == "code"
    start = FUNCTIONS.index("def kept")
    whole = FUNCTIONS[start : FUNCTIONS.index("\n\n\ndef told")].replace("\n", "\r\n")
    assert segments[0].text == whole
    assert dict(found.left) == {
        "has_docstring": 1,
        "needs_its_module": 2,
        "generator": 1,
        "other_arguments": 1,
        "returns_nothing": 1,
        "async_or_decorated": 1,
    }


def test_scanning_code_never_runs_it(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    opens = f"open({str(trap)!r}, 'w')"
    code = f"{opens}\n\ndef f(value: int = {opens}) -> int:\n    value += 1\n    return value\n"
    corpus(tmp_path, "a.py", code.encode())
    assert not trap.exists()
