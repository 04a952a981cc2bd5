"""Independent solvers' programs: which of them have a vote, and whether they agree when numbers change.

A program that prints a constant, that fails, or that no stated number moves has no vote: what it prints
may be the claim itself. A vote counts for the claim when the program prints it, and goes on agreeing with
the author's program after the same number is changed in both.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from ...records import Outcome
from ..answers import Pair
from ..programs import Printed
from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .numbers import computes, occurrences, value_of, with_number
from .programs import changes_of, numbers_to_change

_ENOUGH = 2
"""Changed numbers for which both programs print the same, before a vote is believed without more."""

_NEAR = Fraction(1, 10**9)


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
    printed = await runs.printed(peer)
    if printed.outcome is not Outcome.PASS:
        return Voter(Vote.MUTE, f"it gives no answer: {printed.detail[:120]}")
    moved, agreeing, differing = False, 0, 0
    for number in numbers_to_change(claim.problem):
        if moved and agreeing >= _ENOUGH and not differing:
            break
        for changed in changes_of(number):
            source = with_number(peer, number, changed)
            if not source:
                break
            theirs = await runs.printed(source)
            if theirs.outcome is not Outcome.PASS:
                continue
            moved = moved or theirs.answer != printed.answer
            told = await _agrees(claim, number, changed, peer, theirs, runs)
            if told is not Outcome.INCONCLUSIVE:
                agreeing += told is Outcome.PASS
                differing += told is Outcome.FAIL
                if moved:
                    break
    if not moved:
        return Voter(Vote.MUTE, "no stated number moves it")
    shown = printed.answer[:80]
    comparison = await runs.compared(Pair(claim.answer, printed.answer, claim.problem))
    if comparison.outcome is Outcome.INCONCLUSIVE:
        return Voter(Vote.MUTE, f"it prints {shown}, which cannot be compared")
    if comparison.outcome is Outcome.FAIL:
        return Voter(Vote.AGAINST, f"it prints {shown}")
    if differing > agreeing:
        return Voter(Vote.AGAINST, f"it prints {shown} too, but differs for {differing} changed numbers")
    if author.outcome is not Outcome.PASS:
        return Voter(Vote.MUTE, "the author's program gives nothing to agree with")
    return Voter(Vote.FOR, f"it prints {shown}, and agrees for {agreeing} changed numbers")


async def _agrees(
    claim: Claim, number: Fraction, changed: Fraction, peer: str, theirs: Printed, runs: Runs
) -> Outcome:
    """Whether both programs print the same with the same number changed; a fair comparison or none."""
    # A number that stands in one program more often has another role there, e.g. 60 minutes next to 60 km.
    if occurrences(claim.program, number)[1] != occurrences(peer, number)[1]:
        return Outcome.INCONCLUSIVE
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
        if (one.denominator == 1) != (other.denominator == 1) and abs(one - other) < 1:
            return Outcome.INCONCLUSIVE
        return Outcome.FAIL
    # A search among whole numbers finds nothing, or the whole part, where the exact answer is irrational.
    if (one is None) != (other is None) or "[]" in (ours.answer, theirs.answer):
        return Outcome.INCONCLUSIVE
    return (await runs.compared(Pair(ours.answer, theirs.answer))).outcome
