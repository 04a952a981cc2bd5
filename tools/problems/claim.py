"""A claimed problem, what a check finds in it, and the runs of its programs."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from pydantic import JsonValue

from ...records import Outcome
from ..answers import Comparison, Pair, compare_answers
from ..programs import PROGRAM_LIMITS, Printed, run_answer_program
from ..sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Claim:
    """A problem with the answer that its author claims.

    Attributes:
        program: the author's solver program; it prints the answer.
        peers: programs of independent solvers; each prints what it takes for the answer.
    """

    problem: str
    answer: str
    program: str
    peers: tuple[str, ...] = ()


class Finding(NamedTuple):
    """What one check found.

    `pass` is for the claim, `fail` refutes it, `inconclusive` says nothing. `code` names a refutation or
    doubt for counting, e.g. `extraneous_root`; `detail` is one sentence with the values.
    """

    outcome: Outcome
    detail: str
    code: str = ""
    facts: dict[str, JsonValue] = {}  # noqa: RUF012 - a field of a NamedTuple, never changed


def passed(detail: str, **facts: JsonValue) -> Finding:
    return Finding(Outcome.PASS, detail, "", facts)


def refuted(code: str, detail: str, **facts: JsonValue) -> Finding:
    return Finding(Outcome.FAIL, detail, code, facts)


def undecided(detail: str, code: str = "", **facts: JsonValue) -> Finding:
    return Finding(Outcome.INCONCLUSIVE, detail, code, facts)


class Compared(NamedTuple):
    """Whether two answers are equal, by the typed comparison; `reason` is one sentence."""

    outcome: Outcome
    reason: str


_WHOLE_OR_FRACTION = re.compile(r"-?(?:0|[1-9]\d{0,39})(?:/[1-9]\d{0,39})?")


def compared_plainly(gold: str, given: str) -> Compared | None:
    """The comparison of two whole numbers or fractions in digits, which needs no sandbox; None for others."""
    gold, given = gold.strip(), given.strip()
    if not (_WHOLE_OR_FRACTION.fullmatch(gold) and _WHOLE_OR_FRACTION.fullmatch(given)):
        return None
    if Fraction(gold) == Fraction(given):
        return Compared(Outcome.PASS, "both are the same number")
    return Compared(Outcome.FAIL, f"the values differ: {gold[:80]} and {given[:80]}")


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs programs in the sandbox, each text once for all checks of a claim."""

    sandbox: Sandbox
    _known: dict[str, asyncio.Future[Printed]] = field(default_factory=dict)
    _compared: dict[Pair, asyncio.Future[tuple[Comparison, ...]]] = field(default_factory=dict)

    async def printed(self, source: str) -> Printed:
        """What a program prints; the same text is run once."""
        known = self._known.get(source)
        if known is None:
            known = asyncio.ensure_future(run_answer_program(source, self.sandbox, PROGRAM_LIMITS))
            self._known[source] = known
        return await asyncio.shield(known)

    async def compared(self, pair: Pair) -> Compared:
        """The typed comparison of two answers; the same pair is compared once."""
        plainly = compared_plainly(pair.gold, pair.given)
        if plainly is not None:
            return plainly
        known = self._compared.get(pair)
        if known is None:
            known = asyncio.ensure_future(compare_answers([pair], self.sandbox))
            self._compared[pair] = known
        (comparison,) = await asyncio.shield(known)
        return Compared(comparison.outcome, comparison.reason)
