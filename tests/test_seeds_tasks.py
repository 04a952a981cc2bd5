"""The built-in seed tasks are right, varied and unlike each other; bad task files are refused by line."""

from __future__ import annotations

import ast
import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from proofset.errors import UsageError
from proofset.memory.novelty import LexicalIndex
from proofset.records import Outcome
from proofset.seeds import SeedTask, load_seed_tasks
from proofset.tools.programs import Mode, SuiteResult, check_solution
from proofset.tools.programs.asserts import Asserts, read_asserts
from proofset.tools.programs.examples import Example, examples_in
from proofset.tools.programs.stubs import stub_that_passes
from proofset.tools.sandbox import Sandbox

TASKS = load_seed_tasks()
IMPORTS = {"math", "collections", "itertools", "re", "string", "functools", "heapq", "bisect"}


def head(task: SeedTask) -> ast.FunctionDef:
    node = ast.parse(f"{task.signature}\n    pass").body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def lines_of(task: SeedTask) -> int:
    return sum(1 for line in task.solution.splitlines() if line.strip())


def stated_examples(task: SeedTask) -> tuple[Example, ...]:
    return examples_in(task.problem, task.entry_point)


def test_size_topics_and_lengths() -> None:
    topics = Counter(task.topic for task in TASKS)
    assert len(TASKS) >= 72
    assert len(topics) >= 12
    assert min(topics.values()) >= 4
    assert [task.id for task in TASKS] == [f"vc-seed-{n:03d}" for n in range(1, len(TASKS) + 1)]
    assert len({task.entry_point for task in TASKS}) == len(TASKS)
    assert max(lines_of(task) for task in TASKS) <= 20
    assert sum(lines_of(task) <= 6 for task in TASKS) >= len(TASKS) / 2
    assert all(len(set(task.tests)) == len(task.tests) >= 5 for task in TASKS)


def test_no_two_problems_are_alike() -> None:
    index = LexicalIndex()
    alike = []
    for task in TASKS:
        if match := index.find(task.problem):
            alike.append((task.id, match))
        index.add(task.id, task.problem)
    assert not alike


def test_signatures_are_typed_and_open_the_solution() -> None:
    for task in TASKS:
        function = head(task)
        assert function.returns is not None, task.id
        assert function.args.args and all(argument.annotation for argument in function.args.args), task.id
        assert task.signature in task.solution.splitlines(), task.id


def test_solutions_import_little_and_neither_read_nor_print() -> None:
    for task in TASKS:
        for node in ast.walk(ast.parse(task.solution)):
            assert not isinstance(node, ast.ImportFrom), task.id
            if isinstance(node, ast.Import):
                assert {name.name for name in node.names} <= IMPORTS, task.id
            if isinstance(node, ast.Name):
                assert node.id not in ("input", "print", "open", "eval", "exec"), task.id


def test_about_a_third_states_an_example_that_can_be_read() -> None:
    with_example = [task for task in TASKS if "Example: " in task.problem]
    assert len(TASKS) / 4 <= len(with_example) <= len(TASKS) / 2
    for task in TASKS:
        assert len(stated_examples(task)) == (task in with_example), task.id
        assert "Write a program" not in task.problem


async def test_solutions_pass_and_stubs_fail(sandbox: Sandbox) -> None:
    def check(task: SeedTask, solution: str) -> asyncio.Future[SuiteResult]:
        tests = [*task.tests, *(example.text for example in stated_examples(task))]
        return asyncio.ensure_future(check_solution(solution, "\n".join(tests), task.entry_point, sandbox))

    stubs = [f"{task.signature}\n    return {head(task).args.args[0].arg}" for task in TASKS]
    own = [check(task, task.solution) for task in TASKS]
    empty = [check(task, stub) for task, stub in zip(TASKS, stubs, strict=True)]
    passed, failed = await asyncio.gather(*own), await asyncio.gather(*empty)
    wrong = {
        task.id: found.detail
        for task, found in zip(TASKS, passed, strict=True)
        if found.outcome is not Outcome.PASS or found.mode is not Mode.VALUES
    }
    assert not wrong
    assert not [
        task.id for task, found in zip(TASKS, failed, strict=True) if found.outcome is not Outcome.FAIL
    ]


def test_no_constant_passes_the_tests() -> None:
    for task in TASKS:
        asserts = read_asserts("\n".join(task.tests), task.entry_point)
        assert isinstance(asserts, Asserts), task.id
        assert not stub_that_passes(asserts), task.id


def row(**changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "id": "a",
        "topic": "sums",
        "problem": "Add two numbers.",
        "entry_point": "add",
        "signature": "def add(a: int, b: int) -> int:",
        "solution": "def add(a: int, b: int) -> int:\n    return a + b",
        "tests": ["assert add(2, 3) == 5", "assert add(0, 0) == 0"],
    }
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def write(path: Path, *rows: dict[str, object] | str) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


