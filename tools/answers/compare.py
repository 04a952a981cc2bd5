"""The host's side of answer comparison: what is asked of the sandbox, and strict reading of what it says.

The texts of answers are opaque here: they are bounded in length, sent as JSON and never parsed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError, model_validator

from ...records import Answer, AnswerType, Outcome, well_formed
from ..sandbox import ExitKind, Job, Limits, Result, Sandbox

MAX_CHARS = 2_000
"""Longer answers are inconclusive; `Answer.value` has the same bound."""

BATCH = 32
"""Pairs per job: one start of the interpreter and of sympy serves them all."""

_MODULES = (
    "_terms",
    "_text",
    "_cap",
    "_tokens",
    "_tree",
    "_evaluate",
    "_numeric",
    "_exact",
    "_scalars",
    "_values",
    "_containers",
    "_equations",
    "_intervals",
    "_judge",
    "_worker",
)
# The files lie flat in the job's directory, yet import each other as a package.
_SOURCE = """\
import os, sys, types
sys.dont_write_bytecode = True
answers = types.ModuleType("answers")
answers.__path__ = [os.getcwd()]
sys.modules["answers"] = answers
from answers._worker import main
main()
"""
_ONE_PATH = frozenset({AnswerType.TEXT, AnswerType.CHOICE})


@dataclass(frozen=True, slots=True)
class Pair:
    """A typed answer that is expected, and the text that is compared with it."""

    expected: Answer
    given: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one pair.

    Attributes:
        outcome: `pass` when both paths find the answers equal, `fail` when one proves them different or the
            given text is no single answer, else `inconclusive`.
        reason: one sentence.
        symbolic: what the exact path found.
        numeric: what the numeric path found; for texts and choices, where there is nothing to evaluate, it
            passes when the exact path does.
        expected_read: how the expected answer was read, at most 300 characters; empty where it was not.
        given_read: the same for the given one.
        versions: Python and sympy in the sandbox; empty where no job succeeded.
    """

    outcome: Outcome
    reason: str
    symbolic: Outcome
    numeric: Outcome
    expected_read: str
    given_read: str
    versions: Mapping[str, str] = field(default_factory=dict, compare=False)


class _Line(BaseModel):
    """One result as the worker writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    reason: StrictStr = Field(min_length=1, max_length=400)
    symbolic: Outcome
    numeric: Outcome
    expected_read: StrictStr = Field(max_length=400)
    given_read: StrictStr = Field(max_length=400)

    @model_validator(mode="after")
    def _earned(self) -> Self:
        paths = {self.symbolic, self.numeric}
        if (self.outcome is Outcome.PASS) != (paths == {Outcome.PASS}):
            raise ValueError("answers are equal exactly when both paths say so")
        if self.outcome is Outcome.FAIL and (Outcome.FAIL not in paths or Outcome.PASS in paths):
            raise ValueError("answers differ only when one path proves it and none objects")
        return self


class _Versions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    python: StrictStr = Field(max_length=40)
    sympy: StrictStr = Field(max_length=40)


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    versions: _Versions
    results: tuple[_Line, ...]


class _Unanswered(NamedTuple):
    """Why a job gave no usable reply."""

    reason: str


async def compare_answers(pairs: Sequence[Pair], sandbox: Sandbox) -> tuple[Comparison, ...]:
    """Compare each pair in the sandbox, by its expected type; comparisons stand in the order of the pairs.

    Up to 32 pairs share a job. Where a job dies or its reply has an unknown shape, each of its pairs is tried
    once more alone, so that a pair that kills the process costs no other its result; it ends inconclusive.
    """
    sent = [k for k, pair in enumerate(pairs) if len(pair.given) <= MAX_CHARS]
    batches = [sent[at : at + BATCH] for at in range(0, len(sent), BATCH)]
    found = dict.fromkeys(
        range(len(pairs)), _inconclusive(f"the given answer is longer than {MAX_CHARS:,} characters")
    )
    replies = await asyncio.gather(*(_compare_batch([pairs[k] for k in batch], sandbox) for batch in batches))
    for batch, comparisons in zip(batches, replies, strict=True):
        found.update(zip(batch, comparisons, strict=True))
    return tuple(found[k] for k in range(len(pairs)))


async def _compare_batch(pairs: Sequence[Pair], sandbox: Sandbox) -> Sequence[Comparison]:
    reply = await _ask(pairs, sandbox)
    if not isinstance(reply, _Unanswered):
        return reply
    alone = await asyncio.gather(*(_ask([pair], sandbox) for pair in pairs))
    return [_inconclusive(one.reason) if isinstance(one, _Unanswered) else one[0] for one in alone]


async def _ask(pairs: Sequence[Pair], sandbox: Sandbox) -> Sequence[Comparison] | _Unanswered:
    result = await sandbox.run(_job(pairs))
    if not result.ok:
        return _Unanswered(_ending(result))
    try:
        reply = _Reply.model_validate_json(result.stdout)
    except ValidationError as error:
        return _Unanswered(f"the comparison's reply has an unknown shape: {error.errors()[0]['msg'][:120]}")
    if len(reply.results) != len(pairs):
        return _Unanswered(f"the comparison replied with {len(reply.results)} results for {len(pairs)} pairs")
    versions = reply.versions.model_dump()
    return [
        Comparison(
            line.outcome,
            line.reason,
            line.symbolic,
            line.numeric,
            line.expected_read,
            line.given_read,
            versions,
        )
        for line in reply.results
    ]


def _job(pairs: Sequence[Pair]) -> Job:
    batch = [
        {
            "type": pair.expected.type.value,
            "expected": well_formed(pair.expected.value),
            "given": well_formed(pair.given),
        }
        for pair in pairs
    ]
    # The worker gives each pair up after 3 CPU seconds; the job's own limit catches what it cannot interrupt.
    limits = Limits(cpu_s=4 + 3.5 * len(pairs), wall_s=30 + 15 * len(pairs))
    return Job(
        _SOURCE, stdin=json.dumps({"pairs": batch}), files=_worker_files(), profile="math", limits=limits
    )


@lru_cache(maxsize=1)
def _worker_files() -> Mapping[str, str]:
    here = files(__package__)
    return {f"{name}.py": here.joinpath(f"{name}.py").read_text("utf-8") for name in _MODULES}


def _ending(result: Result) -> str:
    last = result.stderr.strip().splitlines()[-1:] or [""]
    detail = f": {last[0][:160]}" if last[0] and result.kind in (ExitKind.ERROR, ExitKind.FAILED) else ""
    return f"the comparison did not end well ({result.kind.value}){detail}"


def _inconclusive(reason: str) -> Comparison:
    open_ = Outcome.INCONCLUSIVE
    return Comparison(open_, reason, open_, open_, "", "")
