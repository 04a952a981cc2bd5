"""Evidence about a text and the instruction for it, made again from what it holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ...errors import ProofsetError
from ...records import Evidence
from ..sandbox import Sandbox
from .backwards import (
    asks_by_itself,
    gives_nothing_away,
    keeps_to_the_text,
    same_language,
    says_its_subject,
    stands_by_itself,
)

T = TypeVar("T")


async def _gives_nothing_away(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    figures = evidence.inputs.get("figures")
    return gives_nothing_away(
        _of(evidence, "instruction", str),
        _of(evidence, "output", str),
        words=_of(evidence, "words", int),
        figures=None if figures is None else float(_of(evidence, "figures", (int, float))),
    )


async def _asks_by_itself(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    return asks_by_itself(_of(evidence, "instruction", str))


async def _stands_by_itself(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    return stands_by_itself(_of(evidence, "output", str))


async def _says_its_subject(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    instruction, output = _of(evidence, "instruction", str), _of(evidence, "output", str)
    return says_its_subject(instruction, output, mentions=_of(evidence, "mentions", int))


async def _keeps_to_the_text(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    instruction, output = _of(evidence, "instruction", str), _of(evidence, "output", str)
    return keeps_to_the_text(instruction, output, words=_of(evidence, "words", int))


async def _same_language(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    return same_language(_of(evidence, "instruction", str), _of(evidence, "output", str))


BACKWARDS: dict[str, Callable[[Evidence, Sandbox], Awaitable[Evidence | None]]] = {
    "asks_by_itself": _asks_by_itself,
    "gives_nothing_away": _gives_nothing_away,
    "keeps_to_the_text": _keeps_to_the_text,
    "same_language": _same_language,
    "says_its_subject": _says_its_subject,
    "stands_by_itself": _stands_by_itself,
}


def _of(evidence: Evidence, name: str, kind: type[T] | tuple[type[T], ...]) -> T:
    value = evidence.inputs.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ProofsetError(
            f"evidence {evidence.check}: its input {name!r} is missing; it cannot be run again"
        )
    return value
