"""Checks of the author's program: it prints the claim, it reads the problem, and other claims are refused."""

from __future__ import annotations

import asyncio
from fractions import Fraction

from ...records import Outcome
from ..answers import Pair
from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .invented import invented_numbers
from .numbers import computes, foreign_number, value_of, values_of, with_number
from .spoken import values_stated

MAX_NUMBERS = 3
"""Stated numbers that are changed, the larger ones first."""


async def prints_claim(claim: Claim, runs: Runs) -> Finding:
    """The author's program prints the claimed answer, by the typed comparison."""
    printed = await runs.printed(claim.program)
    if printed.outcome is Outcome.INCONCLUSIVE:
        return undecided(printed.detail)
    if printed.outcome is Outcome.FAIL:
        return refuted("program_fails", f"the program gives no answer: {printed.detail}")
    comparison = await runs.compared(Pair(claim.answer, printed.answer, claim.problem))
    shown = printed.answer[:200]
    if comparison.outcome is Outcome.PASS:
        return passed("the program prints the claim", printed=shown)
    if comparison.outcome is Outcome.INCONCLUSIVE:
        return undecided(f"it prints {shown}: {comparison.reason}", printed=shown)
    return refuted(
        "program_disagrees", f"the program prints {shown}, not the claim: {comparison.reason}", printed=shown
    )


async def reads_problem(claim: Claim, runs: Runs) -> Finding:
    """The program computes, from the numbers that the problem states, and its output moves with them."""
    if not computes(claim.program, claim.problem):
        return refuted("constant_program", "the program prints a constant; it computes nothing")
    other = foreign_number(claim.problem, claim.program)
    if other is not None:
        told = f"the problem states {other[0]}, the program takes {other[1]}"
        # One more or less may be the right rule: posts of a fence, steps to the 20th term.
        step = abs(other[0] - other[1]) == 1
        return undecided(told, "other_problem") if step else refuted("other_problem", told)
    invented = invented_numbers(claim.problem, claim.program)
    if invented:
        return undecided(
            f"the program takes {invented[0]}, for which the problem gives no reason", "invented_number"
        )
    if not values_stated(claim.problem):
        return undecided("the problem states no number that could be changed", "no_number")
    base = await runs.printed(claim.program)
    if base.outcome is not Outcome.PASS:
        return undecided("the program gives no answer that could move")
    held = False
    ran = False
    for number in numbers_to_change(claim.problem):
        for changed in changes_of(number):
            source = with_number(claim.program, number, changed)
            if not source:
                break
            held = True
            printed = await runs.printed(source)
            ran = ran or printed.outcome is Outcome.PASS
            if printed.outcome is Outcome.PASS and printed.answer != base.answer:
                detail = f"with {changed} in place of {number} it prints {printed.answer[:100]}"
                return passed(detail, number=str(number), changed=str(changed))
    if not held and values_stated(claim.problem)[0] <= 2 and len(values_stated(claim.problem)) == 1:
        return undecided("the problem states no number that could be changed", "no_number")
    if not held:
        return refuted("reads_no_number", "the program holds none of the numbers that the problem states")
    if not ran:
        return undecided("the program gives no answer for other numbers", "these_numbers_only")
    return refuted("inert_program", "no change of a stated number changes what the program prints")


async def refuses_others(claim: Claim, runs: Runs) -> Finding:
    """Negative controls: claims next to this one must not pass as what the program prints."""
    printed = await runs.printed(claim.program)
    if printed.outcome is not Outcome.PASS:
        return undecided("the program gives no answer to compare")
    controls = controls_of(claim.answer)
    if not controls:
        return undecided("the claim is no number or list of numbers that could be changed")
    pairs = [Pair(control, printed.answer, claim.problem) for control in controls]
    found = await asyncio.gather(*map(runs.compared, pairs))
    taken = [c for c, comparison in zip(controls, found, strict=True) if comparison.outcome is Outcome.PASS]
    if taken:
        return refuted(
            "control_accepted", f"the changed claim {taken[0]} passes as well", controls=list(controls)
        )
    return passed("changed claims are refused", controls=list(controls))


def numbers_to_change(problem: str) -> tuple[Fraction, ...]:
    """The stated numbers that tell most; 0, 1 and 2 come last, since programs hold them for other reasons."""
    stated = values_stated(problem)
    telling = [number for number in stated if number > 2]
    return tuple([*telling, *(number for number in stated if number <= 2)][:MAX_NUMBERS])


def changes_of(number: Fraction) -> tuple[Fraction, ...]:
    """Other values for a number: its double (keeps what divides), the next, and its triple.

    Digits that are all 0 and 1 may be binary: they get another digit in front.
    """
    if number > 100 and set(str(number)) <= {"0", "1"}:
        return (10 ** len(str(number)) + number,)
    return (number * 2 + 2 * (number == 0), number + 1, number * 3 + 3 * (number == 0))


def controls_of(answer: str) -> tuple[str, ...]:
    """Claims that are surely others: one more, one less, a list with one changed and one missing."""
    values = values_of(answer)
    if values is None:
        return ()
    if value_of(answer) is not None:
        return tuple(str(values[0] + delta) for delta in (1, -1))
    if not values:
        return ("[0]",)
    shown = [str(value) for value in values]
    far = str(max(values) + 1)
    return (f"[{', '.join([*shown[:-1], far])}]", f"[{', '.join([*shown, far])}]")
