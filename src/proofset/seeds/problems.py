"""Reads seed problems, built-in or the user's own: JSONL, one flat row per problem.

{"id": "…", "topic": "…", "problem": "…", "answer": "3/4", "answer_type": "rational", "program": "…"}
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from ..errors import UsageError
from ..records import Answer, AnswerType

_BUILT_IN = "verified_math.jsonl"
_NEEDS = "each line needs id, topic, problem, answer, answer_type"

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class SeedProblem(BaseModel):
    """One problem with its known answer. `program` prints that answer; empty when the row has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    topic: str
    problem: str
    answer: Answer
    program: str = ""


class _Row(BaseModel):
    # Fields that we do not know are left alone: people's files carry sources, levels and notes.
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: _Text
    topic: _Text
    problem: _Text
    answer: Annotated[_Text, Field(max_length=2000)]
    answer_type: AnswerType
    program: str = ""

    def seed(self) -> SeedProblem:
        return SeedProblem(
            id=self.id,
            topic=self.topic,
            problem=self.problem,
            answer=Answer(type=self.answer_type, value=self.answer),
            program=self.program,
        )


def load_seed_problems(path: Path | None = None) -> tuple[SeedProblem, ...]:
    """The problems of a JSONL file in the file's order; of the built-in file when no path is given.

    Blank lines and unknown fields are passed over; `program` may be missing.

    Raises:
        UsageError: the file cannot be read, is empty, or a line is wrong; names file, line and mend.
    """
    name = _BUILT_IN if path is None else str(path)
    first_line: dict[str, int] = {}
    problems = []
    # Not splitlines: JSON strings may hold U+2028 and its like unescaped.
    for number, line in enumerate(_text(path, name).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{name} line {number}"
        problem = _row(line, where).seed()
        if problem.id in first_line:
            raise UsageError(
                f"{where}: id {problem.id!r} is taken by line {first_line[problem.id]}; "
                "give each line an id of its own"
            )
        first_line[problem.id] = number
        problems.append(problem)
    if not problems:
        raise UsageError(f"{name}: holds no problems; {_NEEDS}")
    return tuple(problems)


def _text(path: Path | None, name: str) -> str:
    try:
        data = (files(__package__) / _BUILT_IN).read_bytes() if path is None else path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror or error}; give a JSONL file that can be read") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name} line {line}: not UTF-8; save the file in UTF-8") from error


def _row(line: str, where: str) -> _Row:
    try:
        value = json.loads(line)
    except RecursionError as error:
        raise UsageError(f"{where}: not valid JSON (nested too deeply); {_NEEDS}") from error
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise UsageError(f"{where}: not valid JSON ({reason}); write one JSON object per line") from error
    if not isinstance(value, dict):
        raise UsageError(f"{where}: not a JSON object; {_NEEDS}")
    try:
        return _Row.model_validate(value)
    except ValidationError as error:
        raise UsageError(f"{where}: {_mend(error.errors()[0])}") from error


def _mend(detail: ErrorDetails) -> str:
    field = f"field `{detail['loc'][0]}`"
    match detail["type"]:
        case "missing":
            return f"missing {field}; {_NEEDS}"
        case "string_too_short":
            return f"{field} is empty; {_NEEDS}"
        case "string_too_long":
            return f"{field} is longer than 2000 characters; give the bare answer"
        case "enum":
            return f"{field} is {detail['input']!r:.40}; use one of {', '.join(AnswerType)}"
        case _:
            return f"{field} is not a text; put it in double quotes"
