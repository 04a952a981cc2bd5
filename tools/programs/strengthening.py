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
from .watching import Piece

MIN_KEPT = 12
_MAX_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Strength:
    """What a strengthened suite holds and tells apart.

    Attributes:
        suite: asserts on confirmed inputs, with the value that candidate and peers agree on.
        chosen: their places among the trials' calls.
        confirmed, disputed, open: numbers of inputs by their standing.
        opposed: on how many of the disputed ones one value stands against the candidate's.
        dissent: on how many of the confirmed ones a voter differs while copies alone support the candidate.
        mutants: how many were run; `killable`: told apart by any call; `killed_by_tests`: by the given
            tests and examples; `killed`: by these and the suite.
        pieces: how many pieces the program has, see `watching`; `reached`: those that ran in the given tests,
            the examples and the suite; `excused`: others, of which some ran, but only where solutions of the
            problem need not agree; `dark`: lines of the rest.
        objected: on how many inputs beyond what was seen the candidate stands against its peers.
        stub: a stub that gives all the confirmed values; empty where none does.
    """

    suite: tuple[str, ...] = ()
    chosen: tuple[int, ...] = ()
    confirmed: int = 0
    disputed: int = 0
    opposed: int = 0
    dissent: int = 0
    open: int = 0
    mutants: int = 0
    killable: int = 0
    killed_by_tests: int = 0
    killed: int = 0
    pieces: int = 0
    reached: int = 0
    excused: int = 0
    dark: tuple[int, ...] = ()
    objected: int = 0
    stub: str = ""


def strengthen(
    trials: Trials,
    kills: Sequence[frozenset[int] | None],
    *,
    limit: int,
    pieces: Sequence[Piece] = (),
    ran: Sequence[frozenset[int]] = (),
) -> Strength:
    """The smallest confirmed inputs that kill all that can be killed and reach all that can be reached,
    those with dissent, and a few more.

    Args:
        kills: for each mutant the places of the calls on which it differs; None where that is not known.
        pieces, ran: the program's pieces, and for each call the numbers of those that ran.
    """
    tests = len(trials.asserts.calls)
    given = frozenset(range(tests)) | {tests + number for number in trials.counted}
    confirmed = trials.placed(Standing.CONFIRMED)
    within = [place for place in confirmed if place not in trials.beyond]
    usable = [*within, *(place for place in confirmed if place in trials.beyond and trials.unanimous(place))]
    known = [places for places in kills if places is not None]
    killable = [places for places in known if places]
    running = [frozenset(place for place, each in enumerate(ran) if n in each) for n in range(len(pieces))]
    wanted = [places for places in (*killable, *running) if places and not places & given]
    chosen = _chosen(trials, usable, wanted, limit)
    kept = given | set(chosen)
    lawless = frozenset(filter(trials.lawless, trials.placed(Standing.OPEN, Standing.EMPTY)))
    missed = [n for n, places in enumerate(running) if not places & kept]
    excused = [n for n in missed if pieces[n].idle or running[n] & lawless]
    counted = Counter(trials.standing(n) for n in range(tests, len(trials.calls)) if n not in trials.beyond)
    return Strength(
        suite=tuple(assert_of(trials, place) for place in chosen),
        chosen=chosen,
        confirmed=len(within),
        disputed=counted[Standing.DISPUTED],
        opposed=sum(map(trials.opposed, trials.placed(Standing.DISPUTED))),
        dissent=sum(map(trials.dissent, within)),
        open=counted[Standing.OPEN],
        objected=len(trials.placed(Standing.OBJECTED)),
        mutants=len(known),
        killable=len(killable),
        killed_by_tests=sum(bool(places & given) for places in killable),
        killed=sum(bool(places & kept) for places in killable),
        pieces=len(pieces),
        reached=len(pieces) - len(missed),
        excused=len(excused),
        dark=tuple(sorted({pieces[n].line for n in missed if n not in excused})),
        stub=_stub(trials, within),
    )


def _chosen(
    trials: Trials, confirmed: Sequence[int], wanted: Sequence[frozenset[int]], limit: int
) -> tuple[int, ...]:
    usable = [place for place in confirmed if _fits(trials, place)]
    kept: dict[int, None] = {}
    for place in [*_greedy(usable, wanted), *_disputed(trials, usable), *_spread(usable)]:
        if len(kept) == limit:
            break
        kept.setdefault(place)
    return tuple(sorted(kept))


def _greedy(usable: Sequence[int], wanted: Sequence[frozenset[int]]) -> Iterator[int]:
    """Input by input the one that is in most of what is wanted; the smaller one where two are."""
    left = list(wanted)
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


def _fits(trials: Trials, place: int) -> bool:
    try:
        return len(assert_of(trials, place)) <= _MAX_CHARS
    except (ValueError, RecursionError):
        # Python writes no integer of more than some thousand digits.
        return False


def _stub(trials: Trials, confirmed: Sequence[int]) -> str:
    calls = [trials.calls[place] for place in confirmed]
    values = [trials.runs[0].answers[place].value for place in confirmed]
    for stub in stubs_for(calls, values[:1]) if confirmed else ():
        pairs = zip(stub.answers, values, strict=True)
        if all(given.kind is AnswerKind.VALUE and agree(given.value, value) for given, value in pairs):
            return stub.name
    return ""