def test_own_file(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", "", row(source="mine"), row(id="b", tests=["assert 5 == add(2, 3)"]))
    first, second = load_seed_tasks(path)
    assert first == SeedTask.model_validate(row())
    assert first.tests == ("assert add(2, 3) == 5", "assert add(0, 0) == 0")
    assert (second.id, second.tests) == ("b", ("assert 5 == add(2, 3)",))
    with pytest.raises(ValidationError):
        first.topic = "other"


NEEDS = "each line needs id, topic, problem, entry_point, signature, solution, tests"
HEAD = "write one line of the form def add(…) -> …:"
ASSERT = "write each test as assert add(…) == …"
NO_HEAD = f"field `signature` is not the head of the function `add`; {HEAD}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tests": None}, f"missing field `tests`; {NEEDS}"),
        ({"tests": []}, f"field `tests` is empty; {NEEDS}"),
        ({"tests": "assert add(1, 1) == 2"}, "field `tests` is not a list; put it in square brackets"),
        (
            {"tests": ["assert add(1, 1) == 2", 7]},
            "field `tests` item 2 is not a text; put it in double quotes",
        ),
        ({"tests": ["  "]}, f"field `tests` item 1 is empty; {NEEDS}"),
        (
            {"tests": [f"assert add(1, {'1' * 2000})"]},
            "field `tests` item 1 is longer than 2000 characters; give a shorter assert",
        ),
        ({"tests": ["add(1, 1)"]}, f"field `tests` item 1 is not one assert on a call of `add`; {ASSERT}"),
        (
            {"tests": ["assert add(1, 1)", "assert sum([1]) == 1"]},
            f"field `tests` item 2 is not one assert on a call of `add`; {ASSERT}",
        ),
        (
            {"tests": ["assert add(1, 1)\nassert add(2, 2)"]},
            f"field `tests` item 1 is not one assert on a call of `add`; {ASSERT}",
        ),
        (
            {"tests": ["assert add(1, 1"]},
            f"field `tests` item 1 is not Python ('(' was never closed); {ASSERT}",
        ),
        (
            {"entry_point": "add two"},
            "field `entry_point` is 'add two', no identifier; give the name of the function alone",
        ),
        (
            {"entry_point": "def"},
            "field `entry_point` is 'def', no identifier; give the name of the function alone",
        ),
        ({"entry_point": "plus"}, "field `signature` is not the head of the function `plus`; "),
        ({"signature": "def add(a, b)"}, f"field `signature` is not Python (expected ':'); {HEAD}"),
        ({"signature": "add = 1"}, "field `signature` is not Python (unexpected indent); "),
        ({"signature": "def add(a, b): \\"}, NO_HEAD),
        ({"signature": "def add(a,\n b):"}, NO_HEAD),
        ({"signature": "def add(a, b):\n    return 0\ndef add(a, b):"}, NO_HEAD),
        ({"signature": "class add:"}, NO_HEAD),
        ({"signature": "async def add(a, b):"}, NO_HEAD),
        ({"topic": "\ud83d"}, "field `topic` holds half of a character (a lone surrogate); write the whole"),
        ({"solution": ""}, f"field `solution` is empty; {NEEDS}"),
        ({"solution": "return 1 +"}, "field `solution` is not Python (invalid syntax); "),
        (
            {"solution": "def plus(a, b):\n    return a + b"},
            "field `solution` does not define the function `add`; write Python that defines add",
        ),
        ({"solution": "(" * 7000}, "field `solution` is not Python"),
        ({"id": "a"}, "id 'a' is taken by line 1; give each line an id of its own"),
    ],
)
def test_bad_line_is_named(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    path = write(tmp_path / "own.jsonl", row(), "", row(**{"id": "b", **changes}))
    with pytest.raises(UsageError) as caught:
        load_seed_tasks(path)
    text = str(caught.value)
    assert text.startswith(f"{path} line 3: {message}")
    assert len(text.splitlines()) == 1


def test_empty_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"empty.jsonl: holds no tasks; {NEEDS}"):
        load_seed_tasks(write(tmp_path / "empty.jsonl", " "))


CODE = st.text("()[]:=, \n\r\\#'\"\0\u2028\ud800adefrtuns1", max_size=30)
VALUES = st.none() | st.integers() | CODE | st.lists(st.integers() | CODE, max_size=2)


@given(st.dictionaries(st.sampled_from([*row()]), VALUES, max_size=3))
def test_any_row_loads_or_is_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, object]
) -> None:
    path = write(tmp_path_factory.getbasetemp() / "any_tasks.jsonl", json.dumps({**row(), **fields}))
    try:
        (task,) = load_seed_tasks(path)
    except UsageError as error:
        assert str(error).startswith(f"{path} line 1: ")
        assert len(str(error).splitlines()) == 1
    else:
        assert head(task).name == task.entry_point
        assert all(isinstance(ast.parse(test).body[0], ast.Assert) for test in task.tests)
