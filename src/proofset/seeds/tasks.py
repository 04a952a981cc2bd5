"""Seed tasks of programming, built-in or the user's own: JSONL, one flat row per task.

{"id": "…", "topic": "…", "problem": "…",
 "entry_point": "add", "signature": "def add(a: int, b: int) -> int:",
 "solution": "def add(a: int, b: int) -> int: …", "tests": ["assert add(2, 3) == 5", …]}
"""

from __future__ import annotations

import ast
import keyword
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from .reading import Row, Text, read_rows

_Short = Annotated[Text, Field(max_length=2000)]


class SeedTask(Row):
    """One problem with a solution and the asserts that it passes. Read only; nothing here is run.

    Attributes:
        entry_point: the name of the function that is asked for.
        signature: its head, on one line, with the colon.
        tests: one assert each, on calls of the function.
    """

    topic: Text
    problem: Text
    entry_point: Annotated[_Short, Field(description="the name of the function alone")]
    signature: Annotated[_Short, Field(description="the function's head alone")]
    solution: Annotated[Text, Field(max_length=8000, description="a shorter solution")]
    tests: Annotated[tuple[_Short, ...], Field(min_length=1, description="a shorter assert")]

    @field_validator("entry_point")
    @classmethod
    def _names_a_function(cls, name: str) -> str:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"is {name!r:.40}, no identifier; give the name of the function alone")
        return name

    @field_validator("signature")
    @classmethod
    def _is_the_head(cls, signature: str, info: ValidationInfo) -> str:
        name = _name(info)
        mend = f"write one line of the form def {name}(…) -> …:"
        body = _parsed(f"{signature}\n    pass", mend)
        match body:
            case [ast.FunctionDef(name=found, body=[ast.Pass()])] if found == name:
                # A comment or a backslash at its end would swallow what a program writes after it.
                if signature.endswith(":") and len(signature.splitlines()) == 1:
                    return signature
        raise ValueError(f"is not the head of the function `{name}`; {mend}")

    @field_validator("solution")
    @classmethod
    def _defines_it(cls, solution: str, info: ValidationInfo) -> str:
        name = _name(info)
        mend = f"write Python that defines {name}"
        for node in _parsed(solution, mend):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return solution
        raise ValueError(f"does not define the function `{name}`; {mend}")

    @field_validator("tests")
    @classmethod
    def _are_asserts(cls, tests: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        name = _name(info)
        mend = f"write each test as assert {name}(…) == …"
        for number, test in enumerate(tests, start=1):
            match _parsed(test, mend, f"item {number} "):
                case [ast.Assert(test=asserted)] if _calls(asserted, name):
                    continue
            raise ValueError(f"item {number} is not one assert on a call of `{name}`; {mend}")
        return tests


def load_seed_tasks(path: Path | None = None) -> tuple[SeedTask, ...]:
    """The tasks of a JSONL file in the file's order; of the built-in file when no path is given.

    Blank lines and unknown fields are passed over.

    Raises:
        UsageError: the file cannot be read, is empty, or a line is wrong; names file, line and mend.
    """
    return read_rows(path, SeedTask, built_in="verified_code.jsonl", things="tasks")


def _name(info: ValidationInfo) -> str:
    # Absent where the entry point itself is wrong, which is then the fault that is told.
    return str(info.data.get("entry_point", ""))


def _parsed(source: str, mend: str, what: str = "") -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        raise ValueError(f"{what}is not Python ({error.msg}); {mend}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{what}is not Python that can be read ({type(error).__name__}); {mend}") from error


def _calls(asserted: ast.expr, name: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(asserted)
    )
