"""ToolSpec: a tool before it is one of LangChain's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

A = TypeVar("A", bound=BaseModel)


class Arguments(BaseModel):
    """What a model gives a tool; a name that the tool does not have is told, not dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class ToolSpec(Generic[A]):
    """A tool's name, what the model is told about it, its arguments, and its work.

    Attributes:
        answer: takes the arguments and returns the text for the model; may raise NoResultError.
    """

    name: str
    description: str
    arguments: type[A]
    answer: Callable[[A], Awaitable[str]]
