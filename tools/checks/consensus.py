"""Several answers to one problem: do they agree so firmly that few such agreements are wrong?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from ...errors import ProofsetError
from ...records import Decision, Evidence, EvidenceKind, Outcome, well_formed
from ..answers import MAX_CHARS
from ..consensus import BOUND, Consensus, Prior, Vote, consensus
from ..sandbox import Sandbox
from ..versions import versions
from .reasoning import calculations_hold

MAX_REASONING = 20_000
AT_ONCE = 4

_OUTCOMES = {
    Decision.ACCEPT: Outcome.PASS,
    Decision.REJECT: Outcome.FAIL,
    Decision.ABSTAIN: Outcome.INCONCLUSIVE,
}
# `40 x 3/4 = 30` and `3/4 of 40 = 30` are true, though what stands before their sign alone is not 30.
_PART_OF_SOMETHING = re.compile(r"\(?\s*\d+\s*/\s*\d+\s*\)?\s*=.*", re.DOTALL)


class _GivenVote(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str
    basis: str
    reasoning: str


class _Inputs(BaseModel):
    """What evidence holds of a consensus."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    votes: tuple[_GivenVote, ...]
    problem: str
    claim: str | None
    prior: Prior
    bound: float


async def answers_agree_by_consensus(
    votes: Sequence[Vote],
    sandbox: Sandbox,
    *,
    problem: str = "",
    claim: str | None = None,
    prior: Prior | None = None,
    bound: float = BOUND,
) -> Evidence:
    """Whether the votes agree on an answer that is wrong with a probability of at most `bound`.

    A vote whose reasoning writes out a false calculation does not count. It fails only where a claim is given
    and the consensus is firmly for another answer; one basis that agrees with itself is inconclusive.

    Raises:
        UsageError: more than 16 votes.
    """
    votes, problem = [_kept(vote) for vote in votes], well_formed(problem)
    claim = None if claim is None else well_formed(claim[: MAX_CHARS + 1])
    prior = prior or Prior()
    false = await false_calculations(votes, sandbox)
    counted = [vote for vote, found in zip(votes, false, strict=True) if not found]
    reached = await consensus(counted, sandbox, problem=problem, prior=prior, bound=bound, claim=claim)
    told: list[JsonValue] = [
        {"answer": vote.answer, "basis": vote.basis, "reasoning": vote.reasoning} for vote in votes
    ]
    used = prior.model_copy(
        update={"known": {b: a for b, a in prior.known.items() if b in {vote.basis for vote in votes}}}
    )
    return Evidence(
        kind=EvidenceKind.AGREEMENT,
        check="answers_agree_by_consensus",
        claim=f"the consensus is {claim}" if claim is not None else "the answers agree on one",
        outcome=_OUTCOMES[reached.decision],
        basis=" + ".join(reached.bases) or "none",
        inputs={
            "votes": told,
            "problem": problem,
            "claim": claim,
            "prior": used.model_dump(mode="json"),
            "bound": bound,
        },
        observed=_observed(reached)
        | {"false": [{"vote": k, "calculations": list(found)} for k, found in enumerate(false) if found]},
        versions=versions(),
    )


async def false_calculations(votes: Sequence[Vote], sandbox: Sandbox) -> tuple[tuple[str, ...], ...]:
    """For each vote, the calculations in its reasoning that are false."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def false_in(vote: Vote) -> tuple[str, ...]:
        if not vote.reasoning:
            return ()
        async with turns:
            held = await calculations_hold(vote.reasoning, sandbox, basis=vote.basis)
        false = held.observed["false"] if held is not None else []
        assert isinstance(false, list)
        return tuple(each for each in map(str, false) if not _PART_OF_SOMETHING.fullmatch(each))

    return tuple(await asyncio.gather(*map(false_in, votes)))


def _kept(vote: Vote) -> Vote:
    return Vote(
        well_formed(vote.answer[: MAX_CHARS + 1]),
        well_formed(vote.basis),
        well_formed(vote.reasoning[-MAX_REASONING:]),
    )


def _observed(reached: Consensus) -> dict[str, JsonValue]:
    groups: list[JsonValue] = [
        {"answer": group.answer[:300], "votes": list(group.members)} for group in reached.groups
    ]
    return {
        "answer": reached.answer[:300],
        "p_wrong": round(reached.p_wrong, 6),
        "groups": groups,
        "code": reached.code,
        "detail": reached.reason,
    }


async def agreed_again(evidence: Evidence, sandbox: Sandbox) -> Evidence:
    """`answers_agree_by_consensus` on the votes that the evidence holds."""
    try:
        given = _Inputs.model_validate(evidence.inputs)
    except ValidationError as error:
        raise ProofsetError(
            f"evidence {evidence.check}: its inputs are missing or malformed ({error.errors()[0]['msg']}); "
            "it cannot be run again"
        ) from error
    votes = [Vote(vote.answer, vote.basis, vote.reasoning) for vote in given.votes]
    return await answers_agree_by_consensus(
        votes, sandbox, problem=given.problem, claim=given.claim, prior=given.prior, bound=given.bound
    )
