"""The built-in seed problems are right, varied and self-contained; bad seed files are refused by line."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rouge_score.rouge_scorer import RougeScorer

from proofset.errors import UsageError
from proofset.records import Answer, AnswerType
from proofset.seeds import SeedProblem, load_seed_problems

SEEDS = load_seed_problems()

# One process for many programs, since importing sympy costs more than running all of them.
RUNNER = """
import contextlib, io, json, sys
outputs = []
for program in json.load(sys.stdin):
    stream = io.StringIO()
    try:
        with contextlib.redirect_stdout(stream):
            exec(compile(program, "seed", "exec"), {"__name__": "__main__"})
        outputs.append(stream.getvalue().strip())
    except Exception as error:
        outputs.append(f"{type(error).__name__}: {error}")
json.dump(outputs, sys.stdout)
"""

NUMBER_WORDS = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?"
    r"|once|twice|thrice|half|halves|thirds?|quarters?|doubled?|tripled?)\b",
    re.IGNORECASE,
)


def run_all(programs: list[str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUNNER],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    outputs: list[str] = json.loads(done.stdout)
    return outputs


def stated_numbers(text: str) -> set[Fraction]:
    return {Fraction(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}


def literals(program: str) -> list[tuple[ast.Constant, Fraction]]:
    """The numeric literals of a program, those written as text (`Fraction("12.5")`) included."""
    found = []
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
            try:
                found.append((node, Fraction(str(node.value))))
            except ValueError:
                continue
    return found


def with_literal_moved(program: str, node: ast.Constant, value: Fraction) -> str:
    """The program with one literal replaced by one that is larger by 1."""
    lines = program.splitlines()
    row = node.lineno - 1
    moved = repr(str(value + 1)) if isinstance(node.value, str) else str(value + 1)
    lines[row] = lines[row][: node.col_offset] + moved + lines[row][node.end_col_offset :]
    return "\n".join(lines)


def test_size_topics_and_types() -> None:
    topics = Counter(seed.topic for seed in SEEDS)
    assert len(SEEDS) >= 60
    assert len(topics) >= 10
    assert min(topics.values()) >= 5
    assert len({seed.answer.type for seed in SEEDS}) >= 8
    assert [seed.id for seed in SEEDS] == [f"vm-seed-{n:03d}" for n in range(1, len(SEEDS) + 1)]


def test_no_two_problems_are_alike() -> None:
    scorer = RougeScorer(["rougeL"], use_stemmer=False)
    alike = [
        (a.id, b.id)
        for a, b in combinations(SEEDS, 2)
        if scorer.score(a.problem, b.problem)["rougeL"].fmeasure > 0.7
    ]
    assert not alike


def test_numbers_are_digits_and_stand_in_the_program() -> None:
    for seed in SEEDS:
        assert not NUMBER_WORDS.search(seed.problem), seed.id
        missing = stated_numbers(seed.problem) - {value for _, value in literals(seed.program)}
        assert not missing, f"{seed.id}: {missing}"


def test_programs_are_short_and_print_the_answer() -> None:
    assert all(2 <= len(seed.program.splitlines()) <= 10 for seed in SEEDS)
    outputs = run_all([seed.program for seed in SEEDS])
    wrong = [
        (seed.id, output, seed.answer.value)
        for seed, output in zip(SEEDS, outputs, strict=True)
        if output != seed.answer.value
    ]
    assert not wrong


def test_programs_compute_from_every_stated_number() -> None:
    moved = [
        (seed, value, with_literal_moved(seed.program, node, value))
        for seed in SEEDS
        for node, value in literals(seed.program)
        if value in stated_numbers(seed.problem)
    ]
    outputs = run_all([program for _, _, program in moved])
    followed = {
        (seed.id, value)
        for (seed, value, _), output in zip(moved, outputs, strict=True)
        if output != seed.answer.value
    }
    assert {(seed.id, value) for seed, value, _ in moved} == followed


def row(**changes: object) -> dict[str, object]:
    base = {"id": "a", "topic": "sums", "problem": "What is 1 + 2?", "answer": "3", "answer_type": "integer"}
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def write(path: Path, *rows: dict[str, object] | str) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


def test_own_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "own.jsonl",
        "",
        row(program="print(1 + 2)", source="mine"),
        "  \r",
        json.dumps(row(id="b", problem="Was\u2028ist 1 + 2?"), ensure_ascii=False),
        "",
    )
    answer = Answer(type=AnswerType.INTEGER, value="3")
    expected = (
        SeedProblem(id="a", topic="sums", problem="What is 1 + 2?", answer=answer, program="print(1 + 2)"),
        SeedProblem(id="b", topic="sums", problem="Was\u2028ist 1 + 2?", answer=answer),
    )
    assert load_seed_problems(path) == expected
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_seed_problems(path) == expected
    with pytest.raises(ValidationError):
        expected[0].topic = "other"


NEEDS = "each line needs id, topic, problem, answer, answer_type"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row(id="b", answer=None), f"missing field `answer`; {NEEDS}"),
        (row(id="b", answer_type=None), f"missing field `answer_type`; {NEEDS}"),
        (row(id="b", problem="  "), f"field `problem` is empty; {NEEDS}"),
        (row(id="b", answer=3), "field `answer` is not a text; put it in double quotes"),
        (
            row(id="b", answer="1" * 2001),
            "field `answer` is longer than 2000 characters; give the bare answer",
        ),
        (row(id="b", answer_type="int"), f"field `answer_type` is 'int'; use one of {', '.join(AnswerType)}"),
        (row(), "id 'a' is taken by line 1; give each line an id of its own"),
        ("{'id': 1}", "not valid JSON (Expecting property name enclosed in double quotes); "),
        ("[1]", f"not a JSON object; {NEEDS}"),
        ("[" * 200_000, "not valid JSON (nested too deeply); "),
    ],
)
def test_bad_line_is_named(tmp_path: Path, bad: dict[str, object] | str, message: str) -> None:
    path = write(tmp_path / "own.jsonl", row(), "", bad)
    with pytest.raises(UsageError) as caught:
        load_seed_problems(path)
    text = str(caught.value)
    assert text.startswith(f"{path} line 3: {message}")
    assert "\n" not in text


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty.jsonl", "", " ")
    with pytest.raises(UsageError, match=r"empty\.jsonl: holds no problems; each line needs id"):
        load_seed_problems(empty)
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(json.dumps(row()).encode() + b'\n{"id": "caf\xe9"}\n')
    with pytest.raises(UsageError, match=r"latin\.jsonl line 2: not UTF-8; save the file in UTF-8"):
        load_seed_problems(latin)
    with pytest.raises(UsageError, match=r"none\.jsonl: No such file or directory; give a JSONL file"):
        load_seed_problems(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match=r"Is a directory; give a JSONL file"):
        load_seed_problems(tmp_path)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.text(max_size=2), max_size=2)
)
LINES = st.one_of(
    st.fixed_dictionaries(
        {}, optional={name: VALUES | st.sampled_from(["a", "set"]) for name in (*row(), "program", "other")}
    ).map(lambda fields: json.dumps({**row(), **fields})),
    st.text(max_size=20),
)


@given(st.lists(LINES, max_size=3).map("\n".join), st.binary(max_size=2))
def test_any_file_loads_or_is_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, text: str, tail: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(text.encode() + tail)
    try:
        seeds = load_seed_problems(path)
    except UsageError as error:
        assert str(error).startswith(str(path))
        assert len(str(error).splitlines()) == 1
    else:
        assert len({seed.id for seed in seeds}) == len(seeds) > 0
        assert all(seed.topic and seed.problem and seed.answer.value for seed in seeds)
