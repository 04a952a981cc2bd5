"""The host's side of answer comparison: what is asked of the sandbox, and strict reading of what it says.

The texts of answers are opaque here: they are bounded in length, sent as JSON and never parsed.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError, model_validator

from ...records import Answer, AnswerType, Outcome, well_formed
from ..sandbox import ExitKind, Job, Limits, Result, Sandbox

MAX_CHARS = 20_000
"""Longer texts are inconclusive. What is found in one as its answer is bounded by 2,000 characters."""

MAX_PROBLEM_CHARS = 20_000
"""What of a problem is sent along: its last characters, where the question stands."""

BATCH = 16
"""Pairs per job: one start serves them all, and a pair that kills it costs the others a second try only."""

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


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer that is expected, and the text that is compared with it.

    Attributes:
        expected: with its type, or as a text whose type is inferred from it alone.
        problem: may say in which unit, base or form an answer is asked for; used for nothing else.
    """

    expected: Answer | str
    given: str
    problem: str = ""

    @property
    def gold(self) -> str:
        return self.expected if isinstance(self.expected, str) else self.expected.value

    @property
    def type(self) -> AnswerType | None:
        return None if isinstance(self.expected, str) else self.expected.type


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
        type: the type by which they were read; None where that was to be inferred and no job succeeded.
        versions: Python and sympy in the sandbox; empty where no job succeeded.
        cpu_s: CPU seconds that the pair took in its job, without the job's start.
    """

    outcome: Outcome
    reason: str
    symbolic: Outcome
    numeric: Outcome
    expected_read: str
    given_read: str
    type: AnswerType | None = None
    versions: Mapping[str, str] = field(default_factory=dict, compare=False)
    cpu_s: float = field(default=0.0, compare=False)


class _Line(BaseModel):
    """One result as the worker writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    reason: StrictStr = Field(min_length=1, max_length=400)
    symbolic: Outcome
    numeric: Outcome
    expected_read: StrictStr = Field(max_length=400)
    given_read: StrictStr = Field(max_length=400)
    kind: AnswerType
    cpu_ms: StrictInt = Field(ge=0)

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

    Up to 16 pairs share a job. Where a job dies or its reply has an unknown shape, each of its pairs is tried
    once more alone, so that a pair that kills the process costs no other its result; it ends inconclusive.
    """
    sent = [k for k, pair in enumerate(pairs) if len(pair.given) <= MAX_CHARS >= len(pair.gold)]
    batches = [sent[at : at + BATCH] for at in range(0, len(sent), BATCH)]
    found = {k: _inconclusive(pair, _too_long(pair)) for k, pair in enumerate(pairs)}
    replies = await asyncio.gather(*(_compare_batch([pairs[k] for k in batch], sandbox) for batch in batches))
    for batch, comparisons in zip(batches, replies, strict=True):
        found.update(zip(batch, comparisons, strict=True))
    return tuple(found[k] for k in range(len(pairs)))


async def _compare_batch(pairs: Sequence[Pair], sandbox: Sandbox) -> Sequence[Comparison]:
    reply = await _ask(pairs, sandbox)
    if not isinstance(reply, _Unanswered):
        return reply
    alone = await asyncio.gather(*(_ask([pair], sandbox) for pair in pairs))
    return [
        _inconclusive(pair, one.reason) if isinstance(one, _Unanswered) else one[0]
        for pair, one in zip(pairs, alone, strict=True)
    ]


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
            line.kind,
            versions,
            line.cpu_ms / 1000,
        )
        for line in reply.results
    ]


def _job(pairs: Sequence[Pair]) -> Job:
    batch = [
        {
            "type": pair.type.value if pair.type else "",
            "expected": well_formed(pair.gold),
            "given": well_formed(pair.given),
            "problem": well_formed(pair.problem[-MAX_PROBLEM_CHARS:]),
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
    worker = (file for file in files(__package__).iterdir() if re.fullmatch(r"_[a-z_]+[a-z]\.py", file.name))
    return {file.name: file.read_text("utf-8") for file in worker}


def _ending(result: Result) -> str:
    last = result.stderr.strip().splitlines()[-1:] or [""]
    detail = f": {last[0][:160]}" if last[0] and result.kind in (ExitKind.ERROR, ExitKind.FAILED) else ""
    return f"the comparison did not end well ({result.kind.value}){detail}"


def _too_long(pair: Pair) -> str:
    side = "given" if len(pair.given) > MAX_CHARS else "expected"
    return f"the {side} answer is longer than {MAX_CHARS:,} characters"


def _inconclusive(pair: Pair, reason: str) -> Comparison:
    open_ = Outcome.INCONCLUSIVE
    return Comparison(open_, reason, open_, open_, "", "", pair.type)
