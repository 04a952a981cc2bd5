"""Check of a reasoning in words: is the unit that it ends in the one that the problem asks for?"""

from __future__ import annotations

from ...records import Evidence, EvidenceKind, Outcome
from ..problems.dimensions import shown_unit
from ..problems.numbers import value_of
from ..problems.units import Unit, asked_unit, units_in
from ..versions import versions

_READ = ("#square", "#cubic")
"""Words that tell an area from a volume where the unit behind them is not read."""


def answer_in_unit_asked(problem: str, reasoning: str, answer: str, *, basis: str) -> Evidence | None:
    """Compare the unit that a reasoning gives its answer with the one that the question asks for.

    None where one of them is not read, or is no physical unit: things counted go by many names.
    """
    value, asked = value_of(answer), asked_unit(problem)
    told = units_in(reasoning).get(value) if value is not None else None
    if asked is None or told is None or not (_physical(asked) and _physical(told)):
        return None
    same = asked == told
    detail = f"the reasoning ends in {shown_unit(told)}, asked for is {shown_unit(asked)}"
    return Evidence(
        kind=EvidenceKind.SYMBOLIC,
        check="answer_in_unit_asked",
        claim="the reasoning ends in the unit that is asked for",
        outcome=Outcome.PASS if same else Outcome.FAIL,
        basis=basis,
        inputs={"problem": problem, "reasoning": reasoning, "answer": answer},
        observed={"detail": detail},
        versions=versions(),
    )


def _physical(unit: Unit) -> bool:
    return all(not name.startswith("#") or name in _READ for name, _ in unit.powers)
