"""Typed answers: the type decides how two answers are compared."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class AnswerType(StrEnum):
    """What kind of thing an answer is.

    Tuples are ordered, sets are not; an interval keeps its open and closed ends; a quantity keeps
    its unit. `closed_form` is an exact constant such as `sqrt(2)/2`; `expression` may hold symbols.
    """

    INTEGER = "integer"
    RATIONAL = "rational"
    CLOSED_FORM = "closed_form"
    EXPRESSION = "expression"
    EQUATION = "equation"
    SET = "set"
    TUPLE = "tuple"
    INTERVAL = "interval"
    MATRIX = "matrix"
    QUANTITY = "quantity"
    TEXT = "text"
    CHOICE = "choice"


class Answer(BaseModel):
    """One final answer as a string in plain notation (`3/4`, `sqrt(2)`, `{1, 2}`) and its type."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: AnswerType
    value: str = Field(min_length=1, max_length=2000, description="The answer in plain notation.")
