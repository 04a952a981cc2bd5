"""Votes into groups of equal answers, by the typed comparison; strings that differ may say the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import UsageError
from ...records import AnswerType, Outcome, well_formed
from ..answers import MAX_CHARS, Comparison, Pair, compare_answers
from ..sandbox import Sandbox

MAX_VOTES = 16

_NO_ANSWER = re.compile(
    r"(?:i (?:do not|don['’]t|cannot|can['’]t) .*|(?:i am |i['’]m )?not sure|unknown|none|null|nan|n/?a"
    r"|\?+|-+|no answer|(?:it )?(?:cannot|can['’]t|can not) be (?:determined|answered|solved).*)[.!]?",
    re.IGNORECASE | re.DOTALL,
)
# What the reader does not know is compared as a text; of such texts only words are answers to count.
_WORDS = re.compile(r"[^\W\d_][\w .,;:'’&%()/-]*[.!]?")


@dataclass(frozen=True, slots=True)
class Vote:
    """One answer to a problem.

    Attributes:
        answer: the final answer, alone or at the end of a text that says which it is.
        basis: whose answer it is, the spec of a model. Answers of one basis are no independent evidence.
        reasoning: how it was reached; may be empty.
    """

    answer: str
    basis: str
    reasoning: str = ""


class Ballot(NamedTuple):
    """All votes on one problem. The problem's text serves for the unit or form that it asks for."""

    votes: tuple[Vote, ...]
    problem: str = ""


class Group(NamedTuple):
    """Votes that say the same.

    Attributes:
        answer: the text that most of them have.
        members: places of the votes in the ballot.
        weights: how much of each basis' one vote went here, 0 to 1; a basis that gave different answers
            splits its vote.
    """

    answer: str
    members: tuple[int, ...]
    weights: Mapping[str, float]


class Tally(NamedTuple):
    """What was voted for.

    Attributes:
        groups: those with more weight first, then by their answers.
        dropped: places of votes that hold no answer.
        fault: why the answers form no groups; empty where they do.
    """

    groups: tuple[Group, ...]
    dropped: tuple[int, ...] = ()
    fault: str = ""


async def tally(ballots: Sequence[Ballot], sandbox: Sandbox) -> tuple[Tally, ...]:
    """Group the votes of each ballot; all comparisons of all ballots share jobs.

    Raises:
        UsageError: a ballot has more than 16 votes.
    """
    asked: list[Pair] = []
    texts = [_texts(ballot) for ballot in ballots]
    for ballot, distinct in zip(ballots, texts, strict=True):
        asked += [
            Pair(distinct[i], distinct[j], ballot.problem)
            for i in range(len(distinct))
            for j in range(i, len(distinct))
        ]
    compared = await compare_answers(asked, sandbox)
    tallies, at = [], 0
    for ballot, distinct in zip(ballots, texts, strict=True):
        found: dict[tuple[str, str], Outcome] = {}
        for i, one in enumerate(distinct):
            for other in distinct[i:]:
                found[one, other] = _outcome(compared[at], one)
                at += 1
        tallies.append(_tallied(ballot, distinct, found))
    return tuple(tallies)


def _outcome(compared: Comparison, text: str) -> Outcome:
    unknown = compared.type is AnswerType.TEXT and not _WORDS.fullmatch(text)
    return Outcome.INCONCLUSIVE if unknown else compared.outcome


def _texts(ballot: Ballot) -> list[str]:
    """The distinct answers, shorter ones first: they are the better side to infer a type from."""
    if len(ballot.votes) > MAX_VOTES:
        raise UsageError(f"a ballot of {len(ballot.votes)} votes: at most {MAX_VOTES} are counted")
    texts = {_text(vote) for vote in ballot.votes}
    return sorted((text for text in texts if _may_be_answer(text)), key=lambda text: (len(text), text))


def _text(vote: Vote) -> str:
    return well_formed(vote.answer[: MAX_CHARS + 1]).strip()


def _may_be_answer(text: str) -> bool:
    return bool(text) and (len(text) > 200 or not _NO_ANSWER.fullmatch(text))


def _tallied(ballot: Ballot, distinct: list[str], found: Mapping[tuple[str, str], Outcome]) -> Tally:
    read = [text for text in distinct if found[text, text] is Outcome.PASS]
    head = {text: text for text in read}
    for (one, other), outcome in found.items():
        if outcome is Outcome.PASS and one in head and other in head:
            kept, merged = sorted((head[one], head[other]), key=read.index)
            head = {text: kept if first == merged else first for text, first in head.items()}
    for (one, other), outcome in found.items():
        if outcome is Outcome.FAIL and head.get(one, 0) == head.get(other, 1):
            return Tally((), fault=f"{one[:60]!r} and {other[:60]!r} differ, yet both equal a third answer")
    spoken = Counter(vote.basis for vote in ballot.votes if _text(vote) in head)
    groups = []
    for first in dict.fromkeys(head.values()):
        members = [k for k, vote in enumerate(ballot.votes) if head.get(_text(vote)) == first]
        counts = Counter(_text(ballot.votes[k]) for k in members)
        answer = min(counts, key=lambda text: (-counts[text], len(text), text))
        given = Counter(ballot.votes[k].basis for k in members)
        weights = {basis: given[basis] / spoken[basis] for basis in sorted(given)}
        groups.append(Group(answer, tuple(members), weights))
    groups.sort(key=lambda group: (-sum(group.weights.values()), len(group.answer), group.answer))
    dropped = tuple(k for k, vote in enumerate(ballot.votes) if _text(vote) not in head)
    return Tally(tuple(groups), dropped)
