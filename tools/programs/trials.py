"""What a candidate and its peers answer to the same calls, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from .asserts import Asserts, judge
from .calls import Answers
from .examples import Example
from .expressions import Answer, AnswerKind, Call
from .labels import MIN_VOTES, Label, agree, answers_agree, label_of
from .results import CaseStatus
from .variants import CHANGES, LATE, SKIPPED

ACCIDENTS = frozenset(
    {
        *("IndexError", "KeyError", "ZeroDivisionError", "UnboundLocalError", "NameError", "AttributeError"),
        *("StopIteration", "UnicodeEncodeError", "UnicodeDecodeError"),
    }
)
"""Errors that no program raises on purpose to turn an input down."""


class Standing(StrEnum):
    """How the candidate stands to the others on one input."""

    CONFIRMED = "confirmed"
    """More than half of candidate and voters, two at least, give the candidate's value."""
    CONTRADICTED = "contradicted"
    """More than half of the voters, two at least, give one other value, and fewer give the candidate's."""
    OBJECTED = "objected"
    """Beyond what was seen: two different programs at least agree on a value, none fails, the candidate's
    value is another one, or it fails by accident."""
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
        runs: the candidate's, three, see `trying`.
        peers: one for each peer.
        kinds: a number for each peer, the same one for programs that are the same: no second opinion. The
            candidate's own is 0.
        beyond: places, among all calls, of the inputs that lie beyond what was seen; `costly`: these, and
            others on which it is no fault to run out of time.
    """

    asserts: Asserts
    examples: tuple[Example, ...]
    inputs: tuple[Call, ...]
    runs: tuple[Answers, ...]
    peers: tuple[Answers, ...]
    kinds: tuple[int, ...] = ()
    beyond: frozenset[int] = frozenset()
    costly: frozenset[int] = frozenset()

    @property
    def copies(self) -> tuple[bool, ...]:
        """Which peers are the candidate's program over again."""
        return tuple(not kind for kind in self.kinds)

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
    def counted(self) -> tuple[int, ...]:
        """Numbers of the examples that make tests: not in doubt, and passed to the letter."""
        first = len(self.asserts.calls)
        return tuple(
            number
            for number, example in enumerate(self.examples)
            if number not in self.doubtful
            and judge(example.case, [self.runs[0].answers[first + number]]).status is CaseStatus.PASSED
        )

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
        return self.placed(Standing.CONTRADICTED)

    def limited_to(self, places: Sequence[int]) -> Trials:
        """The same trials with these of the inputs and no others."""
        first = len(self.calls) - len(self.inputs)
        kept = [*range(first), *places]

        def picked(given: Answers) -> Answers:
            return given._replace(answers=tuple(given.answers[place] for place in kept))

        return replace(
            self,
            inputs=tuple(self.inputs[place - first] for place in places),
            beyond=frozenset(number for number, place in enumerate(kept) if place in self.beyond),
            costly=frozenset(number for number, place in enumerate(kept) if place in self.costly),
            runs=tuple(map(picked, self.runs)),
            peers=tuple(map(picked, self.peers)),
        )

    def label(self, place: int) -> Label | None:
        return label_of([voter.answers[place] for voter in self.voters])

    def standing(self, place: int) -> Standing:
        """How the candidate stands on one call, by its place among `calls`."""
        return self.standings[place]

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        found = [
            self._beyond(place) if place in self.beyond else self._within(place)
            for place in range(len(self.calls))
        ]
        below = [place for place in self.beyond if _has_negative(self.calls[place])]
        labels = [label.value for place in below if (label := self.label(place)) is not None]
        if len(labels) > 1 and all(agree(labels[0], value) for value in labels):
            # Whatever the negative number, the peers give one value: as loops do that never begin.
            found = [
                Standing.OPEN if standing is Standing.OBJECTED and place in below else standing
                for place, standing in enumerate(found)
            ]
        return tuple(found)

    def _within(self, place: int) -> Standing:
        own = self.runs[0].answers[place]
        given = [voter.answers[place] for voter in self.voters]
        values = [answer.value for answer in given if answer.kind is AnswerKind.VALUE]
        if not values:
            return Standing.EMPTY
        if own.kind is AnswerKind.MISSING:
            late = LATE in own.detail and place in self.costly
            if late or not self.runs[0].conclusive or SKIPPED in own.detail:
                return Standing.OPEN
        label = label_of(given)
        if own.kind is not AnswerKind.VALUE:
            return Standing.DISPUTED if label is None else Standing.CONTRADICTED
        independent = 1 + self._supporters(place)
        if label is not None and not agree(own.value, label.value):
            return Standing.CONTRADICTED if label.votes > independent else Standing.DISPUTED
        if self._confirmed(own, given):
            return Standing.CONFIRMED
        return Standing.DISPUTED if self._contrary(place) else Standing.OPEN

    def _beyond(self, place: int) -> Standing:
        own = self.runs[0].answers[place]
        given = [voter.answers[place] for voter in self.voters]
        if not any(answer.kind is AnswerKind.VALUE for answer in given):
            return Standing.EMPTY
        if any(answer.kind is not AnswerKind.VALUE for answer in given):
            return Standing.OPEN
        if own.kind is AnswerKind.VALUE and self._confirmed(own, given):
            return Standing.CONFIRMED
        label = label_of(given)
        fails = own.kind is AnswerKind.RAISED and own.detail.partition(":")[0] in ACCIDENTS
        if label is None or not (fails or own.kind is AnswerKind.VALUE):
            return Standing.OPEN
        behind = {self.kinds[peer] for peer in self.voting if self._gives(peer, place, label.value)}
        return Standing.OBJECTED if len(behind) >= MIN_VOTES else Standing.OPEN

    def _confirmed(self, own: Answer, given: Sequence[Answer]) -> bool:
        same = 1 + sum(each.kind is AnswerKind.VALUE and agree(own.value, each.value) for each in given)
        return same >= MIN_VOTES and 2 * same > 1 + len(given)

    def _gives(self, peer: int, place: int, value: object) -> bool:
        answer = self.peers[peer].answers[place]
        return answer.kind is AnswerKind.VALUE and agree(answer.value, value)

    def placed(self, *standings: Standing) -> tuple[int, ...]:
        """Places of the examples and inputs of one of these standings."""
        first = len(self.asserts.calls)
        return tuple(place for place in range(first, len(self.calls)) if self.standing(place) in standings)

    @cached_property
    def careless(self) -> tuple[int, ...]:
        """Places where the candidate leaves an argument changed, and no voter of at least two does."""
        first = len(self.asserts.calls) + len(self.examples)
        found = []
        for place, own in enumerate(self.runs[0].answers):
            others = [self.peers[peer].answers[place] for peer in self.voting if self.kinds[peer]]
            known = [answer for answer in others if answer.kind is AnswerKind.VALUE]
            alone = own.detail == CHANGES and not any(answer.detail == CHANGES for answer in known)
            if (
                own.kind is AnswerKind.VALUE
                and alone
                and len(known) >= MIN_VOTES
                and place not in self.beyond
            ):
                found.append(place)
        return tuple(sorted(found, key=lambda place: (place < first, place)))

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

    def lawless(self, place: int) -> bool:
        """Whether the candidate or a voter has no value to give there: no input that the problem promises.

        Without a voter nobody says so.
        """
        asked = [self.runs[0], *self.voters]
        return len(asked) > 1 and any(each.answers[place].kind is not AnswerKind.VALUE for each in asked)

    def opposed(self, place: int) -> bool:
        """Whether a disputed call has one value against the candidate's, and not a value from everybody."""
        if self.standing(place) is not Standing.DISPUTED:
            return False
        values = [voter.answers[place].kind is AnswerKind.VALUE for voter in self.voters]
        return self.label(place) is not None or sum(values) <= MIN_VOTES

    def unanimous(self, place: int) -> bool:
        """Whether every voter gives the candidate's value, and one of them is another program."""
        own = self.runs[0].answers[place].value
        return all(self._gives(peer, place, own) for peer in self.voting) and bool(self.others)

    def dissent(self, place: int) -> bool:
        """Whether a voter gives another value than the candidate, which only copies of it support."""
        return bool(self._contrary(place)) and not self._supporters(place)


def _has_negative(call: Call) -> bool:
    """Whether an argument by itself is a negative number."""
    return any(isinstance(argument, int | float) and argument < 0 for argument in call.arguments)


NO_TRIALS = Trials(Asserts((), ()), (), (), (), ())
"""Of a solution that nobody called."""
