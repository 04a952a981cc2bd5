"""Example: one row of a training set, human or synthetic, in chat form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..agents.flywheel_task import PRODUCTION
from ..records import Grade, Message, Record, digest, well_formed

_TOKEN = re.compile(r"\w+|[^\w\s]")
_FORMS = (("instruction", "output"), ("prompt", "completion"), ("prompt", "response"), ("question", "answer"))
_ROLES: dict[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
}


class Example(BaseModel):
    """One row as a version holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    origin: Literal["human", "synthetic"]
    messages: tuple[Message, ...] = Field(min_length=2)
    grade: Grade | None = Field(default=None, description="Of a record's verdict; None for human rows.")
    method: str | None = None
    generators: tuple[str, ...] = Field(default=(), description="Specs of the models that wrote its output.")
    source: str = Field(description="File and row that it was read from.")

    @property
    def tokens(self) -> int:
        """Words and signs, as an estimate of tokens: only shares are made of it."""
        return sum(len(_TOKEN.findall(message.content)) for message in self.messages)

    @property
    def asked(self) -> str:
        """The user's turns."""
        return "\n".join(message.content for message in self.messages if message.role == "user")

    @property
    def content(self) -> str:
        """The same for the same messages, whatever the id."""
        return digest([[message.role, message.content] for message in self.messages]).hex()


def human_example(row: Mapping[str, Any], source: str) -> Example | str:
    """A row of people's data as an example; else why it is none."""
    messages = _messages(row)
    if isinstance(messages, str):
        return messages
    name = row.get("id")
    content = digest([[message.role, message.content] for message in messages]).hex()
    return Example(
        id=str(name) if isinstance(name, str | int) else f"human-{content[:16]}",
        origin="human",
        messages=messages,
        source=source,
    )


def synthetic_example(row: Mapping[str, Any], source: str) -> tuple[Example, Record] | str:
    """A record as an example, and the record; else why it is none."""
    try:
        record = Record.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"no record ({where}: {first['msg']}); give a run's records.jsonl, which has verdicts"
    return (
        Example(
            id=record.id,
            origin="synthetic",
            messages=record.messages,
            grade=record.verdict.grade,
            method=record.method,
            generators=_writers(record),
            source=source,
        ),
        record,
    )


def _writers(record: Record) -> tuple[str, ...]:
    """Who wrote the output: reviser and solver where there are any, else all but those who rule on it. What
    was answered in production is of that model, or of whoever drafted another answer.
    """
    models = record.lineage.models
    if PRODUCTION in models:
        return (record.traces[0].basis if record.traces else models[PRODUCTION],)
    wrote = [models[role] for role in ("solver", "reviser") if role in models]
    rest = [
        spec
        for role, spec in models.items()
        if role not in ("judge", "critic", "verifier", "classifier", "scorer")
    ]
    return tuple(dict.fromkeys(wrote or rest))


def _messages(row: Mapping[str, Any]) -> tuple[Message, ...] | str:
    for name in ("messages", "conversations"):
        if isinstance(row.get(name), list):
            return _turns(row[name], name)
    for asks, answers in _FORMS:
        question, answer = row.get(asks), row.get(answers)
        if isinstance(question, str) and isinstance(answer, str):
            given = row.get("input")
            if isinstance(given, str) and given.strip():
                question = f"{question}\n\n{given}"
            if not question.strip() or not answer.strip():
                return f"`{asks}` or `{answers}` is empty; write both"
            user = Message(role="user", content=well_formed(question))
            return (user, Message(role="assistant", content=well_formed(answer)))
    return f"neither messages nor {' nor '.join(' and '.join(pair) for pair in _FORMS)}; name its fields so"


def _turns(turns: list[Any], name: str) -> tuple[Message, ...] | str:
    found = []
    for turn in turns:
        said = turn if isinstance(turn, Mapping) else {}
        role = _ROLES.get(str(said.get("role", said.get("from"))))
        content = said.get("content", said.get("value"))
        if role is None or not isinstance(content, str):
            return f"`{name}` has a turn that is no {{role, content}} of system, user or assistant"
        found.append(Message(role=role, content=well_formed(content)))
    if not found or found[-1].role != "assistant" or not any(turn.role == "user" for turn in found):
        return f"`{name}` does not end in an answer to a user's turn"
    return tuple(found)
