"""Independent solvers' programs: which of them have a vote, and whether they agree when numbers change.

A program that prints a constant, that fails, that takes a number for which the problem gives no reason, or
that no stated number moves has no vote: what it prints may be the claim itself, or a guess. A vote counts for
the claim when the program prints it, and goes on agreeing with the author's program after the same number is
changed in both. Where the two cannot follow the same change, e.g. since one holds a number that was worked
out beforehand (8 * 7 for 8 people in two posts), the change says nothing.
"""

from __future__ import annotations

import asyncio
import re
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from ...records import Outcome
from ..answers import Pair
from ..programs import Printed
from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .invented import invented_numbers, worked_out
from .numbers import computes, occurrences, value_of, with_number
from .programs import changes_of, numbers_to_change
from .spoken import values_stated
from .told import READERS, Told, read_by

_ENOUGH = 2
"""Changed numbers for which both programs print the same, before a vote is believed without more."""

_NOISE = Fraction(1, 10**12)
_NEAR = Fraction(1, 10**9)
_SEARCHES = re.compile(r"\bin range\(.*\bif\b|\bwhile\b|\bnext\(", re.DOTALL)
_ROUNDS = re.compile(r"//|%|\bwhile\b|\bround\(|\bint\(|\bceil|\bfloor|\brange\(")


class Vote(StrEnum):
    """What an independent program says of a claim."""

    FOR = "for"
    AGAINST = "against"
    MUTE = "mute"
    """It has no vote."""


class Voter(NamedTuple):
    vote: Vote
    detail: str


async def peers_agree(claim: Claim, runs: Runs) -> Finding:
    """The majority of the independent programs that have a vote."""
    if not claim.peers:
        return undecided("there are no independent programs", "no_peers")
    author = await runs.printed(claim.program)
    voters = await asyncio.gather(*(_voter(claim, peer, author, runs) for peer in claim.peers))
    votes = [voter.vote for voter in voters]
    count_for, count_against = votes.count(Vote.FOR), votes.count(Vote.AGAINST)
    detail = f"{count_for} for, {count_against} against, {votes.count(Vote.MUTE)} without a vote"
    told = [f"{voter.vote.value}: {voter.detail}" for voter in voters]
    if count_for > count_against:
        return passed(detail, votes=list(told))
    if count_against > count_for:
        return refuted("peers_disagree", detail, votes=list(told))
    return undecided(detail, "no_majority" if count_for else "no_votes", votes=list(told))


async def _voter(claim: Claim, peer: str, author: Printed, runs: Runs) -> Voter:
    if not computes(peer, claim.problem):
        return Voter(Vote.MUTE, "it prints a constant")
    invented = invented_numbers(claim.problem, peer)
    if invented:
        return Voter(Vote.MUTE, f"it takes {invented[0]}, for which the problem gives no reason")
    printed = await runs.printed(peer)
    if printed.outcome is not Outcome.PASS:
        return Voter(Vote.MUTE, f"it gives no answer: {printed.detail[:120]}")
    shown = printed.answer[:80]
    told = read_by(READERS, claim.problem)
    if isinstance(told, Told) and told.value == value_of(printed.answer) == value_of(claim.answer):
        # Where the text alone gives the same, no change of numbers tells more.
        return Voter(Vote.FOR, f"it prints {shown}, which is what the text comes to")
    moved, agreeing, differing = await _under_changes(claim, peer, printed, runs)
    if not moved:
        return Voter(Vote.MUTE, "no stated number moves it")
    comparison = await runs.compared(Pair(claim.answer, printed.answer, claim.problem))
    given, claimed = value_of(printed.answer), value_of(claim.answer)
    # 3679.9999999999995 is what 3200 * 1.15 comes to in a machine.
    noise = given is not None and claimed is not None and abs(given - claimed) <= _NOISE * abs(claimed)
    if comparison.outcome is Outcome.INCONCLUSIVE and not noise:
        return Voter(Vote.MUTE, f"it prints {shown}, which cannot be compared")
    if comparison.outcome is Outcome.FAIL and not noise:
        return Voter(Vote.AGAINST, f"it prints {shown}")
    if differing > agreeing:
        return Voter(Vote.AGAINST, f"it prints {shown} too, but differs for {differing} changed numbers")
    if author.outcome is not Outcome.PASS:
        return Voter(Vote.MUTE, "the author's program gives nothing to agree with")
    return Voter(Vote.FOR, f"it prints {shown}, and agrees for {agreeing} changed numbers")


