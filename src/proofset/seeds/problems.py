"""Seed problems of mathematics, built-in or the user's own: JSONL, one flat row per problem.

{"id": "…", "topic": "…", "problem": "…", "answer": "3/4", "answer_type": "rational", "program": "…"}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ..records import Answer, AnswerType
from .reading import Row, Text, read_rows


class SeedProblem(BaseModel):
    """One problem with its known answer. `program` prints that answer; empty when the row has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    topic: str
    problem: str
    answer: Answer
    program: str = ""


class _Row(Row):
    topic: Text
    problem: Text
    answer: Annotated[Text, Field(max_length=2000, description="the bare answer")]
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
    rows = read_rows(path, _Row, built_in="verified_math.jsonl", things="problems")
    return tuple(row.seed() for row in rows)
