"""What a candidate and its peers answer to the same calls, and what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from ..sandbox import Sandbox
from .asserts import Asserts, judge
from .calls import Answers
from .cores import core_of
from .examples import Example
from .expressions import Answer, AnswerKind, Call
from .labels import MIN_VOTES, Label, agree, answers_agree, label_of
from .results import CaseStatus
from .variants import SKIPPED, answers_of

HASH_SEEDS = (0, 1, 0)
"""Of the candidate's runs: two orders of its sets, and the same one twice."""


class Standing(StrEnum):
    """How the candidate stands to the others on one input."""

    CONFIRMED = "confirmed"
    """More than half of candidate and voters, two at least, give the candidate's value."""
    CONTRADICTED = "contradicted"
    """More than half of the voters, two at least, give one other value, and fewer give the candidate's."""
    DISPUTED = "disputed"
    """Candidate and voters give different values, and there is no majority."""
    OPEN = "open"
    """No majority, or somebody raises or hangs: the input may be outside of the contract."""
    EMPTY = "empty"
    """Nobody has anything to say: all raise, or there is no voter."""


@dataclass(frozen=True)
class Trials:
    """Answers to the calls of the asserts, of the examples and of the inputs, in this order.

    Attributes:
        runs: the candidate's, one for each of HASH_SEEDS.
        peers: one for each peer.
        copies: which peers are the candidate's program over again: no second opinion on it.
    """

    asserts: Asserts
    examples: tuple[Example, ...]
    inputs: tuple[Call, ...]
    runs: tuple[Answers, ...]
    peers: tuple[Answers, ...]
    copies: tuple[bool, ...] = ()

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        return (*self.asserts.calls, *(example.call for example in self.examples), *self.inputs)

    @cached_property
    def voting(self) -> tuple[int, ...]:
        """Numbers of the peers that pass the tests and every example that is not in doubt."""
        sound = [number for number in range(len(self.examples)) if number not in self.doubtful]
        return tuple(
            place
            for place in self._passing
            if all(self._holds(number, self.peers[place].answers) for number in sound)
        )

    @cached_property
    def voters(self) -> tuple[Answers, ...]:
        return tuple(self.peers[place] for place in self.voting)

    @cached_property
    def others(self) -> tuple[Answers, ...]:
        """The voters that are no copies of the candidate."""
        return tuple(self.peers[place] for place in self.voting if not self.copies[place])

    @cached_property
    def _passing(self) -> tuple[int, ...]:
        return tuple(place for place, peer in enumerate(self.peers) if self.passes_tests(peer.answers))

    def passes_tests(self, answers: Sequence[Answer]) -> bool:
        own = answers[: len(self.asserts.calls)]
        return all(judge(case, own).status is CaseStatus.PASSED for case in self.asserts.cases)

    def _holds(self, number: int, answers: Sequence[Answer]) -> bool:
        answer = answers[len(self.asserts.calls) + number]
        return answer.kind is AnswerKind.VALUE and agree(answer.value, self._expected(number))

    def _expected(self, number: int) -> object:
        side = self.examples[number].case.side
        return side.right(()) if side is not None else None

    @cached_property
    def doubtful(self) -> frozenset[int]:
        """Slips of the text: examples that a majority of the peers that pass the tests denies.

        What is tested already is left to the tests.
        """
        tested = {repr(call.arguments) for call in self.asserts.calls}
        found = set()
        for number, example in enumerate(self.examples):
            place = len(self.asserts.calls) + number
            label = label_of([self.peers[peer].answers[place] for peer in self._passing])
            denied = label is not None and not agree(label.value, self._expected(number))
            if denied or repr(example.call.arguments) in tested:
                found.add(number)
        return frozenset(found)

    @cached_property
    def failed_examples(self) -> tuple[int, ...]:
        answers = self.runs[0].answers
        return tuple(
            number
            for number in range(len(self.examples))
            if number not in self.doubtful and not self._holds(number, answers)
        )

    @cached_property
    def flaky(self) -> tuple[int, ...]:
        """Calls to which the candidate's runs gave different answers; no answer at all is left aside."""
        first, *others = self.runs
        return tuple(
            place
            for place, answer in enumerate(first.answers)
            if answer.kind is not AnswerKind.MISSING
            for other in others
            if other.answers[place].kind is not AnswerKind.MISSING
            and not answers_agree(answer, other.answers[place])
        )

    @cached_property
    def contradicted(self) -> tuple[int, ...]:
        """Places of the examples and inputs on which the majority is against the candidate."""
        first = len(self.asserts.calls)
        return tuple(
            place for place in range(first, len(self.calls)) if self.standing(place) is Standing.CONTRADICTED
        )

    def limited_to(self, places: Sequence[int]) -> Trials:
        """The same trials with these of the inputs and no others."""
        first = len(self.calls) - len(self.inputs)
        kept = [*range(first), *places]

        def picked(given: Answers) -> Answers:
            return given._replace(answers=tuple(given.answers[place] for place in kept))

        return replace(
            self,
            inputs=tuple(self.inputs[place - first] for place in places),
            runs=tuple(map(picked, self.runs)),
            peers=tuple(map(picked, self.peers)),
        )

    def label(self, place: int) -> Label | None:
        return label_of([voter.answers[place] for voter in self.voters])

    def standing(self, place: int) -> Standing:
        """How the candidate stands on one call, by its place among `calls`."""
        own = self.runs[0].answers[place]
        given = [voter.answers[place] for voter in self.voters]
        values = [answer.value for answer in given if answer.kind is AnswerKind.VALUE]
        if not values:
            return Standing.EMPTY
        if own.kind is AnswerKind.MISSING and (not self.runs[0].conclusive or SKIPPED in own.detail):
            return Standing.OPEN
        label = label_of(given)
        if own.kind is not AnswerKind.VALUE:
            return Standing.DISPUTED if label is None else Standing.CONTRADICTED
        independent = 1 + self._supporters(place)
        if label is not None and not agree(own.value, label.value):
            return Standing.CONTRADICTED if label.votes > independent else Standing.DISPUTED
        same = 1 + sum(agree(own.value, value) for value in values)
        if same >= MIN_VOTES and 2 * same > 1 + len(given):
            return Standing.CONFIRMED
        return Standing.DISPUTED if self._contrary(place) else Standing.OPEN

    def _of_others(self, place: int) -> list[Answer]:
        return [voter.answers[place] for voter in self.others]

    def _supporters(self, place: int) -> int:
        own = self.runs[0].answers[place].value
        return sum(
            answer.kind is AnswerKind.VALUE and agree(own, answer.value) for answer in self._of_others(place)
        )

    def _contrary(self, place: int) -> int:
        own = self.runs[0].answers[place]
        return sum(
            answer.kind is AnswerKind.VALUE and not answers_agree(own, answer)
            for answer in self._of_others(place)
        )

    def dissent(self, place: int) -> bool:
        """Whether a voter gives another value than the candidate, which only copies of it support."""
        return bool(self._contrary(place)) and not self._supporters(place)


async def try_out(
    solution: str,
    peers: Sequence[str],
    entry_point: str,
    asserts: Asserts,
    examples: Sequence[Example],
    inputs: Sequence[Call],
    sandbox: Sandbox,
) -> Trials:
    """Run the candidate three times and each peer once: a job for each, all calls in it."""
    calls = (*asserts.calls, *(example.call for example in examples), *inputs)
    programs = [*((solution, seed) for seed in HASH_SEEDS), *((peer, 0) for peer in peers)]
    found = await asyncio.gather(
        *(answers_of(program, calls, entry_point, sandbox, hash_seed=seed) for program, seed in programs)
    )
    runs, others = found[: len(HASH_SEEDS)], found[len(HASH_SEEDS) :]
    own = core_of(solution)
    copies = tuple(core_of(peer) == own for peer in peers)
    return Trials(asserts, tuple(examples), tuple(inputs), tuple(runs), tuple(others), copies)
