"""Reads seeds of any form: JSONL, one flat row per line. A fault is told by file, line and mend."""

from __future__ import annotations

import json
from enum import EnumType
from importlib.resources import files
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from ..errors import UsageError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Row(BaseModel):
    """A line of a seed file.

    A field with a greatest length says in its description what to give instead of a longer text; a validator
    raises ValueError with what follows "field `name` ", the mend at its end.

    Attributes:
        numbered: whether a line without an id is called by its number.
    """

    numbered: ClassVar[bool] = False

    # Fields that we do not know are left alone: people's files carry sources, levels and notes.
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Text


RowT = TypeVar("RowT", bound=Row)


def read_rows(path: Path | None, form: type[RowT], *, built_in: str, things: str) -> tuple[RowT, ...]:
    """The rows of a JSONL file in the file's order; of the file `built_in` of this package without a path.

    Blank lines and unknown fields are passed over. `things` is what the user calls the rows.

    Raises:
        UsageError: the file cannot be read, is empty, or a line is wrong; names file, line and mend.
    """
    name = built_in if path is None else str(path)
    first_line: dict[str, int] = {}
    rows = []
    # Not splitlines: JSON strings may hold U+2028 and its like unescaped.
    for number, line in enumerate(_text(path, name).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{name} line {number}"
        row = _row(line, form, where, number)
        if row.id in first_line:
            raise UsageError(
                f"{where}: id {row.id!r} is taken by line {first_line[row.id]}; "
                "give each line an id of its own"
            )
        first_line[row.id] = number
        rows.append(row)
    if not rows:
        raise UsageError(f"{name}: holds no {things}; {_needs(form)}")
    return tuple(rows)


def _text(path: Path | None, name: str) -> str:
    try:
        data = (files(__package__) / name).read_bytes() if path is None else path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror or error}; give a JSONL file that can be read") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name} line {line}: not UTF-8; save the file in UTF-8") from error


def _row(line: str, form: type[RowT], where: str, number: int) -> RowT:
    try:
        value = json.loads(line)
    except RecursionError as error:
        raise UsageError(f"{where}: not valid JSON (nested too deeply); {_needs(form)}") from error
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise UsageError(f"{where}: not valid JSON ({reason}); write one JSON object per line") from error
    if not isinstance(value, dict):
        raise UsageError(f"{where}: not a JSON object; {_needs(form)}")
    if form.numbered:
        value.setdefault("id", f"line-{number}")
    try:
        return form.model_validate(value)
    except ValidationError as error:
        raise UsageError(f"{where}: {_mend(error.errors()[0], form)}") from error


def _needs(form: type[Row]) -> str:
    required = [name for name, field in form.model_fields.items() if field.is_required()]
    return f"each line needs {', '.join(required)}"


def _mend(detail: ErrorDetails, form: type[Row]) -> str:
    name, *inside = detail["loc"]
    known = form.model_fields[str(name)]
    places = (f" item {place + 1}" if isinstance(place, int) else f" field `{place}`" for place in inside)
    field = f"field `{name}`" + "".join(places)
    match detail["type"]:
        case "missing":
            return f"missing {field}; {_needs(form)}"
        case "string_too_short" | "too_short":
            return f"{field} is empty; {_needs(form)}"
        case "string_too_long":
            return (
                f"{field} is longer than {detail['ctx']['max_length']} characters; give {known.description}"
            )
        case "enum" if isinstance(known.annotation, EnumType):
            values = ", ".join(str(member.value) for member in known.annotation)
            return f"{field} is {detail['input']!r:.40}; use one of {values}"
        case "string_unicode":
            return f"{field} holds half of a character (a lone surrogate); write the whole character"
        case "bool_type" | "bool_parsing":
            return f"{field} is neither true nor false; write one of them, without quotes"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{field} is not an object; put it in braces"
        case "tuple_type":
            return f"{field} is not a list; put it in square brackets"
        case "value_error":
            return f"{field} {detail['ctx']['error']}"
        case _:
            return f"{field} is not a text; put it in double quotes"
