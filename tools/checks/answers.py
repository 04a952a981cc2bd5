"""Given answers against gold ones: rows in, a ruling with its evidence for each, no model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictInt, StrictStr, ValidationError

from ...errors import UsageError
from ...records import Answer, AnswerType, Decision, Evidence, EvidenceKind, Outcome, well_formed
from ..answers import MAX_CHARS, MAX_PROBLEM_CHARS, Comparison, Pair, compare_answers
from ..sandbox import Sandbox, open_sandbox
from ..versions import versions
from .reasoning import observed_in
from .rows import Ruling, first_fault

_DECISIONS = {
    Outcome.PASS: Decision.ACCEPT,
    Outcome.FAIL: Decision.REJECT,
    Outcome.INCONCLUSIVE: Decision.ABSTAIN,
}


class AnswerRow(BaseModel):
    """One answer to check. Fields that are not listed are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: StrictStr | StrictInt
    problem: StrictStr | None = Field(
        default=None, description="Only its question is used, for the unit, base or options it names."
    )
    gold: StrictStr
    answer: StrictStr = Field(description="A bare answer or a whole solution that ends in one.")
    type: AnswerType | None = Field(default=None, description="Inferred from the gold alone where missing.")


async def check_answer_rows(rows: Sequence[AnswerRow], sandbox: Sandbox) -> tuple[Ruling, ...]:
    """A ruling for each row, in their order.

    Accepted where an exact and a high-precision numeric path both find the answers equal, rejected where one
    proves them different or the answer is none; everything else abstains.
    """
    pairs = [_pair(row.gold, row.answer, row.problem or "", row.type) for row in rows]
    comparisons = await compare_answers(pairs, sandbox)
    return tuple(
        Ruling(
            id=row.id,
            verdict=_DECISIONS[comparison.outcome],
            reason=comparison.reason,
            evidence=(_evidence(pair, comparison),),
        )
        for row, pair, comparison in zip(rows, pairs, comparisons, strict=True)
    )


async def answer_equals_gold(
    gold: str, given: str, sandbox: Sandbox, *, problem: str = "", answer_type: AnswerType | None = None
) -> Evidence:
    """Compare one given answer with the gold one; texts beyond the bounds are kept only as far as needed."""
    pair = _pair(gold, given, problem, answer_type)
    (comparison,) = await compare_answers([pair], sandbox)
    return _evidence(pair, comparison)


async def acheck_answers(
    rows: Iterable[AnswerRow | Mapping[str, object]], *, sandbox: Sandbox | None = None
) -> list[Ruling]:
    """Check answers against gold ones: rows as `AnswerRow` or with its fields, a ruling for each.

    Raises:
        UsageError: a row lacks a field; it is named.
        SandboxUnavailableError: no sandbox is given, and nothing on this machine can be one.
    """
    checked = [_row(number, row) for number, row in enumerate(rows, start=1)]
    opened: Sandbox = sandbox if sandbox is not None else await asyncio.to_thread(open_sandbox)
    try:
        return list(await check_answer_rows(checked, opened))
    finally:
        if sandbox is None:
            await opened.close()


def check_answers(
    rows: Iterable[AnswerRow | Mapping[str, object]], *, sandbox: Sandbox | None = None
) -> list[Ruling]:
    """`acheck_answers`, waited for: from any thread, also from one whose event loop runs."""
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(lambda: asyncio.run(acheck_answers(rows, sandbox=sandbox))).result()


def _row(number: int, row: AnswerRow | Mapping[str, object]) -> AnswerRow:
    if isinstance(row, AnswerRow):
        return row
    try:
        return AnswerRow.model_validate(
            {name: well_formed(value) if isinstance(value, str) else value for name, value in row.items()}
        )
    except ValidationError as error:
        raise UsageError(f"row {number}: {first_fault(error)}") from error


def _pair(gold: str, given: str, problem: str, answer_type: AnswerType | None) -> Pair:
    gold, given = (well_formed(text[: MAX_CHARS + 1]) for text in (gold, given))
    # An expected answer of a given type has bounds of its own; beyond them, as an empty one, it is inferred.
    typed = answer_type is not None and 0 < len(gold) <= _MAX_TYPED
    expected = Answer(type=answer_type, value=gold) if answer_type and typed else gold
    return Pair(expected, given, well_formed(problem[-MAX_PROBLEM_CHARS:]))


_MAX_TYPED = 2_000


def _evidence(pair: Pair, comparison: Comparison) -> Evidence:
    inputs: dict[str, JsonValue] = {"gold": pair.gold, "given": pair.given, "problem": pair.problem}
    inputs["type"] = pair.type.value if pair.type else None
    observed: dict[str, JsonValue] = {"type": comparison.type.value if comparison.type else None}
    return Evidence(
        kind=EvidenceKind.SYMBOLIC,
        check="answer_equals_gold",
        claim="the given answer equals the gold one, by an exact and by a numeric path",
        outcome=comparison.outcome,
        basis="none",
        inputs=inputs,
        observed=observed | observed_in(comparison),
        versions=versions() | dict(comparison.versions),
    )
