"""PairJudge: which of two responses is better. Asked in both orders; where they disagree, it abstains."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ...models import Call, Malformed, Model, Request, Sampling, Token, Typed
from ...records import Usage, request_seed
from ..prompts import load_prompt
from .example import mark_of

_ALTERNATIVES = 5
"""Tokens beside the one that was drawn: both letters are among them, with and without blanks."""
COMPARING = Sampling(temperature=0.7, max_tokens=30)
"""The temperature is for several samples; a single one per order is drawn at 0."""


class Choice(BaseModel):
    """One vote, by the place in the prompt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    better: Literal["A", "B"]


class Preferred(StrEnum):
    """Which response is better; neither is an abstention."""

    FIRST = "first"
    SECOND = "second"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Preference:
    """What a judge prefers.

    Attributes:
        share: the soft label: share of the readable votes for the first response, 0 to 1; None without any.
        votes: the votes for the first and for the second response, and those that could not be read.
        code: `same_text`, `pair_unreadable`, `pair_unsure` or `orders_disagree`; empty where one is better.
        reason: one sentence with the counts; empty where one is better.
        by: what the soft label is made of.
    """

    preferred: Preferred
    share: float | None
    votes: Votes
    usage: Usage
    code: str = ""
    reason: str = ""
    by: Literal["votes", "log-probs"] = "votes"


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes of one order, or of both."""

    first: int = 0
    second: int = 0
    unreadable: int = 0

    def __add__(self, other: Votes) -> Votes:
        return Votes(self.first + other.first, self.second + other.second, self.unreadable + other.unreadable)

    @property
    def asked(self) -> int:
        return self.first + self.second + self.unreadable

    @property
    def winner(self) -> Preferred:
        if self.first == self.second:
            return Preferred.NEITHER
        return Preferred.FIRST if self.first > self.second else Preferred.SECOND


@dataclass(frozen=True, slots=True)
class PairJudge:
    """Compares two responses by a model.

    Attributes:
        samples: votes for each order; the model is asked twice as often.
        seed: the run's seed.
        question: put into a prompt that has a place for it.
        prompts: a directory of the user's prompts.
        logprobs: whether log-probs are asked for, and decide where the provider tells them.
    """

    model: Model
    samples: int = 1
    seed: int = 0
    prompt: str = "judge_pair"
    sampling: Sampling = COMPARING
    question: str = ""
    prompts: str | None = None
    logprobs: bool = False

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told at once.
        load_prompt(self.prompt)

    async def prefer(self, instruction: str, first: str, second: str, call: Call) -> Preference:
        """Which is better. The call's sample is the number of the first vote of 2 × `samples`.

        With `logprobs` one vote an order is enough where the provider tells them.
        """
        if first.strip() == second.strip():
            reason = "both responses are the same text"
            return Preference(Preferred.NEITHER, None, Votes(), Usage(), "same_text", reason)
        orders = ((first, second, call), (second, first, replace(call, sample=call.sample + self.samples)))

        async def ask(numbers: range) -> list[list[Typed[Choice] | Malformed]]:
            return await asyncio.gather(*(self._ask(instruction, a, b, to, numbers) for a, b, to in orders))

        if not self.logprobs:
            return preference_of(*await ask(range(self.samples)))
        begun = await ask(range(1))
        weighed = weighed_preference(*(one for (one,) in begun))
        if weighed is not None:
            return weighed
        more = await ask(range(1, self.samples))
        return preference_of(*([*one, *other] for one, other in zip(begun, more, strict=True)))

    async def _ask(
        self, instruction: str, a: str, b: str, call: Call, numbers: range
    ) -> list[Typed[Choice] | Malformed]:
        mark = mark_of(instruction, a, b)
        text = load_prompt(self.prompt, self.prompts)
        asked = {"question": self.question} if "question" in text.places else {}
        messages = text.render(mark=mark, instruction=instruction, first=a, second=b, **asked)
        sampling = self.sampling if self.samples > 1 else replace(self.sampling, temperature=0.0)
        calls = [replace(call, sample=call.sample + number) for number in numbers]
        seeds = [
            request_seed(self.seed, one.slot, one.attempt, one.role, self.prompt, one.sample) for one in calls
        ]
        top = _ALTERNATIVES if self.logprobs else 0
        return await asyncio.gather(
            *(
                self.model.ask_typed(
                    Request(messages, replace(sampling, seed=seed), logprobs=top), one, Choice
                )
                for one, seed in zip(calls, seeds, strict=True)
            )
        )


def weighed_preference(
    forward: Typed[Choice] | Malformed, backward: Typed[Choice] | Malformed
) -> Preference | None:
    """What the log-probs of one vote an order come to; None where either tells none."""
    if isinstance(forward, Malformed) or isinstance(backward, Malformed):
        return None
    a, b = _probability_of_a(forward.tokens), _probability_of_a(backward.tokens)
    if a is None or b is None:
        return None
    shares = (a, 1 - b)
    votes = _count([forward], first="A") + _count([backward], first="B")
    usage, share = forward.usage + backward.usage, sum(shares) / 2
    shown = " and ".join(f"{one:.2f}" for one in shares)

    def preference(preferred: Preferred, code: str = "", reason: str = "") -> Preference:
        return Preference(preferred, share, votes, usage, code, reason, by="log-probs")

    if 0.5 in shares:
        reason = f"the probabilities of the first are {shown} in the two orders"
        return preference(Preferred.NEITHER, "pair_unsure", reason)
    if (shares[0] > 0.5) is not (shares[1] > 0.5):
        reason = f"the probabilities of the first are {shown} in the two orders"
        return preference(Preferred.NEITHER, "orders_disagree", reason)
    return preference(Preferred.FIRST if share > 0.5 else Preferred.SECOND)


def _probability_of_a(tokens: Sequence[Token]) -> float | None:
    """Of A against B, where the choice was written: both normalised, as the paper's labels are
    (arXiv 2212.08073); None where no token is a choice.
    """
    for token in reversed(tokens):
        if _choice_in(token.text):
            mass = {"A": 0.0, "B": 0.0}
            for text, logprob in token.top:
                if choice := _choice_in(text):
                    mass[choice] += math.exp(min(logprob, 0.0))
            total = sum(mass.values())
            return mass["A"] / total if total > 0 else None
    return None


def _choice_in(token: str) -> str:
    # A token may hold the quotes beside the letter.
    bare = token.strip(' "{}:\n')
    return bare if bare in ("A", "B") else ""


def preference_of(
    forward: Sequence[Typed[Choice] | Malformed], backward: Sequence[Typed[Choice] | Malformed]
) -> Preference:
    """What the votes come to: `forward` saw the first response as A, `backward` as B."""
    orders = (_count(forward, first="A"), _count(backward, first="B"))
    votes = orders[0] + orders[1]
    read = votes.first + votes.second
    usage = sum((reply.usage for reply in (*forward, *backward)), Usage())

    def preference(preferred: Preferred, code: str = "", reason: str = "") -> Preference:
        return Preference(preferred, votes.first / read if read else None, votes, usage, code, reason)

    if any(2 * order.unreadable >= order.asked for order in orders):
        missing = f"{votes.unreadable} of {votes.asked} votes could not be read"
        return preference(Preferred.NEITHER, "pair_unreadable", missing)
    winners = [order.winner for order in orders]
    shown = " and ".join(f"{order.first}:{order.second}" for order in orders)
    if Preferred.NEITHER in winners:
        return preference(Preferred.NEITHER, "pair_unsure", f"the votes are even: {shown} in the two orders")
    if winners[0] is not winners[1]:
        return preference(Preferred.NEITHER, "orders_disagree", f"the votes are {shown} in the two orders")
    return preference(winners[0])


def _count(replies: Sequence[Typed[Choice] | Malformed], *, first: Literal["A", "B"]) -> Votes:
    read = [reply.value.better for reply in replies if isinstance(reply, Typed)]
    return Votes(read.count(first), len(read) - read.count(first), len(replies) - len(read))
