"""From a tally to a three-valued verdict: accepted where the estimate is low enough, else left open."""

from __future__ import annotations

from dataclasses import dataclass

from ...records import Decision, Outcome
from ..answers import Pair, compare_answers
from ..sandbox import Sandbox
from .model import Prior, estimates
from .tallying import Ballot, Group, Tally, Vote, tally

BOUND = 0.05
"""Above this estimate a consensus is no evidence."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the votes on one problem come to.

    Attributes:
        decision: accept; reject, only where a claim was given and the consensus is firmly for another
            answer; else abstain.
        answer: of the likeliest group; empty where there is none.
        p_wrong: the estimated probability that this answer is wrong, 0 to 1; 1 where there is none.
        groups: equal answers, those with more weight first.
        bases: the bases that gave most of their vote to the answer, sorted.
        code: short name of the reason; empty when accepted.
        reason: one sentence with the values and the bound.
    """

    decision: Decision
    answer: str
    p_wrong: float
    groups: tuple[Group, ...]
    bases: tuple[str, ...]
    code: str
    reason: str


async def consensus(
    votes: tuple[Vote, ...] | list[Vote],
    sandbox: Sandbox,
    *,
    problem: str = "",
    prior: Prior | None = None,
    bound: float = BOUND,
    claim: str | None = None,
) -> Consensus:
    """Group the votes by the typed comparison and decide; see `decide`.

    Args:
        prior: of voters and mistakes; `fit` makes one from a batch.
        bound: largest estimate that is accepted.
        claim: an answer that the consensus is to confirm or refute.

    Raises:
        UsageError: more than 16 votes.
    """
    (counted,) = await tally([Ballot(tuple(votes), problem)], sandbox)
    found = decide(counted, prior, bound)
    if claim is None or found.decision is not Decision.ACCEPT:
        return found
    (compared,) = await compare_answers([Pair(found.answer, claim, problem)], sandbox)
    return _against(found, claim, compared.outcome)


def decide(counted: Tally, prior: Prior | None = None, bound: float = BOUND) -> Consensus:
    """Accept the likeliest answer where its estimate is within the bound and two bases give it."""
    if not counted.groups:
        reason = counted.fault or "no vote holds an answer"
        return Consensus(Decision.ABSTAIN, "", 1.0, (), (), "no_answers", reason)
    chances = estimates(counted.groups, prior or Prior())
    best = min(range(len(chances)), key=lambda place: chances[place])
    group, p_wrong = counted.groups[best], chances[best]
    bases = tuple(basis for basis, weight in group.weights.items() if weight > 0.5)
    said = f"{len(bases)} of {_voters(counted)} independent voters give {group.answer[:80]!r}"
    if len(bases) < 2:
        code, reason = "one_basis", f"{said}: one that agrees with itself is no consensus"
    elif p_wrong > bound:
        code, reason = "unsure", f"{said}: wrong with an estimated {p_wrong:.3f} > {bound:g}"
    else:
        code, reason = "", f"{said}: wrong with an estimated {p_wrong:.3f} <= {bound:g}"
    decision = Decision.ABSTAIN if code else Decision.ACCEPT
    return Consensus(decision, group.answer, p_wrong, counted.groups, bases, code, reason)


def _voters(counted: Tally) -> int:
    return len({basis for group in counted.groups for basis in group.weights})


def _against(found: Consensus, claim: str, outcome: Outcome) -> Consensus:
    if outcome is Outcome.PASS:
        return found
    firm = outcome is Outcome.FAIL
    return Consensus(
        Decision.REJECT if firm else Decision.ABSTAIN,
        found.answer,
        found.p_wrong,
        found.groups,
        found.bases,
        "other_answer" if firm else "claim_open",
        f"{found.reason}; the claim {claim[:80]!r} {'is another' if firm else 'may be the same or not'}",
    )
