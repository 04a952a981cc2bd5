"""What a watched program showed on each call, read from a reply that may hold anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from ..sandbox import Job, Sandbox
from ._run_watched import EQUAL, GREATER, LESS, OTHER
from .expressions import Call
from .shipped import shipped, start_of
from .variants import BULK_LIMITS, COSTLY_CALL_CPU_S, lines_of

_MODULES = ("_plain", "_answer_calls", "_run_variants", "_run_watched")
_PATIENCE = 3


class Compared(NamedTuple):
    """How a comparison fell out in one call: `outcomes` a sum of LESS, EQUAL, GREATER and OTHER.

    `below` and `above` are the least differences of its operands on either side; `texts` two that differ.
    """

    number: int
    outcomes: int
    below: float | None
    above: float | None
    texts: tuple[str, ...]


class Sighting(NamedTuple):
    """The pieces that ran in one call, by number, and its comparisons."""

    pieces: frozenset[int] = frozenset()
    compared: tuple[Compared, ...] = ()

    @property
    def goals(self) -> frozenset[tuple[int, int]]:
        """The outcomes of comparisons, each as its number and one outcome."""
        return frozenset(
            (each.number, outcome)
            for each in self.compared
            for outcome in (LESS, EQUAL, GREATER, OTHER)
            if each.outcomes & outcome
        )


UNSEEN = Sighting()


async def sightings_of(
    program: str, calls: Sequence[Call], entry_point: str, sandbox: Sandbox
) -> tuple[Sighting, ...]:
    """A sighting for each call of a watched program; an empty one where there was no reply."""
    request = {
        "entry": entry_point,
        "program": program,
        "calls": [[call.arguments, call.keywords] for call in calls],
        "call_cpu_s": 2 * COSTLY_CALL_CPU_S,
        "patience": _PATIENCE,
    }
    job = Job(
        start_of("_run_watched"), stdin=json.dumps(request), files=shipped(*_MODULES), limits=BULK_LIMITS
    )
    lines = lines_of((await sandbox.run(job)).stdout)[: len(calls)]
    found = [_sighting(line) for line in lines]
    return (*found, *(UNSEEN,) * (len(calls) - len(found)))


def _sighting(line: list[object]) -> Sighting:
    match line:
        case ["seen", list(pieces), list(compared)]:
            numbers = frozenset(piece for piece in pieces if type(piece) is int)
            return Sighting(numbers, tuple(each for node in compared if (each := _compared(node))))
    return UNSEEN


def _compared(node: object) -> Compared | None:
    match node:
        case [int(number), int(outcomes), below, above, list(texts)]:
            said = tuple(text for text in texts if isinstance(text, str))
            return Compared(number, outcomes, _gap(below), _gap(above), said)
    return None


def _gap(node: object) -> float | None:
    return node if isinstance(node, int | float) and not isinstance(node, bool) else None
