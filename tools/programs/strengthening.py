"""Choose the inputs worth keeping: those that tell mutants apart or on which somebody dissents."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .expressions import AnswerKind
from .labels import agree
from .stubs import stubs_for
from .trials import Standing, Trials

MIN_KEPT = 12
_MAX_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Strength:
    """What a strengthened suite holds and tells apart.

    Attributes:
        suite: asserts on confirmed inputs, with the value that candidate and peers agree on.
        chosen: their places among the trials' calls.
        confirmed, disputed, open: numbers of inputs by their standing.
        dissent: on how many of the confirmed ones a voter differs while copies alone support the candidate.
        mutants: how many were run; `killable`: told apart by any call; `killed_by_tests`: by the given
            tests and examples; `killed`: by these and the suite.
        stub: a stub that gives all the confirmed values; empty where none does.
    """

    suite: tuple[str, ...] = ()
    chosen: tuple[int, ...] = ()
    confirmed: int = 0
    disputed: int = 0
    dissent: int = 0
    open: int = 0
    mutants: int = 0
    killable: int = 0
    killed_by_tests: int = 0
    killed: int = 0
    stub: str = ""


def strengthen(trials: Trials, kills: Sequence[frozenset[int] | None], *, limit: int) -> Strength:
    """The smallest confirmed inputs that kill all that can be killed, those with dissent, and a few more.

    Args:
        kills: for each mutant the places of the calls on which it differs; None where that is not known.
    """
    tests = len(trials.asserts.calls)
    given = frozenset(range(tests + len(trials.examples)))
    standings = {place: trials.standing(place) for place in range(tests, len(trials.calls))}
    confirmed = [place for place, standing in standings.items() if standing is Standing.CONFIRMED]
    known = [places for places in kills if places is not None]
    killable = [places for places in known if places]
    counted = Counter(standings.values())
    chosen = _chosen(trials, confirmed, [places for places in killable if not places & given], limit)
    return Strength(
        suite=tuple(assert_of(trials, place) for place in chosen),
        chosen=chosen,
        confirmed=len(confirmed),
        disputed=counted[Standing.DISPUTED],
        dissent=sum(map(trials.dissent, confirmed)),
        open=counted[Standing.OPEN],
        mutants=len(known),
        killable=len(killable),
        killed_by_tests=sum(bool(places & given) for places in killable),
        killed=sum(bool(places & (given | set(chosen))) for places in killable),
        stub=_stub(trials, confirmed),
    )


def _chosen(
    trials: Trials, confirmed: Sequence[int], alive: Sequence[frozenset[int]], limit: int
) -> tuple[int, ...]:
    usable = [place for place in confirmed if len(assert_of(trials, place)) <= _MAX_CHARS]
    kept: dict[int, None] = {}
    for place in [*_greedy(usable, alive), *_disputed(trials, usable), *_spread(usable)]:
        if len(kept) == limit:
            break
        kept.setdefault(place)
    return tuple(sorted(kept))


def _greedy(usable: Sequence[int], alive: Sequence[frozenset[int]]) -> Iterator[int]:
    """Input by input the one that kills most of what is alive; the smaller one where two do."""
    left = list(alive)
    while left and usable:
        best = max(usable, key=lambda place: (sum(place in places for places in left), -place))
        if not any(best in places for places in left):
            return
        yield best
        left = [places for places in left if best not in places]


def _disputed(trials: Trials, usable: Sequence[int]) -> Iterator[int]:
    """Inputs on which a peer, voter or not, says something else."""
    for place in usable:
        own = trials.runs[0].answers[place].value
        answers = [peer.answers[place] for peer in trials.peers]
        if any(answer.kind is not AnswerKind.VALUE or not agree(answer.value, own) for answer in answers):
            yield place


def _spread(usable: Sequence[int]) -> Sequence[int]:
    return usable[:: max(1, len(usable) // MIN_KEPT)]


def assert_of(trials: Trials, place: int) -> str:
    """The test that a confirmed input makes; the value is the candidate's, which the label agrees with."""
    call, value = trials.calls[place].text, trials.runs[0].answers[place].value
    if isinstance(value, float) and math.isfinite(value):
        return f"assert math.isclose({call}, {value!r}, rel_tol=1e-06, abs_tol=1e-06)"
    return f"assert {call} == {value!r}"


def _stub(trials: Trials, confirmed: Sequence[int]) -> str:
    calls = [trials.calls[place] for place in confirmed]
    values = [trials.runs[0].answers[place].value for place in confirmed]
    for stub in stubs_for(calls, values[:1]) if confirmed else ():
        pairs = zip(stub.answers, values, strict=True)
        if all(given.kind is AnswerKind.VALUE and agree(given.value, value) for given, value in pairs):
            return stub.name
    return ""