class _Changes(NamedTuple):
    moved: bool
    agreeing: int
    differing: int


async def _under_changes(claim: Claim, peer: str, printed: Printed, runs: Runs) -> _Changes:
    # 0, 1 and 2 stand in programs for other reasons: they are changed where the text states nothing else.
    numbers = numbers_to_change(claim.problem)
    numbers = tuple(number for number in numbers if number > 2) or numbers
    held = any(with_number(peer, number, number + 1) for number in numbers)
    # `How many two-digit primes are there?` states nothing that could move a program.
    moved, agreeing, differing = not held and max(numbers, default=0) <= 2, 0, 0
    for number in numbers if held else ():
        if moved and agreeing >= _ENOUGH and not differing:
            break
        for changed in changes_of(number):
            source = with_number(peer, number, changed)
            if not source:
                break
            theirs = await runs.printed(source)
            if theirs.outcome is not Outcome.PASS:
                # A search that finds nothing for other numbers has read them.
                moved = moved or theirs.outcome is Outcome.FAIL
                continue
            moved = moved or theirs.answer != printed.answer
            told = await _agrees(claim, number, changed, peer, theirs, runs)
            agreeing += told is Outcome.PASS
            differing += told is Outcome.FAIL
    return _Changes(moved, agreeing, differing)


async def _agrees(
    claim: Claim, number: Fraction, changed: Fraction, peer: str, theirs: Printed, runs: Runs
) -> Outcome:
    """Whether both programs print the same with the same number changed; a fair comparison or none."""
    # A number that stands in one program more often has another role there, e.g. 60 minutes next to 60 km.
    if occurrences(claim.program, number)[1] != occurrences(peer, number)[1]:
        return Outcome.INCONCLUSIVE
    stated = values_stated(claim.problem)
    uses = [{n for n in stated if n > 2 and occurrences(program, n)[1]} for program in (claim.program, peer)]
    searches = [_SEARCHES.search(program) is not None for program in (claim.program, peer)]
    fair = uses[0] == uses[1] and searches[0] == searches[1]
    fair = fair and not any(worked_out(claim.problem, program) for program in (claim.program, peer))
    source = with_number(claim.program, number, changed)
    ours = await runs.printed(source) if source else None
    if ours is None or ours.outcome is not Outcome.PASS:
        return Outcome.INCONCLUSIVE
    if ours.answer == theirs.answer:
        return Outcome.PASS
    one, other = value_of(ours.answer), value_of(theirs.answer)
    if one is not None and other is not None:
        if abs(one - other) <= _NEAR * max(abs(one), abs(other)):
            return Outcome.PASS
        # Whole division and exact division part ways where nothing divides: that tells of neither program.
        whole = one.denominator == 1, other.denominator == 1
        rounds = _ROUNDS.search(claim.program) or _ROUNDS.search(peer)
        if whole[0] != whole[1] or (rounds and abs(one - other) <= 1):
            return Outcome.INCONCLUSIVE
        return Outcome.FAIL if fair else Outcome.INCONCLUSIVE
    # A search among whole numbers finds nothing, or the whole part, where the exact answer is irrational.
    if (one is None) != (other is None) or "[]" in (ours.answer, theirs.answer):
        return Outcome.INCONCLUSIVE
    told = (await runs.compared(Pair(ours.answer, theirs.answer))).outcome
    return told if fair or told is Outcome.PASS else Outcome.INCONCLUSIVE
